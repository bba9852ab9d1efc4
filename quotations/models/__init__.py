"""Enquiries from customers, the quotations made of them, and what suppliers are asked.

Invariants: an enquiry keeps the customer's text as it came; a sent quotation is never edited but
revised, the revision naming what it supersedes; only the last revision can be ordered. A line is
ordered once; alternative and optional lines count in no total before the customer chose them.
"""

from quotations.models.enquiries import (
    OPEN_ENQUIRIES,
    Enquiry,
    EnquiryLine,
    EnquiryQuerySet,
    EnquiryStatus,
)
from quotations.models.quotations import (
    OPEN_TO_LEAVE,
    ORDERABLE,
    LineOutcome,
    ProtectedLeave,
    Quotation,
    QuotationLine,
    QuotationQuerySet,
    QuotationStatus,
)
from quotations.models.rfqs import (
    OPEN_TO_AWARDS,
    OPEN_TO_REPLIES,
    Rfq,
    RfqAward,
    RfqLine,
    RfqQuerySet,
    RfqReply,
    RfqStatus,
    RfqSupplier,
)
from quotations.models.rules import ApprovalLimit, OutcomeReason

__all__ = [
    "OPEN_ENQUIRIES",
    "OPEN_TO_AWARDS",
    "OPEN_TO_LEAVE",
    "OPEN_TO_REPLIES",
    "ORDERABLE",
    "ApprovalLimit",
    "Enquiry",
    "EnquiryLine",
    "EnquiryQuerySet",
    "EnquiryStatus",
    "LineOutcome",
    "OutcomeReason",
    "ProtectedLeave",
    "Quotation",
    "QuotationLine",
    "QuotationQuerySet",
    "QuotationStatus",
    "Rfq",
    "RfqAward",
    "RfqLine",
    "RfqQuerySet",
    "RfqReply",
    "RfqStatus",
    "RfqSupplier",
]
