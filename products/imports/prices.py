"""Kind ``prices``: price lists for products that are in the catalogue.

A row that names a supplier is his quotation, any other is our list price. Facts are only added: a
row is unchanged when the newest fact of the same product, supplier, currency and quantity says the
same price.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from customers.models import Supplier
from erp.core.bulk import insert
from erp.core.models import Currency
from erp.core.money import MAX_QUANTITY
from erp.core.periods import company
from imports.diffs import Diff
from imports.kinds import CHANGED, NEW, UNCHANGED, Column, Kind, Row, Run
from imports.parsing import day, number, text
from products.designation import search_key
from products.imports.named import BrandNames, plain_name
from products.imports.pricing import PRICES, Pricing
from products.imports.product_columns import COLUMNS, MESSAGES
from products.models import PriceFact, Product

SOURCE = "imports.import"
_KINDS = (PriceFact.Kind.RFQ, PriceFact.Kind.LIST)
_CURRENCY_SIGNS = {
    "¥": "CNY",
    "￥": "CNY",
    "rmb": "CNY",
    "人民币": "CNY",
    "元": "CNY",
    "€": "EUR",
    "$": "USD",
}
_TAKEN = ("brand", "designation", *PRICES, "vat_rate")


class PriceKind(Kind):
    name = "prices"
    label = _("Prices")
    rights = ("products.change_product", "products.view_pricefact")
    list_url = "admin:products_pricefact_changelist"
    naming = "designation"
    columns: ClassVar = (
        *(column for column in COLUMNS if column.name in _TAKEN),
        Column("currency", _("currency"), text(20), "币种|币别|货币|curr|ccy|währung"),
        Column(
            "supplier",
            _("supplier"),
            text(60),
            "供应商|供应商代码|供货商|vendor|supplier code|lieferant",
        ),
        Column(
            "quantity",
            _("quantity"),
            number(least=Decimal("0.001"), most=MAX_QUANTITY, places=3),
            "起订量|数量|最小起订量|起批量|moq|qty|from quantity|min qty|minimum quantity|menge",
        ),
        Column("on", _("date"), day(), "日期|报价日期|生效日期|price date|valid from|datum"),
    )
    messages: ClassVar = {
        **MESSAGES,
        "unknown_product": _("The catalogue has no “%(value)s” of this brand."),
        "unknown_currency": _("There is no currency “%(value)s”."),
        "unknown_supplier": _("There is no supplier “%(value)s”."),
    }

    def __init__(self, run: Run) -> None:
        super().__init__(run)
        self.brands = BrandNames()
        self.pricing = Pricing(run)
        self.currency = company().currency_id
        self._currencies = {
            code.casefold(): code for code in Currency.objects.values_list("code", flat=True)
        }
        self._suppliers = _suppliers(run)

    @classmethod
    def check_columns(cls, columns: frozenset[str]) -> Iterable[str]:
        yield from super().check_columns(columns)
        if columns.isdisjoint(PRICES):
            yield "price"

    def section(self, text: str) -> dict[str, str] | None:
        return {"brand": text} if self.brands.id_of(text) else None

    def check(self, rows: Sequence[Row]) -> None:
        for row in rows:
            self.brands.settle(row)
            self.pricing.settle(row)
            self._currency(row)
            self._supplier(row)
        sound = [row for row in rows if "brand_id" in row.values and "designation" in row.values]
        products = _products(sound)
        for row in sound:
            name = row.values.pop("designation")
            product = products.get((row.values["brand_id"], search_key(name)))
            if product is None:
                row.refuse("designation", "unknown_product", name)
                continue
            row.values["product_id"] = product
            row.values.setdefault("quantity", Decimal(1))
            row.key = ":".join(map(str, _identity(row.values)))
            row.spelling = name
            row.says = (str(row.values.get("net_price", "")), str(row.values.get("on", "")))

    def _currency(self, row: Row) -> None:
        name = row.values.pop("currency", self.currency)
        code = self._currencies.get(name.casefold()) or _CURRENCY_SIGNS.get(name.casefold())
        if code is None:
            row.refuse("currency", "unknown_currency", name)
        else:
            row.values["currency_id"] = code

    def _supplier(self, row: Row) -> None:
        name = row.values.pop("supplier", None)
        if name is None:
            return
        found = self._suppliers.get(plain_name(name))
        if found is None:
            row.refuse("supplier", "unknown_supplier", name)
        else:
            row.values["supplier_id"] = found

    def compare(self, rows: Sequence[Row], *, lock: bool) -> None:  # noqa: ARG002 -- facts are only added
        newest = _newest({row.values["product_id"] for row in rows})
        for row in rows:
            row.existing = newest.get(_identity(row.values))
            if row.existing is None:
                row.state = NEW
            else:
                price, on = row.existing
                same = price == row.values["net_price"] and row.values.get("on", on) == on
                row.state = UNCHANGED if same else CHANGED

    def write(self, rows: Sequence[Row], diff: Diff) -> None:
        facts = [self._fact(row) for row in rows]
        insert(facts)
        diff.created(facts)

    def _fact(self, row: Row) -> PriceFact:
        values = row.values
        return PriceFact(
            product_id=values["product_id"],
            kind=_kind(values),
            supplier_id=values.get("supplier_id"),
            on=values.get("on", self.run.on),
            quantity=values["quantity"],
            net_unit_price=values["net_price"],
            currency_id=values["currency_id"],
            source_type=SOURCE,
            source_id=self.run.import_id,
            source_line_id=row.number,
        )


def newest_prices(facts: QuerySet[PriceFact]) -> QuerySet[PriceFact]:
    """Return those facts a row of this kind can be unchanged against: one of each identity."""
    of = Coalesce("supplier_id", 0)
    same = {name: OuterRef(name) for name in ("product_id", "currency_id", "quantity")}
    later = Q(on__gt=OuterRef("on")) | Q(on=OuterRef("on"), pk__gt=OuterRef("pk"))
    newer = PriceFact.objects.order_by().filter(later, kind__in=_KINDS, **same)
    newer = newer.alias(of=of).filter(of=Coalesce(OuterRef("supplier_id"), 0))
    wanted = facts.filter(kind__in=_KINDS, net_unit_price__gt=0)
    return wanted.exclude(Exists(newer))


def _kind(values: dict[str, Any]) -> str:
    return PriceFact.Kind.RFQ if values.get("supplier_id") else PriceFact.Kind.LIST


def _identity(values: dict[str, Any]) -> tuple[Any, ...]:
    supplier, quantity = values.get("supplier_id"), values["quantity"].normalize()
    return values["product_id"], supplier, values.get("currency_id"), quantity


def _suppliers(run: Run) -> dict[str, int]:
    """Return every code and name of the suppliers in use → id; a code goes before a name."""
    found = list(run.sees(Supplier.objects.active()).order_by("pk"))
    names: dict[str, int] = {}
    for word in ("code", "name"):
        for supplier in found:
            names.setdefault(plain_name(getattr(supplier, word)), supplier.pk)
    return names


def _products(rows: Sequence[Row]) -> dict[tuple[int, str], int]:
    keys = {search_key(row.values["designation"]) for row in rows}
    found = Product.objects.filter(search_key__in=keys).order_by()
    columns = ("pk", "merged_into_id", "brand_id", "search_key")
    return {(brand, key): kept or pk for pk, kept, brand, key in found.values_list(*columns)}


def _newest(products: set[int]) -> dict[tuple[Any, ...], tuple[Decimal, date]]:
    """Return the newest price and its day per product, supplier, currency and quantity."""
    facts = PriceFact.objects.filter(product_id__in=products, kind__in=_KINDS)
    columns = ("product_id", "supplier_id", "currency_id", "quantity", "net_unit_price", "on")
    newest = {}
    for *what, quantity, price, on in facts.order_by("on", "pk").values_list(*columns):
        newest[(*what, quantity.normalize())] = (price, on)
    return newest
