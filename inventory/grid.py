"""The lines of a stock document as typed or pasted, checked, beside where the products lie."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.core.exceptions import BadRequest
from django.http import QueryDict
from django.utils.translation import gettext as _

from accounts.models import User
from erp.core.errors import DomainError
from erp.core.money import plain
from erp.core.tables import NumberStyle, decimal_of
from inventory.models import Bin, StockBalance
from inventory.services import StockLineInput, bins_named, usual_bins
from products.models import Product
from products.search import match

COLUMNS = ("product", "quantity", "bin", "to_bin", "unit_cost", "note")
MOST_PASTED = 500
_LINE_FIELD = re.compile(r"lines\[(\d+)\]\.(\w+)")
_CELL_OF = {"bin_id": "bin", "to_bin_id": "to_bin", "product_id": "product"}


def number_of(text: str) -> Decimal:
    """Return a number as people type it; ``1,5`` is refused, it may be a slip. ValueError."""
    return decimal_of(text, NumberStyle.POINT)


@dataclass(slots=True)
class GridRow:
    """One line as typed; texts are kept until they are right."""

    product: str = ""
    quantity: str = ""
    bin: str = ""
    to_bin: str = ""
    unit_cost: str = ""
    note: str = ""
    wording: str = ""  # what was pasted, where no product was found for it
    errors: dict[str, str] = field(default_factory=dict)
    numbers: dict[str, Decimal | None] = field(default_factory=dict)

    @property
    def product_id(self) -> int:
        return int(self.product) if self.product.isascii() and self.product.isdigit() else 0

    def check(self) -> None:
        for name, required in (("quantity", True), ("unit_cost", False)):
            text = getattr(self, name).strip()
            self.numbers[name] = None
            try:
                self.numbers[name] = number_of(text) if text else None
            except ValueError:
                self.errors[name] = _("Enter a number.")
            if required and not text:
                self.errors[name] = _("Enter a number.")
        if not self.product_id:
            self.errors["product"] = _("No part was found for “%(wording)s”.") % {
                "wording": self.wording or self.product
            }


@dataclass(frozen=True, slots=True)
class GridLine:
    """A row beside what is known of its product."""

    typed: GridRow
    product: Product | None
    lies: Sequence[tuple[str, str]] = ()  # bin and how much of it is free there
    usual: str = ""  # the bin proposed where it goes

    @property
    def available(self) -> str:
        return plain(sum((Decimal(free) for _bin, free in self.lies), Decimal(0)))


def read_grid(data: QueryDict) -> list[GridRow]:
    """Return the rows as sent, checked. Raises BadRequest when columns differ in length."""
    columns = {name: data.getlist(name) for name in COLUMNS}
    if len({len(values) for values in columns.values()}) != 1:
        raise BadRequest("columns differ in length")
    rows = [
        GridRow(**dict(zip(COLUMNS, values, strict=True)))
        for values in zip(*columns.values(), strict=True)
    ]
    for row in rows:
        if any("\x00" in text for text in (row.note, row.bin, row.to_bin)):
            raise BadRequest("bad value")
        row.check()
    return rows


def rows_of(lines: Iterable[Any]) -> list[GridRow]:
    """Return the stored lines of a document as rows, checked."""
    rows = []
    for line in lines:
        lies, goes = getattr(line, "from_bin", None), getattr(line, "to_bin", None)
        place = getattr(line, "bin", None) or lies
        cost = getattr(line, "unit_cost", None)
        rows.append(
            GridRow(
                product=str(line.product_id),
                quantity=plain(line.quantity),
                bin=place.code if place else "",
                to_bin=goes.code if goes else "",
                unit_cost=plain(cost) if cost is not None else "",
                note=line.note,
            )
        )
    for row in rows:
        row.check()
    return rows


def entered(
    rows: Sequence[GridRow], *, warehouse_id: int, to_warehouse_id: int | None
) -> list[StockLineInput]:
    """Return the lines for a service; a bin nobody knows is marked in its row."""
    bins = bins_named({row.bin for row in rows}, warehouse_id)
    targets = bins_named({row.to_bin for row in rows}, to_warehouse_id or warehouse_id)
    return [
        StockLineInput(
            product_id=row.product_id,
            quantity=row.numbers["quantity"] or Decimal(0),
            bin_id=_bin_id(row, "bin", bins),
            to_bin_id=_bin_id(row, "to_bin", targets),
            unit_cost=row.numbers["unit_cost"],
            note=row.note.strip()[:200],
        )
        for row in rows
    ]


def _bin_id(row: GridRow, name: str, bins: dict[str, Bin]) -> int | None:
    code = getattr(row, name).strip()
    if not code:
        return None
    place = bins.get(code.upper())
    if place is None:
        row.errors[name] = _("There is no bin “%(code)s”.") % {"code": code}
        return None
    return place.pk


def blame(rows: Sequence[GridRow], refusal: DomainError) -> None:
    """Put a service's refusal on the cell it names."""
    found = _LINE_FIELD.fullmatch(refusal.field)
    if found and 0 < int(found[1]) <= len(rows):
        rows[int(found[1]) - 1].errors[_CELL_OF.get(found[2], found[2])] = refusal.message


def grid_of(
    rows: Sequence[GridRow], *, warehouse_id: int, to_warehouse_id: int | None, user: User
) -> list[GridLine]:
    """Lay beside the rows where their products lie, in a fixed number of queries."""
    ids = {row.product_id for row in rows} - {0}
    products = Product.objects.visible_to(user).select_related("brand", "unit").in_bulk(ids)
    lies = lying(products, warehouse_id, user=user)
    usual = usual_bins(products, to_warehouse_id or warehouse_id)
    return [
        GridLine(
            row,
            products.get(row.product_id),
            lies.get(row.product_id, ()),
            usual[row.product_id].code if row.product_id in usual else "",
        )
        for row in rows
    ]


def lying(
    product_ids: Iterable[int], warehouse_id: int, *, user: User
) -> dict[int, list[tuple[str, str]]]:
    """Return per product the bins it lies in and how much is free there, the fullest first."""
    found: dict[int, list[tuple[str, str]]] = defaultdict(list)
    balances = StockBalance.objects.visible_to(user).filter(
        product_id__in=set(product_ids), bin__warehouse_id=warehouse_id, on_hand__gt=0
    )
    rows = sorted(balances.select_related("bin"), key=lambda row: (-row.available, row.bin.code))
    for row in rows:
        found[row.product_id].append((row.bin.code, plain(row.available)))
    return found


# --- pasting ---------------------------------------------------------------------------------


def pasted(text: str, columns: Sequence[str], *, user: User) -> list[GridRow]:
    """Return rows of a block copied from a spreadsheet: designation, quantity, then the columns.

    A designation is looked up as any search does; one that fits nothing, or only something like
    it, is left open for a person.
    """
    lines = [line for line in text.replace("\x00", "").splitlines() if line.strip()][:MOST_PASTED]
    names = ("quantity", *columns)
    rows = []
    for line in lines:
        cells = [cell.strip() for cell in line.split("\t")]
        row = GridRow(wording=cells[0][:120])
        for name, cell in zip(names, cells[1:], strict=False):
            setattr(row, name, cell[:200])
        rows.append(row)
    for row, found in zip(rows, match([row.wording for row in rows], user=user), strict=True):
        sure = [hit for hit in found.hits if hit.match in {"exact", "normalised", "code"}]
        if len({hit.product.pk for hit in sure}) == 1:
            row.product = str(sure[0].product.pk)
        row.check()
    return rows
