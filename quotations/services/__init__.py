"""Every change of enquiries and quotations, by noun."""

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
    "LineInput",
    "accept_quotation",
    "allow_protected",
    "approve_quotation",
    "ask_protected",
    "cancel_quotation",
    "check_not_own",
    "choose_product",
    "create_enquiry",
    "create_quotation",
    "create_quotation_from_enquiry",
    "lose_quotation",
    "quote_text",
    "refuse_quotation",
    "replace_lines",
    "send_quotation",
    "shown_price",
    "state_quantity",
    "submit_quotation",
]
