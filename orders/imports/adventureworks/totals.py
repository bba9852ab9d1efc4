"""What the database holds of AdventureWorks: counts and totals, computed from its documents.

The files add up amounts of four decimals and more; our lines are rounded to cents one by one. Both
are told: quantity × entered price, rounded once at the end, which is the files' own total, and what
is booked. Tax and freight of the files belong to no line; they are read from the order's note.
"""

import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import F, Sum

from customers.models import Customer
from erp.core.aggregates import ExactSum
from erp.core.money import ZERO, round_money
from orders.imports.adventureworks.files import Files
from orders.imports.adventureworks.masters import SOURCE, WAREHOUSE
from orders.models import (
    Delivery,
    DeliveryLine,
    PurchaseOrder,
    PurchaseOrderLine,
    Receipt,
    ReceiptLine,
    SalesOrder,
    SalesOrderLine,
)
from products.models import PriceFact

_NOTE = re.compile(
    r"(?:status (?P<status>\w+), )?subtotal (?P<subtotal>[\d.]+), tax (?P<tax>[\d.]+),"
    r" freight (?P<freight>[\d.]+), total (?P<total>[\d.]+)"
)
_MONEY = ("subtotal", "tax", "freight", "total")
TWO_CENTS = Decimal("0.02")
PURCHASES = {"partner_reference__startswith": "AW PO ", "warehouse__code": WAREHOUSE}
SALES = {"partner_reference__startswith": "AW SO ", "warehouse__code": WAREHOUSE}


@dataclass(frozen=True, slots=True)
class Ids:
    """What the files call a vendor (by its code) and a product (by its number)."""

    vendors: dict[str, str]
    products: dict[str, str]

    @classmethod
    def of(cls, files: Files) -> "Ids":
        return cls(
            {row["account_number"]: row["vendor_id"] for row in files.rows["vendors"]},
            {row["product_number"]: row["product_id"] for row in files.rows["products"]},
        )


def totals(files: Files) -> dict[str, Any]:
    """Return all figures; amounts as strings with two decimals."""
    ids = Ids.of(files)
    return {**_purchases(ids), **_sales(), **_prices(ids), **_differences(files)}


def _differences(files: Files) -> dict[str, int]:
    """Count the lines of the files whose total is not quantity × price (a hidden discount)."""
    counts = {
        name: sum(
            round_money(row["order_qty"] * row["unit_price"]) != round_money(row["line_total"])
            for row in files.rows[name]
        )
        for name in ("purchase_order_lines", "sales_order_lines")
    }
    return {
        "po_lines_qty_x_price_mismatch": counts["purchase_order_lines"],
        "sales_lines_with_hidden_discount": counts["sales_order_lines"],
    }


def _purchases(ids: Ids) -> dict[str, Any]:
    orders = PurchaseOrder.objects.filter(**PURCHASES)
    lines = PurchaseOrderLine.objects.filter(document__in=orders)
    by_supplier: dict[tuple[str, str], Decimal] = defaultdict(lambda: ZERO)
    by_order: dict[int, Decimal] = defaultdict(lambda: ZERO)
    columns = (
        *("document_id", "quantity", "unit_price"),
        *("document__supplier__code", "document__supplier__name"),
    )
    for order, quantity, price, code, name in lines.order_by().values_list(*columns):
        by_order[order] += quantity * price
        by_supplier[code, name] += quantity * price
    entered = sum(by_order.values(), ZERO)
    best = sorted(by_supplier.items(), key=lambda pair: (-pair[1], pair[0]))[:5]
    received = ReceiptLine.objects.filter(
        document__purchase_order__in=orders, document__status=Receipt.Status.POSTED
    )
    sums = received.aggregate(taken=Sum("quantity"), rejected=Sum("rejected_quantity"))
    taken, rejected = sums["taken"] or ZERO, sums["rejected"] or ZERO
    days = orders.order_by("dated_on").values_list("dated_on", flat=True)
    noted = _noted(orders, by_order)
    return {
        "purchase_orders": orders.count(),
        "purchase_lines": lines.count(),
        "po_first_last_date": [str(days.first()), str(days.last())],
        "po_status_counts": dict(noted.statuses),
        "po_subtotal": _text(noted.sums["subtotal"]),
        "po_lines_total": _text(entered),
        "po_header_vs_lines_mismatch": noted.differing,
        "po_subtotal_booked": _text(lines.aggregate(total=ExactSum("net_amount"))["total"]),
        "po_tax": _text(noted.sums["tax"]),
        "po_freight": _text(noted.sums["freight"]),
        "po_total_due": _text(noted.sums["total"]),
        "qty_ordered": _text(lines.aggregate(total=ExactSum("quantity"))["total"]),
        "qty_received": _text(taken + rejected),
        "qty_rejected": _text(rejected),
        "qty_stocked": _text(taken),
        "lines_short_received": _short(lines, received),
        "lines_with_rejects": received.filter(rejected_quantity__gt=0).count(),
        "top5_vendors_subtotal": [
            [ids.vendors.get(code), name, _text(total)] for (code, name), total in best
        ],
    }


def _short(lines: Any, received: Any) -> int:
    """Count the lines of which less came than was ordered, rejected goods counted as come."""
    came: dict[int, Decimal] = defaultdict(lambda: ZERO)
    for line, quantity, rejected in received.order_by().values_list(
        "source_line_id", "quantity", "rejected_quantity"
    ):
        came[line] += quantity + rejected
    ordered = lines.order_by().values_list("pk", "quantity")
    return sum(came[pk] < quantity for pk, quantity in ordered)


def _sales() -> dict[str, Any]:
    orders = SalesOrder.objects.filter(**SALES)
    lines = SalesOrderLine.objects.filter(document__in=orders)
    by_order: dict[int, Decimal] = defaultdict(lambda: ZERO)
    quantities = ZERO
    months: dict[str, Decimal] = defaultdict(lambda: ZERO)
    columns = ("document_id", "quantity", "unit_price", "document__dated_on")
    for order, quantity, price, on in lines.order_by().values_list(*columns):
        by_order[order] += quantity * price
        quantities += quantity
        months[f"{on:%Y-%m}"] += quantity * price
    noted = _noted(orders, by_order)
    resellers = orders.filter(customer__kind=Customer.Kind.RESELLER)
    shipped = DeliveryLine.objects.filter(
        document__sales_order__in=orders,
        document__status__in=[Delivery.Status.SHIPPED, Delivery.Status.DONE],
    )
    cost = shipped.aggregate(total=ExactSum(F("cost_amount")))["total"]
    return {
        "sales_orders": orders.count(),
        "sales_lines": lines.count(),
        "sales_subtotal": _text(sum(by_order.values(), ZERO)),
        "sales_header_vs_lines_mismatch_gt_0.02": noted.differing,
        "sales_subtotal_booked": _text(lines.aggregate(total=ExactSum("net_amount"))["total"]),
        "sales_tax": _text(noted.sums["tax"]),
        "sales_freight": _text(noted.sums["freight"]),
        "sales_total_due": _text(noted.sums["total"]),
        "reseller_orders": resellers.count(),
        "sales_qty": int(quantities),
        "deliveries": shipped.order_by().values("document").distinct().count(),
        "cost_of_goods": _text(cost),
        "sales_by_month": {month: _text(total) for month, total in sorted(months.items())},
    }


@dataclass(slots=True)
class Noted:
    """What the notes of orders say, added up."""

    sums: dict[str, Decimal]
    statuses: Counter[str]
    # Orders of which the noted subtotal is more than two cents from their lines.
    differing: int = 0


def _noted(orders: Any, by_order: dict[int, Decimal]) -> Noted:
    noted = Noted(dict.fromkeys(_MONEY, ZERO), Counter())
    for pk, note in orders.order_by().values_list("pk", "notes"):
        found = _NOTE.search(note)
        if found is None:  # somebody wrote over it
            noted.differing += 1
            continue
        for name in _MONEY:
            noted.sums[name] += Decimal(found[name])
        if found["status"]:
            noted.statuses[found["status"]] += 1
        noted.differing += abs(Decimal(found["subtotal"]) - by_order[pk]) > TWO_CENTS
    return noted


def _prices(ids: Ids) -> dict[str, Any]:
    """The products bought most often: lines, last price ordered, average over what was stocked."""
    orders = PurchaseOrder.objects.filter(**PURCHASES)
    lines = PurchaseOrderLine.objects.filter(document__in=orders).order_by(
        "document__dated_on", "document_id", "pk"
    )
    bought: Counter[int] = Counter()
    last: dict[int, tuple[Decimal, Any]] = {}
    worth: dict[int, list[Decimal]] = defaultdict(lambda: [ZERO, ZERO])
    columns = ("product_id", "unit_price", "document__dated_on", "received_quantity")
    for product, price, on, stocked in lines.values_list(*columns):
        bought[product] += 1
        last[product] = (price, on)
        worth[product][0] += stocked * price
        worth[product][1] += stocked
    numbers = dict(
        PurchaseOrderLine.objects.filter(document__in=orders).values_list(
            "product_id", "designation"
        )
    )
    named = {key: ids.products.get(number, number) for key, number in numbers.items()}
    most = [key for key, _number in bought.most_common(5)]
    facts = PriceFact.objects.filter(source_type__startswith=SOURCE)
    return {
        "last_purchase_price_samples": [
            [
                named[key],
                bought[key],
                f"{last[key][0].normalize():f}",
                str(last[key][1]),
                _text(worth[key][0] / worth[key][1]) if worth[key][1] else None,
            ]
            for key in most
        ],
        "list_prices": facts.filter(kind=PriceFact.Kind.LIST).count(),
        "standard_costs": facts.filter(kind=PriceFact.Kind.COST).count(),
    }


def _text(amount: Decimal | None) -> str:
    return f"{round_money(amount or ZERO):f}"
