"""The stock of a day and what is to be bought again: by which filters, and how exported."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from erp.core.exporting import register_list
from erp.core.lists import RowList
from erp.core.money import ZERO, round_price
from erp.core.policy import allowed, authorize, warehouses_of
from inventory.models import ReorderRule, StockValue, Warehouse
from inventory.services.reorder import Proposal, proposals_of, reorder_proposals
from inventory.services.standing import reserved_at, stock_rows
from products.search import products_named

STOCK, REORDER = "inventory.stock-of-a-day", "inventory.reorder-list"
COST_RIGHT = "products.view_cost"


@dataclass(frozen=True, slots=True)
class Asked:
    """What a page's query asks for; what cannot be is left out."""

    term: str
    warehouse: Warehouse | None
    on: date | None


def asked_of(request: Any) -> Asked:
    text = request.GET.get("warehouse", "")
    warehouse = None
    if text.isascii() and text.isdigit() and len(text) < 19:
        warehouse = Warehouse.objects.visible_to(request.user).filter(pk=int(text)).first()
    try:
        on = parse_date(request.GET.get("on", ""))
    except ValueError:
        on = None
    term = " ".join(request.GET.get("q", "").replace("\x00", "").split())[:100]
    return Asked(term, warehouse, on)


def listed_stock(request: Any) -> QuerySet[StockValue]:
    asked = asked_of(request)
    rows = stock_rows(
        within=warehouses_of(request.user),
        warehouse_id=asked.warehouse.pk if asked.warehouse else None,
        product_ids=products_named(asked.term, user=request.user) if asked.term else None,
        on=asked.on,
    )
    rows = rows.select_related("product__brand", "product__unit", "warehouse")
    return rows.order_by("product", "warehouse")


def _stock_list(request: Any) -> RowList:
    """The rows of the page; what is reserved is known of today only."""
    authorize(request.user, "inventory.view_stockbalance")
    on = asked_of(request).on
    held: dict[tuple[int, int], Any] = {}

    def prepare(rows: Sequence[Any]) -> None:
        held.clear()
        if on is None:
            held.update(reserved_at((row.product_id, row.warehouse_id) for row in rows))

    def reserved(row: Any) -> Any:
        return held.get((row.product_id, row.warehouse_id), ZERO)

    columns: list[tuple[str, Any]] = [
        (_("brand"), lambda row: row.product.brand_label),
        (_("designation"), lambda row: row.product.designation),
        (_("unit"), lambda row: str(row.product.unit)),
        (_("warehouse"), lambda row: str(row.warehouse)),
        (_("on hand"), lambda row: row.at_quantity),
    ]
    if on is None:
        columns += [
            (_("reserved"), reserved),
            (_("available"), lambda row: row.at_quantity - reserved(row)),
        ]
    if allowed(request.user, COST_RIGHT):
        columns += [
            (_("average cost"), lambda row: round_price(row.at_value / row.at_quantity)),
            (_("value"), lambda row: row.at_value),
        ]
    title = _("Stock on %(day)s") % {"day": on.isoformat()} if on else _("Stock")
    return RowList(
        title=title,
        label="inventory.stockvalue",
        headers=[header for header, _value in columns],
        values=[value for _header, value in columns],
        rows=listed_stock(request),
        prepare=prepare,
    )


# --- to be bought again --------------------------------------------------------------------------


def listed_proposals(request: Any) -> list[Proposal]:
    """Return what this request's user is proposed to buy, the most urgent first."""
    authorize(request.user, "inventory.view_reorderrule")
    asked = asked_of(request)
    found = reorder_proposals(
        warehouse_id=asked.warehouse.pk if asked.warehouse else None,
        within=warehouses_of(request.user),
    )
    if asked.term:
        named = set(products_named(asked.term, user=request.user))
        found = [one for one in found if one.product_id in named]
    return sorted(found, key=urgency)


def urgency(one: Proposal) -> Any:
    """What is owed already, then what runs out first."""
    days = one.days_left
    return (one.position >= 0, days is None, days or 0, -one.quantity, one.rule.pk)


def _reorder_list(request: Any) -> RowList:
    rules = [one.rule.pk for one in listed_proposals(request)]
    known: dict[int, Proposal] = {}

    def prepare(rows: Sequence[Any]) -> None:
        known.clear()
        known.update((one.rule.pk, one) for one in proposals_of(rows))

    def told(name: str) -> Any:
        return lambda row: getattr(known[row.pk], name)

    sees_suppliers = allowed(request.user, "customers.view_supplier")
    columns: list[tuple[str, Any]] = [
        (_("brand"), lambda row: row.product.brand_label),
        (_("designation"), lambda row: row.product.designation),
        (_("warehouse"), lambda row: str(row.warehouse)),
        *(
            (label, told(name))
            for label, name in (
                (_("on hand"), "on_hand"),
                (_("reserved"), "reserved"),
                (_("on order"), "on_order"),
                (_("owed"), "owed"),
                (_("issued in 90 days"), "sold"),
                (_("lead time in days"), "lead_time_days"),
                (_("reorder point"), "point"),
                (_("to buy"), "quantity"),
            )
        ),
        (_("unit"), lambda row: str(row.product.unit)),
    ]
    if sees_suppliers:
        columns.append((_("preferred supplier"), lambda row: str(row.supplier or "")))
    seen = ReorderRule.objects.visible_to(request.user).filter(pk__in=rules)
    return RowList(
        title=_("To buy again"),
        label="inventory.reorderrule",
        headers=[header for header, _value in columns],
        values=[value for _header, value in columns],
        rows=seen.select_related(
            "product__brand", "product__unit", "warehouse", "supplier"
        ).order_by("pk"),
        prepare=prepare,
    )


register_list(STOCK, _stock_list)
register_list(REORDER, _reorder_list)
