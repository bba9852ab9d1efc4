"""The sales list of orders, by which filters, and what they lack: as files."""

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from erp.core.exporting import list_of, register_list, request_for
from erp.core.lists import RowList
from erp.core.policy import authorize, warehouses_of
from orders.models import SalesOrder, SalesOrderLine, SalesOrderStatus
from orders.shortages import shortages
from quotations.lists import customer_term

SHORTAGES = "orders.shortages"
SALES_LIST = "orders.sales-list"


def listed_orders(request: Any) -> QuerySet[SalesOrder]:
    """Return the visible orders this request's ``status`` and ``customer`` ask for."""
    rows = SalesOrder.objects.with_progress().visible_to(request.user)
    status, customer = request.GET.get("status", ""), customer_term(request)
    if status in SalesOrderStatus.values:
        rows = rows.filter(status=status)
    if customer:
        rows = rows.filter(
            Q(customer__code__istartswith=customer) | Q(customer__name__icontains=customer)
        )
    return rows.order_by("-pk")


def _sales_list(request: Any) -> RowList:
    """The rows of the page, in the columns of the back office."""
    listed = list_of("orders.salesorder", request_for(request.user, ""))
    listed.rows = listed_orders(request)
    return listed


register_list(SALES_LIST, _sales_list)


def _row_list(request: Any) -> RowList:
    authorize(request.user, "orders.add_purchaseorder")
    only_open = request.GET.get("drafts") != "1"
    mine = warehouses_of(request.user)
    told = shortages(None, warehouses=mine, only_open=only_open)
    found = {shortage.line.pk: shortage for shortage in told}
    lacking: Any = found.__getitem__
    return RowList(
        title=_("Shortages"),
        label=SalesOrderLine._meta.label_lower,
        headers=[
            _("Sales order"),
            _("Wanted on"),
            _("Brand"),
            _("Designation"),
            _("Unit"),
            _("Open"),
            _("Bought"),
            _("Lacking"),
            _("Inbound"),
            _("Inbound on"),
            _("Supplier"),
        ],
        values=[
            lambda line: lacking(line.pk).order.ref,
            lambda line: lacking(line.pk).order.requested_on,
            lambda line: line.brand_name,
            lambda line: line.designation,
            lambda line: line.unit_id,
            lambda line: line.open_quantity,
            lambda line: lacking(line.pk).bought,
            lambda line: lacking(line.pk).lack,
            lambda line: lacking(line.pk).inbound,
            lambda line: lacking(line.pk).inbound_on,
            lambda line: lacking(line.pk).supplier_name,
        ],
        rows=SalesOrderLine.objects.filter(pk__in=found).order_by("pk"),
    )


register_list(SHORTAGES, _row_list)
