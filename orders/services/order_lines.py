"""The lines of a sales order: as entered, beside those that are there."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from erp.core import bulk
from erp.core.errors import DomainError
from erp.core.money import ZERO
from erp.core.periods import standard_tax_rate
from inventory.models import Warehouse
from orders.models import DeliveryLine, Issue, PurchaseOrderLine, SalesOrder, SalesOrderLine
from products.models import Product
from products.prices import suggested_prices
from quotations.services import shown_price

MAX_LINES = 1000
# Line numbers are moved out of the way before they are given anew: they are unique.
_OUT_OF_THE_WAY = 1_000_000


@dataclass(frozen=True, slots=True)
class OrderLineInput:
    """An order line as entered; ``line_id`` is the line of this order it was, if it was one.

    Without a price what is sold gets the suggested one. ``warehouse_id`` only where it ships from
    elsewhere than the order.
    """

    product_id: int
    quantity: Decimal
    unit_price: Decimal | None = None
    price_includes_tax: bool | None = None
    partner_wording: str = ""
    lead_time_days: int | None = None
    issue: str = Issue.SALE
    warehouse_id: int | None = None
    line_id: int | None = None


def build_lines(order: SalesOrder, inputs: Sequence[OrderLineInput]) -> list[SalesOrderLine]:
    """Return the lines these inputs make of the order's, amounts computed, nothing saved.

    Raises DomainError naming the line that is wrong.
    """
    if len(inputs) > MAX_LINES:
        raise DomainError(
            _("An order has at most %(most)d lines.") % {"most": MAX_LINES},
            code="bad_line_count",
            field="lines",
        )
    _check_warehouses(inputs)
    known = {line.pk: line for line in order.lines.all()} if order.pk else {}
    ids = {line.product_id for line in inputs}
    products = Product.objects.select_related("brand", "tax_rate").following(ids)
    suggested = suggested_prices(
        {product.pk for product in products.values()},
        customer_id=order.customer_id,
        currency=order.currency_id,
    )
    standard = standard_tax_rate(order.dated_on).rate
    rows = []
    for number, entered in enumerate(inputs, 1):
        product = products.get(entered.product_id)
        if product is None:
            raise _wrong(number, "product_id", _("There is no such product."), "unknown_product")
        if entered.issue not in Issue.values:
            raise _wrong(number, "issue", _("There is no such kind of line."), "bad_issue")
        row = known.pop(entered.line_id, None) if entered.line_id else SalesOrderLine()
        if row is None:
            raise _wrong(number, "line_id", _("The order has no such line."), "unknown_line")
        net, _fact = suggested.get(product.pk, (None, None))
        rate = product.tax_rate.rate if product.tax_rate else standard
        rows.append(_enter(order, row, number, entered, product, rate, net))
    return rows


def _wrong(number: int, name: str, message: Any, code: str) -> DomainError:
    return DomainError(message, code=code, field=f"lines[{number}].{name}")


def _check_warehouses(inputs: Sequence[OrderLineInput]) -> None:
    named = {line.warehouse_id for line in inputs if line.warehouse_id is not None}
    if not named:
        return
    known = set(Warehouse.objects.active().filter(pk__in=named).values_list("pk", flat=True))
    for number, line in enumerate(inputs, 1):
        if line.warehouse_id is not None and line.warehouse_id not in known:
            raise _wrong(number, "warehouse", _("There is no such warehouse."), "no_warehouse")


def _enter(
    order: SalesOrder,
    row: SalesOrderLine,
    number: int,
    entered: OrderLineInput,
    product: Product,
    rate: Decimal,
    suggested_net: Decimal | None,
) -> SalesOrderLine:
    """Write an input on its row. A line that stays what it was keeps its description and tax."""
    stays = row.pk is not None and row.product_id == product.pk
    includes = entered.price_includes_tax
    if includes is None:
        includes = row.price_includes_tax if stays else order.customer.price_includes_tax
    if not stays:
        row.describe(product)
        row.product, row.tax_rate = product, rate
        row.source_line = None
    price = entered.unit_price
    if price is None and entered.issue == Issue.SALE and suggested_net is not None:
        price = shown_price(suggested_net * (1 + rate) if includes else suggested_net)
    elsewhere = entered.warehouse_id if entered.warehouse_id != order.warehouse_id else None
    row.document, row.line_no = order, number
    row.quantity, row.unit_price, row.price_includes_tax = entered.quantity, price or ZERO, includes
    row.partner_wording = entered.partner_wording[:200]
    row.lead_time_days, row.issue, row.warehouse_id = (
        entered.lead_time_days,
        entered.issue,
        elsewhere,
    )
    return row.compute_amounts()


_WRITTEN = (
    *("line_no", "product_id", "source_line_id", "brand_name", "designation", "description"),
    "unit_id",
    *("partner_wording", "quantity", "unit_price", "price_includes_tax", "tax_rate"),
    *("net_amount", "tax_amount", "gross_amount", "warehouse_id", "issue", "lead_time_days"),
)


def store_lines(order: SalesOrder, rows: Sequence[SalesOrderLine]) -> None:
    """Make these the lines of a saved order: new ones added, known ones written, others deleted.

    Raises DomainError line_in_use where a purchase or a delivery names a line that is to go.
    """
    for row in rows:
        row.document = order
    kept = [row for row in rows if row.pk is not None]
    gone = order.lines.exclude(pk__in=[row.pk for row in kept])
    _check_unused(gone)
    gone.delete()
    if kept:
        order.lines.update(line_no=F("line_no") + _OUT_OF_THE_WAY)
        bulk.update(kept, _WRITTEN)
    bulk.insert([row for row in rows if row.pk is None])


def _check_unused(gone: Any) -> None:
    models: tuple[Any, ...] = (PurchaseOrderLine, DeliveryLine)
    for model in models:
        named = model.objects.filter(source_line__in=gone).select_related("document").first()
        if named is not None:
            raise DomainError(
                _("%(ref)s names a line that is to go.") % {"ref": named.document.ref},
                code="line_in_use",
                field="lines",
            )


def described(lines: Iterable[SalesOrderLine]) -> list[str]:
    """Return the lines as the operation log tells them."""
    return [f"{line} × {line.quantity:f} @ {line.unit_price:f}" for line in lines]
