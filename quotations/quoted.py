"""How much of an enquiry was quoted."""

from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from quotations.models import Enquiry, EnquiryLine, QuotationLine, QuotationStatus


def with_lines_quoted(enquiries: QuerySet[Enquiry]) -> QuerySet[Enquiry]:
    """Annotate ``line_count`` and ``quoted_count``: lines asked, and those on some quotation.

    A cancelled quotation has quoted nothing.
    """
    lines = EnquiryLine.objects.filter(document=OuterRef("pk")).order_by()
    offered = QuotationLine.objects.filter(source_line=OuterRef("pk")).exclude(
        document__status=QuotationStatus.CANCELLED
    )
    return enquiries.annotate(
        line_count=_counted(lines), quoted_count=_counted(lines.filter(Exists(offered)))
    )


def _counted(lines: QuerySet[EnquiryLine]) -> Coalesce:
    return Coalesce(Subquery(lines.values("document").annotate(n=Count("pk")).values("n")), 0)
