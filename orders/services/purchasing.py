"""Purchase orders as drafts: made by hand, for what sales orders lack, of an award; changed."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from customers.models import Supplier
from customers.services import check_not_blocked
from erp.core.aggregates import ExactSum
from erp.core.errors import DomainError
from erp.core.money import ZERO, plain
from erp.core.periods import company_today, exchange_rate_on, standard_tax_rate
from erp.core.record import field_changes, record
from erp.core.service import service
from inventory.models import Warehouse
from orders.models import (
    PurchaseOrder,
    PurchaseOrderLine,
    PurchaseOrderStatus,
    SalesOrder,
    SalesOrderLine,
)
from products.models import PriceFact, Product, ProductCode
from quotations.services import shown_price

MAX_LINES = 1000


@dataclass(frozen=True, slots=True)
class PurchaseLineInput:
    """A purchase line as entered; ``source_line_id`` binds it to a sales order line (以销定购).

    Without a price the last one paid to this supplier is taken, or 0; ``partner_wording`` is the
    supplier's own code, by default the one known.
    """

    product_id: int
    quantity: Decimal
    unit_price: Decimal | None
    price_includes_tax: bool = False
    source_line_id: int | None = None
    partner_wording: str = ""


@service("purchase_order.create")
def create_purchase_order(
    supplier_id: int,
    lines: Sequence[PurchaseLineInput],
    *,
    warehouse_id: int,
    requested_on: date | None = None,
    by: User,
    partner_reference: str = "",
    notes: str = "",
    currency: str = "",
) -> PurchaseOrder:
    """Draft a purchase order, in the supplier's currency unless another was agreed.

    Locks the sales orders it is bought for, so that nothing is bought twice. Raises DomainError
    partner_blocked, bought_twice or one naming the field or line that is wrong.
    """
    supplier = Supplier.objects.active().filter(pk=supplier_id).first()
    if supplier is None:
        raise DomainError(
            _("There is no such supplier."), code="unknown_supplier", field="supplier"
        )
    check_not_blocked(supplier)
    today = company_today()
    currency = currency or supplier.currency_id
    order = PurchaseOrder(
        supplier=supplier,
        warehouse=_warehouse(warehouse_id),
        requested_on=requested_on,
        owner=by,
        created_by=by,
        dated_on=today,
        currency_id=currency,
        exchange_rate=exchange_rate_on(currency, today),
        partner_reference=partner_reference,
        notes=notes,
    )
    rows = _lines(order, lines)
    order.sum_lines(rows)
    order.save()
    for row in rows:
        row.document = order
    PurchaseOrderLine.objects.bulk_create(rows, batch_size=500)
    record("purchase_order.created", order, by=by)
    return order


@service("purchase_order.change")
def change_purchase_order(
    order_id: int,
    lines: Sequence[PurchaseLineInput],
    *,
    version: int | None,
    by: User,
    **head: Any,
) -> PurchaseOrder:
    """Replace the lines of a draft, and of its head what is given.

    ``head``: warehouse_id, requested_on, partner_reference, notes. Raises DomainError not_a_draft,
    stale_version, bought_twice or one naming the field or line that is wrong.
    """
    order = PurchaseOrder.objects.locked(order_id)
    order.check_version(version)
    if order.status != PurchaseOrder.Status.DRAFT:
        raise DomainError(
            _("Only a draft can be edited; %(ref)s is %(status)s.")
            % {"ref": order.ref, "status": order.get_status_display()},
            code="not_a_draft",
        )
    before = _described(order, order.lines.all())
    if "warehouse_id" in head:
        order.warehouse = _warehouse(head["warehouse_id"])
    for name in ("requested_on", "partner_reference", "notes"):
        if name in head:
            setattr(order, name, head[name])
    rows = _lines(order, lines)
    order.lines.all().delete()
    PurchaseOrderLine.objects.bulk_create(rows, batch_size=500)
    order.sum_lines(rows)
    order.version += 1
    order.save()
    changes = field_changes(before, _described(order, rows))
    record("purchase_order.changed", order, by=by, changes=changes)
    return order


def _described(order: PurchaseOrder, lines: Any) -> dict[str, Any]:
    return {
        "warehouse": order.warehouse_id,
        "requested_on": order.requested_on,
        "partner_reference": order.partner_reference,
        "notes": order.notes,
        "lines": [f"{line} × {line.quantity:f} @ {line.unit_price:f}" for line in lines],
        "gross_total": order.gross_total,
    }


def _warehouse(warehouse_id: int) -> Warehouse:
    warehouse = Warehouse.objects.active().filter(pk=warehouse_id).first()
    if warehouse is None:
        raise DomainError(_("There is no such warehouse."), code="no_warehouse", field="warehouse")
    return warehouse


def _lines(order: PurchaseOrder, inputs: Sequence[PurchaseLineInput]) -> list[PurchaseOrderLine]:
    if not inputs:
        raise DomainError(_("An order needs at least one line."), code="empty_order", field="lines")
    if len(inputs) > MAX_LINES:
        raise DomainError(
            _("An order has at most %(most)d lines.") % {"most": MAX_LINES},
            code="bad_line_count",
            field="lines",
        )
    products = Product.objects.select_related("brand", "tax_rate").following(
        entered.product_id for entered in inputs
    )
    check_not_bought_twice(order, inputs)
    ids = {product.pk for product in products.values()}
    prices = last_paid(ids, order.supplier_id, order.currency_id)
    known_codes = supplier_codes(ids, order.supplier_id)
    standard = standard_tax_rate(order.dated_on).rate
    rows = []
    for number, entered in enumerate(inputs, 1):
        product = products.get(entered.product_id)
        if product is None:
            raise DomainError(
                _("There is no such product."),
                code="unknown_product",
                field=f"lines[{number}].product_id",
            )
        tax_rate = product.tax_rate.rate if product.tax_rate else standard
        price = entered.unit_price
        if price is None:
            price = _proposed(prices.get(product.pk), tax_rate, entered.price_includes_tax)
        row = PurchaseOrderLine(
            document=order,
            line_no=number,
            product=product,
            quantity=entered.quantity,
            unit_price=price,
            price_includes_tax=entered.price_includes_tax,
            tax_rate=tax_rate,
            source_line_id=entered.source_line_id,
            partner_wording=(entered.partner_wording or known_codes.get(product.pk, ""))[:200],
        )
        rows.append(row.describe(product).compute_amounts())
    return rows


def _proposed(net: Decimal | None, tax_rate: Decimal, includes_tax: bool) -> Decimal:  # noqa: FBT001
    if net is None:
        return ZERO
    return shown_price(net * (1 + tax_rate)) if includes_tax else net


def last_paid(product_ids: Collection[int], supplier_id: int, currency: str) -> dict[int, Decimal]:
    """Return the net price last paid to, else last offered by, a supplier per product id."""
    facts = PriceFact.objects.filter(
        product_id__in=product_ids, supplier_id=supplier_id, currency_id=currency
    )
    offered = facts.filter(kind=PriceFact.Kind.RFQ).latest_by_product()
    paid = facts.filter(kind=PriceFact.Kind.PURCHASE).latest_by_product()
    return {key: fact.net_unit_price for key, fact in {**offered, **paid}.items()}


def supplier_codes(product_ids: Collection[int], supplier_id: int) -> dict[int, str]:
    """Return the supplier's own code per product id."""
    codes = ProductCode.objects.active().filter(product__in=product_ids, supplier=supplier_id)
    return dict(codes.order_by("-pk").values_list("product_id", "code"))


# --- bought for sales order lines --------------------------------------------------------------


def bound_quantities(
    line_ids: Collection[int], *, apart_from: int | None = None
) -> dict[int, Decimal]:
    """Return what live purchase orders buy for sales order lines, closed parts left out."""
    lines = PurchaseOrderLine.objects.filter(source_line__in=line_ids)
    lines = lines.exclude(document__status=PurchaseOrderStatus.CANCELLED)
    if apart_from is not None:
        lines = lines.exclude(document=apart_from)
    sums = lines.order_by().values_list("source_line_id")
    return dict(sums.annotate(n=ExactSum(F("quantity") - F("closed_quantity"), places=3)))


def check_not_bought_twice(order: PurchaseOrder, inputs: Sequence[PurchaseLineInput]) -> None:
    """Refuse to buy again for a sales order line what another purchase order buys for it.

    The first purchase may be larger than the need (a pack, a least quantity); nothing comes on top
    of it beyond the need. Locks the sales orders by primary key.
    """
    bound = {line.source_line_id for line in inputs if line.source_line_id is not None}
    if not bound:
        return
    named = SalesOrderLine.objects.filter(pk__in=bound)
    headers = sorted(set(named.order_by().values_list("document_id", flat=True)))
    list(SalesOrder.objects.select_for_update().filter(pk__in=headers).order_by("pk"))
    sold = named.in_bulk()
    before = bound_quantities(bound, apart_from=order.pk)
    asked = _asked(inputs)
    for number, line in enumerate(inputs, 1):
        if line.source_line_id is None:
            continue
        field = f"lines[{number}].source_line_id"
        wanted = sold.get(line.source_line_id)
        if wanted is None:
            raise DomainError(
                _("There is no such order line."), code="unknown_source_line", field=field
            )
        had = before.get(wanted.pk, ZERO)
        need = wanted.quantity - wanted.closed_quantity
        if had > 0 and had + asked[wanted.pk] > need:
            raise DomainError(
                _("%(line)s: %(had)s of %(need)s are bought for it already.")
                % {"line": wanted, "had": plain(had), "need": plain(need)},
                code="bought_twice",
                field=field,
            )


def _asked(inputs: Sequence[PurchaseLineInput]) -> dict[int, Decimal]:
    asked: dict[int, Decimal] = defaultdict(lambda: ZERO)
    for line in inputs:
        if line.source_line_id is not None:
            asked[line.source_line_id] += line.quantity
    return asked
