"""Importing products from a spreadsheet: every row is checked before any is written.

Columns are recognised by their heading in Chinese or English. A product that exists (same brand,
same search key) is updated; a list price becomes a price fact.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from erp.core.errors import DomainError
from erp.core.models import Unit
from erp.core.money import MAX_UNIT_PRICE
from erp.core.periods import company, company_today
from erp.core.record import record
from erp.core.service import service
from products.designation import search_key
from products.models import Brand, PriceFact, Product

MAX_DESIGNATION = 80
MAX_MILLIMETRES = Decimal(9_999_999)
COLUMNS: dict[str, tuple[str, ...]] = {
    "brand": ("brand", "品牌", "厂家", "品牌代码"),
    "designation": ("designation", "model", "part number", "part no", "型号", "规格型号"),
    "name": ("name", "description", "名称", "品名"),
    "unit": ("unit", "单位"),
    "bore_mm": ("bore", "bore_mm", "d", "内径"),
    "outside_mm": ("outside diameter", "outside_mm", "outer", "外径"),
    "width_mm": ("width", "width_mm", "b", "宽度", "厚度"),
    "mass_kg": ("mass", "mass_kg", "weight", "重量", "重量kg"),
    "list_price": ("list price", "list_price", "price", "单价", "价格", "单价(含税)", "price (€)"),
}
_DIMENSIONS = ("bore_mm", "outside_mm", "width_mm", "mass_kg")
_UNITS = {
    "个": "piece",
    "只": "piece",
    "件": "piece",
    "pcs": "piece",
    "套": "set",
    "组": "set",
    "对": "pair",
    "副": "pair",
    "盒": "box",
}


@dataclass(frozen=True, slots=True)
class RowError:
    """Why a row is refused; ``row`` is its line in the file, counted from 1 with the heading."""

    row: int
    column: str
    message: str

    def as_json(self) -> dict[str, Any]:
        return {"row": self.row, "column": self.column, "message": self.message}


@dataclass(slots=True)
class ImportPlan:
    """What an import would do."""

    new: list[Product] = field(default_factory=list)
    changed: list[Product] = field(default_factory=list)
    unchanged: int = 0
    prices: list[tuple[Product, Decimal]] = field(default_factory=list)
    errors: list[RowError] = field(default_factory=list)
    ignored_columns: list[str] = field(default_factory=list)


def _heading(text: str) -> str | None:
    plain = text.strip().casefold()
    if text.strip() == "D":  # d and D differ only in case
        return "outside_mm"
    return next((name for name, known in COLUMNS.items() if plain in known), None)


def plan_products(table: Sequence[Sequence[str]]) -> ImportPlan:
    """Check every row of a table and return what importing it would do; writes nothing.

    Raises DomainError no_rows, missing_column.
    """
    rows = [(number, row) for number, row in enumerate(table, 1) if any(cell for cell in row)]
    if len(rows) < 2:
        raise DomainError(_("The file has no rows."), code="no_rows", field="file")
    heading = [_heading(cell) for cell in rows[0][1]]
    for needed in ("brand", "designation"):
        if needed not in heading:
            raise DomainError(
                _("The column “%(name)s” is missing.") % {"name": needed},
                code="missing_column",
                field=needed,
            )
    plan = ImportPlan()
    plan.ignored_columns = [
        cell for cell, name in zip(rows[0][1], heading, strict=True) if name is None and cell
    ]
    builder = _Builder(plan)
    for number, row in rows[1:]:
        cells = {name: cell for name, cell in zip(heading, row, strict=False) if name}
        builder.add(number, cells)
    return plan


class _RefusedError(Exception):
    def __init__(self, column: str, message: str) -> None:
        super().__init__(message)
        self.column = column


class _Builder:
    """Turns rows into products, remembering what the file and the catalogue already hold."""

    def __init__(self, plan: ImportPlan) -> None:
        self.plan = plan
        self.brands = _brands_by_name()
        self.units = set(Unit.objects.values_list("code", flat=True))
        self.seen: dict[tuple[int, str], int] = {}
        self.existing: dict[int, dict[str, Product]] = {}

    def add(self, number: int, cells: Mapping[str, str]) -> None:
        try:
            self._add(number, cells)
        except _RefusedError as refused:
            self.plan.errors.append(RowError(number, refused.column, str(refused)))

    def _add(self, number: int, cells: Mapping[str, str]) -> None:
        brand = self._brand(cells.get("brand", ""))
        designation = _designation(cells.get("designation", ""))
        key = (brand.pk, search_key(designation))
        if key in self.seen:
            raise _RefusedError(
                "designation",
                _("The same product stands in row %(row)d.") % {"row": self.seen[key]},
            )
        values = self._values(cells)
        price = _decimal(cells.get("list_price", ""), "list_price", most=MAX_UNIT_PRICE)
        self.seen[key] = number
        product = self._existing(brand, key[1])
        if product is None:
            product = Product(brand=brand, designation=designation, unit_id="piece")
            self.plan.new.append(product)
        elif all(getattr(product, name) == value for name, value in values.items()):
            self.plan.unchanged += 1
        else:
            self.plan.changed.append(product)
        for name, value in values.items():
            setattr(product, name, value)
        product.set_keys()
        if price is not None:
            self.plan.prices.append((product, price))

    def _brand(self, text: str) -> Brand:
        if not text.strip():
            raise _RefusedError("brand", _("The brand is missing."))
        brand = self.brands.get(text.strip().casefold())
        if brand is None:
            raise _RefusedError("brand", _("There is no brand “%(text)s”.") % {"text": text[:60]})
        return brand

    def _existing(self, brand: Brand, key: str) -> Product | None:
        if brand.pk not in self.existing:
            mine = Product.objects.filter(brand=brand)
            self.existing[brand.pk] = {product.search_key: product for product in mine}
        return self.existing[brand.pk].get(key)

    def _values(self, cells: Mapping[str, str]) -> dict[str, Any]:
        """Return the columns given; an empty cell leaves what is there."""
        values: dict[str, Any] = {}
        if cells.get("name"):
            values["name"] = cells["name"][:120]
        if cells.get("unit"):
            unit = _UNITS.get(cells["unit"].casefold(), cells["unit"])
            if unit not in self.units:
                raise _RefusedError("unit", _("There is no unit “%(text)s”.") % {"text": unit[:20]})
            values["unit_id"] = unit
        for name in _DIMENSIONS:
            number = _decimal(cells.get(name, ""), name, most=MAX_MILLIMETRES)
            if number is not None:
                values[name] = number
        return values


def _brands_by_name() -> dict[str, Brand]:
    names: dict[str, Brand] = {}
    for brand in Brand.objects.active():
        for name in (*brand.aliases, brand.name_zh, brand.name_en, brand.code):
            if name:
                names[str(name).casefold()] = brand
    return names


def _designation(text: str) -> str:
    designation = " ".join(text.split())
    if not search_key(designation):
        raise _RefusedError("designation", _("The designation is missing."))
    if len(designation) > MAX_DESIGNATION:
        raise _RefusedError("designation", _("The designation is too long."))
    if any(c in designation for c in "<>\x00"):
        raise _RefusedError(
            "designation", _("The designation holds characters no designation has.")
        )
    return designation


def _decimal(text: str, column: str, *, most: Decimal) -> Decimal | None:
    """Return a number that is not negative, None for an empty cell; refuse everything else."""
    plain = unicodedata.normalize("NFKC", text).strip().lstrip("¥").replace(" ", "")
    if not plain:
        return None
    if plain.count(",") == 1 and "." not in plain:
        plain = plain.replace(",", ".")
    try:
        number = Decimal(plain)
    except InvalidOperation:
        raise _RefusedError(column, _("“%(text)s” is no number.") % {"text": text[:40]}) from None
    if not number.is_finite() or not 0 <= number <= most:
        raise _RefusedError(column, _("“%(text)s” is out of range.") % {"text": text[:40]})
    return number


@service("products.import")
def import_products(plan: ImportPlan, *, file_name: str, by: Any) -> None:
    """Write a plan in one transaction: products, list prices and one entry in the operation log.

    Raises DomainError refused_rows when the plan has errors.
    """
    if plan.errors:
        raise DomainError(
            _("%(count)d rows are refused; nothing was written.") % {"count": len(plan.errors)},
            code="refused_rows",
        )
    Product.objects.bulk_create(plan.new, batch_size=1000)
    columns = ["name", "unit_id", *_DIMENSIONS]
    Product.objects.bulk_update(
        plan.changed, [c.removesuffix("_id") for c in columns], batch_size=500
    )
    today, currency = company_today(), company().currency_id
    PriceFact.objects.bulk_create(
        (
            PriceFact(
                product=product,
                kind=PriceFact.Kind.LIST,
                on=today,
                quantity=1,
                net_unit_price=price,
                currency_id=currency,
                source_type="import",
                source_id=0,
                source_line_id=number,
            )
            for number, (product, price) in enumerate(plan.prices, 1)
        ),
        batch_size=1000,
    )
    counts = {
        "new": (None, len(plan.new)),
        "changed": (None, len(plan.changed)),
        "prices": (None, len(plan.prices)),
    }
    record("products.imported", by=by, changes=counts, object_ref=("import", "", file_name))
