"""The sales list of quotations: by which filters, and how it is exported."""

from typing import Any

from django.db.models import Q, QuerySet

from erp.core.exporting import list_of, register_list, request_for
from erp.core.lists import RowList
from quotations.models import Quotation, QuotationStatus

NAME = "quotations.sales-list"


def listed_quotations(request: Any) -> QuerySet[Quotation]:
    """Return the visible quotations this request's ``status`` and ``customer`` ask for."""
    rows = Quotation.objects.visible_to(request.user)
    status = request.GET.get("status", "")
    if status in QuotationStatus.values:
        rows = rows.filter(status=status)
    customer = customer_term(request)
    if customer:
        rows = rows.filter(
            Q(customer__code__istartswith=customer) | Q(customer__name__icontains=customer)
        )
    return rows.order_by("-pk")


def customer_term(request: Any) -> str:
    term: str = request.GET.get("customer", "").replace("\x00", "").strip()[:60]
    return term


def _row_list(request: Any) -> RowList:
    """The rows of the page, in the columns of the back office."""
    listed = list_of("quotations.quotation", request_for(request.user, ""))
    listed.rows = listed_quotations(request)
    return listed


register_list(NAME, _row_list)
