"""Every change of enquiries, quotations and requests to suppliers, by noun."""

from quotations.services.accepting import Acceptance, accept_lines, accept_quotation
from quotations.services.approval import Reason, approval_reasons, discount_of
from quotations.services.copying import copy_quotation
from quotations.services.drafting import (
    HEAD_FIELDS,
    change_quotation,
    create_quotation,
    create_quotation_from_enquiry,
    replace_lines,
)
from quotations.services.ending import (
    ENDED,
    Outcome,
    cancel_quotation,
    explain_outcome,
    lose_quotation,
)
from quotations.services.enquiries import (
    choose_product,
    create_enquiry,
    quote_text,
    state_quantity,
)
from quotations.services.expiring import expire_quotations, warn_of_expiry
from quotations.services.lines import MAX_LINES, LineInput, shown_price
from quotations.services.protected import allow_protected, ask_protected
from quotations.services.revising import revise_quotation
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
from quotations.services.rfqs_reminders import remind_of_answers, tell_lapsed
from quotations.services.rfqs_replies import (
    ReplyInput,
    ReplyOutcome,
    ReplyTerms,
    record_replies,
)
from quotations.services.rfqs_steps import cancel_rfq, reject_rfq, reopen_rfq, send_rfq
from quotations.services.steps import (
    approve_quotation,
    check_not_own,
    refuse_quotation,
    send_quotation,
    submit_quotation,
)
from quotations.services.ways import cancel_enquiry, reopen_enquiry

__all__ = [
    "ENDED",
    "HEAD_FIELDS",
    "MAX_LINES",
    "Acceptance",
    "AwardInput",
    "LineInput",
    "Outcome",
    "PriceProposal",
    "Reason",
    "ReplyInput",
    "ReplyOutcome",
    "ReplyTerms",
    "RfqLineInput",
    "TakeInput",
    "accept_lines",
    "accept_quotation",
    "allow_protected",
    "approval_reasons",
    "approve_quotation",
    "ask_protected",
    "award_line",
    "award_lines",
    "cancel_enquiry",
    "cancel_quotation",
    "cancel_rfq",
    "change_quotation",
    "change_rfq",
    "check_not_own",
    "choose_product",
    "copy_quotation",
    "copy_rfq",
    "create_enquiry",
    "create_quotation",
    "create_quotation_from_enquiry",
    "create_rfq",
    "discount_of",
    "drop_supplier",
    "expire_quotations",
    "explain_outcome",
    "invite_suppliers",
    "lose_quotation",
    "propose_prices",
    "quote_text",
    "record_replies",
    "refuse_quotation",
    "reject_rfq",
    "remind_of_answers",
    "reopen_enquiry",
    "reopen_rfq",
    "replace_lines",
    "revise_quotation",
    "sales_price",
    "send_quotation",
    "send_rfq",
    "set_language",
    "shown_price",
    "state_quantity",
    "submit_quotation",
    "take_awards",
    "take_prices",
    "tell_lapsed",
    "warn_of_expiry",
]
