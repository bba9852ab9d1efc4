"""Lines of stock documents as they are entered, and what is wrong with them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from erp.core.documents import check_quantity
from erp.core.errors import DomainError
from inventory.models import Bin, Warehouse
from products.models import Product

MAX_LINES = 1000


@dataclass(frozen=True, slots=True)
class StockLineInput:
    """One line: how much of what, where it lies (or comes to) and, of a transfer, where it goes."""

    product_id: int
    quantity: Decimal
    bin_id: int | None = None
    to_bin_id: int | None = None
    unit_cost: Decimal | None = None
    note: str = ""


def line_field(number: int, name: str) -> str:
    return f"lines[{number}].{name}"


def stocking_warehouse(warehouse_id: int, *, field: str = "warehouse_id") -> Warehouse:
    """Return a warehouse goods may be put into; DomainError unknown_warehouse."""
    found = Warehouse.objects.active().filter(pk=warehouse_id).first()
    if found is None:
        raise DomainError(_("There is no such warehouse."), code="unknown_warehouse", field=field)
    return found


def check_lines(lines: Sequence[StockLineInput], warehouses: Mapping[str, int]) -> None:
    """Check quantities, products and bins in three queries; ``warehouses``: whose the bins are.

    Raises DomainError no_lines, too_many_lines, bad_quantity, unknown_product, unknown_bin, naming
    the line.
    """
    if not lines:
        raise DomainError(_("Enter a line first."), code="no_lines", field="lines")
    if len(lines) > MAX_LINES:
        raise DomainError(
            _("A document takes %(most)d lines at most.") % {"most": MAX_LINES},
            code="too_many_lines",
            field="lines",
        )
    for number, line in enumerate(lines, 1):
        check_quantity(line.quantity, field=line_field(number, "quantity"))
    check_products({number: line.product_id for number, line in enumerate(lines, 1)})
    places = [
        (number, name, getattr(line, name), warehouse)
        for number, line in enumerate(lines, 1)
        for name, warehouse in warehouses.items()
        if getattr(line, name) is not None
    ]
    check_bins(places)


def check_products(by_line: Mapping[int, int]) -> None:
    rows = Product.objects.active().filter(pk__in=set(by_line.values()))
    known = set(rows.values_list("pk", flat=True))
    for number, product_id in by_line.items():
        if product_id not in known:
            raise DomainError(
                _("There is no such product."),
                code="unknown_product",
                field=line_field(number, "product_id"),
            )


def check_bins(places: Iterable[tuple[int, str, int, int]]) -> None:
    """Check (line, name of its field, bin, warehouse): each bin is there and of that warehouse."""
    asked = list(places)
    rows = Bin.objects.active().filter(pk__in={bin_id for _n, _f, bin_id, _w in asked})
    known = dict(rows.values_list("pk", "warehouse_id"))
    for number, name, bin_id, warehouse_id in asked:
        if known.get(bin_id) != warehouse_id:
            raise DomainError(
                _("The warehouse has no such bin."),
                code="unknown_bin",
                field=line_field(number, name),
            )


def number_lines(rows: Iterable[Any]) -> list[Any]:
    """Give rows their place, from 1 on."""
    numbered = list(rows)
    for number, row in enumerate(numbered, 1):
        row.line_no = number
    return numbered
