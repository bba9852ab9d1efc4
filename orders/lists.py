"""What sales orders lack, as a file."""

from typing import Any

from django.utils.translation import gettext as _

from erp.core.exporting import register_list
from erp.core.lists import RowList
from erp.core.policy import authorize, warehouses_of
from orders.models import SalesOrderLine
from orders.shortages import shortages

SHORTAGES = "orders.shortages"


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
