"""Every change of enquiries, quotations and requests to suppliers, by noun."""

from quotations.services.copying import copy_quotation
from quotations.services.drafting import (
    MAX_LINES,
    LineInput,
    create_quotation,
    create_quotation_from_enquiry,
    replace_lines,
    shown_price,
)
from quotations.services.enquiries import (
    choose_product,
    create_enquiry,
    quote_text,
    state_quantity,
)
from quotations.services.protected import allow_protected, ask_protected
from quotations.services.rfqs import (
    RfqLineInput,
    change_rfq,
    copy_rfq,
    create_rfq,
    drop_supplier,
    invite_suppliers,
    set_language,
)
from quotations.services.rfqs_awards import AwardInput, award_line, award_lines, take_awards
from quotations.services.rfqs_prices import (
    PriceProposal,
    TakeInput,
    propose_prices,
    sales_price,
    take_prices,
)
from quotations.services.rfqs_replies import (
    ReplyInput,
    ReplyOutcome,
    ReplyTerms,
    record_replies,
)
from quotations.services.rfqs_steps import cancel_rfq, reject_rfq, reopen_rfq, send_rfq
from quotations.services.steps import (
    accept_quotation,
    approve_quotation,
    cancel_quotation,
    check_not_own,
    lose_quotation,
    refuse_quotation,
    send_quotation,
    submit_quotation,
)

__all__ = [
    "MAX_LINES",
    "AwardInput",
    "LineInput",
    "PriceProposal",
    "ReplyInput",
    "ReplyOutcome",
    "ReplyTerms",
    "RfqLineInput",
    "TakeInput",
    "accept_quotation",
    "allow_protected",
    "approve_quotation",
    "ask_protected",
    "award_line",
    "award_lines",
    "cancel_quotation",
    "cancel_rfq",
    "change_rfq",
    "check_not_own",
    "choose_product",
    "copy_quotation",
    "copy_rfq",
    "create_enquiry",
    "create_quotation",
    "create_quotation_from_enquiry",
    "create_rfq",
    "drop_supplier",
    "invite_suppliers",
    "lose_quotation",
    "propose_prices",
    "quote_text",
    "record_replies",
    "refuse_quotation",
    "reject_rfq",
    "reopen_rfq",
    "replace_lines",
    "sales_price",
    "send_quotation",
    "send_rfq",
    "set_language",
    "shown_price",
    "state_quantity",
    "submit_quotation",
    "take_awards",
    "take_prices",
]
