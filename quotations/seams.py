"""What of enquiries and quotations follows a merge or changes hands."""

from erp.core.documents import lock_documents_naming
from erp.core.owners import owner_hands_over
from erp.core.registry import follows_merge, locks_merge
from products.models import Product
from quotations.models import Enquiry, EnquiryLine, ProtectedLeave, Quotation, QuotationLine

follows_merge(Enquiry, "customer")
follows_merge(Quotation, "customer")
follows_merge(Quotation, "contact")

owner_hands_over(Enquiry.objects.open)
owner_hands_over(Quotation.objects.open)


def _lock_documents(gone_id: int, _kept_id: int) -> None:
    """A quotation before its enquiry."""
    lock_documents_naming(gone_id, QuotationLine, EnquiryLine)


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
