"""What of enquiries, quotations and requests to suppliers follows a merge or changes hands."""

from erp.core.documents import lock_documents_naming
from erp.core.owners import owner_hands_over
from erp.core.registry import confide, follows_merge, goes_along, locks_merge
from products.models import Product
from quotations.models import (
    Enquiry,
    EnquiryLine,
    ProtectedLeave,
    Quotation,
    QuotationLine,
    Rfq,
    RfqAward,
    RfqLine,
    RfqReply,
    RfqSupplier,
)

follows_merge(Enquiry, "customer")
follows_merge(Quotation, "customer")
follows_merge(Quotation, "contact")

# What suppliers ask is what goods cost.
confide("quotations.rfqsupplier", "products.view_cost")
owner_hands_over(Rfq.objects.unfinished)
owner_hands_over(Enquiry.objects.open)
owner_hands_over(Quotation.objects.open)


def _lock_documents(gone_id: int, _kept_id: int) -> None:
    """A quotation before its enquiry, then what is asked of suppliers."""
    lock_documents_naming(gone_id, QuotationLine, EnquiryLine, RfqLine)


def _leaves_follow(gone_id: int, kept_id: int) -> int:
    """A quotation that has leave for both keeps one."""
    leaves = ProtectedLeave.objects.filter(item=gone_id)
    given = ProtectedLeave.objects.filter(item=kept_id).values_list("document_id", flat=True)
    removed, _rows = leaves.filter(document__in=list(given)).delete()
    return removed + leaves.update(item_id=kept_id)


locks_merge(Product, _lock_documents)
follows_merge(QuotationLine, "product")
follows_merge(EnquiryLine, "product")
follows_merge(ProtectedLeave, "item", repoint=_leaves_follow)
follows_merge(RfqLine, "product")
follows_merge(RfqReply, "offered")


def _asked_once(gone_id: int, kept_id: int) -> int:
    """A request that asks both keeps what each answered; who never answered is taken off it."""
    rows = RfqSupplier.objects.filter(supplier=gone_id)
    twice = RfqSupplier.objects.filter(supplier=kept_id).values_list("document_id", flat=True)
    both = rows.filter(document__in=list(twice))
    removed, _rows = both.filter(answered_at=None, replies=None).delete()
    return removed + rows.exclude(document__in=list(twice)).update(supplier_id=kept_id)


follows_merge(RfqSupplier, "supplier", repoint=_asked_once)
follows_merge(RfqSupplier, "contact")


# A draft request goes with what was asked and answered; an award holds what was ordered of it.
goes_along(RfqReply, "line", "invitation")
goes_along(RfqAward, "line")
