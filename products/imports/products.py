"""Kind ``products``: articles with sizes, and their list price where the file has one.

A product is known by brand and search key. Values given are taken over, an empty cell leaves what
is there. A list price becomes a price fact when it differs from the current one. A stock column is
checked and not booked: opening stock is a kind of its own.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from erp.core.bulk import insert, update
from erp.core.periods import company
from imports.diffs import Diff
from imports.kinds import CHANGED, NEW, UNCHANGED, Row, Run
from products.designation import search_key
from products.imports.named import BrandNames, plain_name, units_by_name
from products.imports.pricing import Pricing
from products.imports.product_columns import COLUMNS, MESSAGES
from products.imports.worded import WordedKind
from products.models import PriceFact, Product

_SEPARATORS = re.compile(r"[\s\-/._]")
_SIZES = ("bore_mm", "outside_mm", "width_mm", "mass_kg")
_FIELDS = ("name", "unit_id", *_SIZES, "old_designation")
SOURCE = "imports.import"


class ProductKind(WordedKind):
    name = "products"
    label = _("Products")
    rights = ("products.add_product", "products.change_product")
    list_url = "admin:products_product_changelist"
    naming = "designation"
    columns: ClassVar = COLUMNS
    messages: ClassVar = MESSAGES

    def __init__(self, run: Run) -> None:
        super().__init__(run)
        self.brands = BrandNames()
        self.units = units_by_name()
        self.pricing = Pricing(run)
        self.currency = company().currency_id

    def section(self, text: str) -> Mapping[str, str] | None:
        return {"brand": text} if self.brands.id_of(text) else None

    # --- check ---

    def check(self, rows: Sequence[Row]) -> None:
        for row in rows:
            values = row.values
            self.brands.settle(row)
            self._unit(row, values)
            self.pricing.settle(row)
            if row.refused:
                continue
            row.key = f"{values['brand_id']}:{search_key(values['designation'])}"
            row.spelling = values["designation"]
            row.being = _SEPARATORS.sub("", row.spelling.upper())
            row.says = self._said(values)
            values.pop("stock", None)

    def _unit(self, row: Row, values: dict[str, Any]) -> None:
        name = values.pop("unit", None)
        if name is None:
            return
        unit = self.units.get(name) or self.units.get(plain_name(name))
        if unit is None:
            row.refuse("unit", "bad_unit", name)
        else:
            values["unit_id"] = unit

    @staticmethod
    def _said(values: Mapping[str, Any]) -> list[str]:
        """What two rows about one product must agree on."""
        return [
            f"{name}={value.normalize() if isinstance(value, Decimal) else value}"
            for name, value in sorted(values.items())
            if name not in {"brand_id", "designation"}
        ]

    # --- compare ---

    def compare(self, rows: Sequence[Row], *, lock: bool) -> None:
        known = self._known(rows, lock=lock)
        priced = any("net_price" in row.values for row in rows)
        prices = self._prices([one["id"] for one in known.values()]) if priced else {}
        for row in rows:
            found = row.existing = known.get(row.key)
            if found is None:
                row.state = NEW
                continue
            if found["merged_into_id"]:
                row.state = UNCHANGED
                row.note("designation", "merged_product", row.values["designation"])
                continue
            changed = any(row.values[n] != found[n] for n in _FIELDS if n in row.values)
            row.state = (
                CHANGED if changed or self._reprices(row, prices.get(found["id"])) else UNCHANGED
            )

    def _known(self, rows: Sequence[Row], *, lock: bool) -> dict[str, dict[str, Any]]:
        keys = {row.key.partition(":")[2] for row in rows}
        found = Product.objects.filter(search_key__in=keys).order_by()
        if lock:
            found = found.select_for_update()
        columns = ("id", "brand_id", "search_key", "merged_into_id", *_FIELDS)
        return {f"{one['brand_id']}:{one['search_key']}": one for one in found.values(*columns)}

    def _prices(self, ids: Sequence[int]) -> dict[int, Decimal]:
        """Return the current list price per product; the newest stands last."""
        facts = PriceFact.objects.filter(
            product_id__in=ids, kind=PriceFact.Kind.LIST, currency_id=self.currency
        )
        return dict(facts.order_by("on", "pk").values_list("product_id", "net_unit_price"))

    @staticmethod
    def _reprices(row: Row, current: Decimal | None) -> bool:
        net = row.values.get("net_price")
        row.says = net is not None and current != net
        return bool(row.says)

    # --- write ---

    def write(self, rows: Sequence[Row], diff: Diff) -> None:
        created = [self._new(row) for row in rows if row.state == NEW]
        insert(created)
        diff.created(created)
        self.words_changed |= bool(created)
        ids = {f"{one.brand_id}:{one.search_key}": one.pk for one in created}
        self._change([row for row in rows if row.state == CHANGED], diff)
        facts = list(self._facts(rows, ids))
        insert(facts)
        diff.created(facts)

    @staticmethod
    def _new(row: Row) -> Product:
        values = {name: row.values[name] for name in _FIELDS if name in row.values}
        product = Product(
            brand_id=row.values["brand_id"],
            designation=row.values["designation"],
            **{"unit_id": "piece", **values},
        )
        product.set_keys()
        return product

    def _change(self, rows: Sequence[Row], diff: Diff) -> None:
        products = Product.objects.in_bulk([row.existing["id"] for row in rows])
        changed, columns = [], {"version"}
        for row in rows:
            product = products[row.existing["id"]]
            before = dict(product.__dict__)
            for name in _FIELDS:
                if name in row.values:
                    setattr(product, name, row.values[name])
            product.set_keys()
            after = product.__dict__
            fields = {n: (old, after[n]) for n, old in before.items() if old != after[n]}
            self.words_changed |= "name" in fields  # the designation is the key, it stays
            if fields:
                product.version += 1
                changed.append(product)
                columns.update(fields)
                diff.changed(product, fields)
        update(changed, columns)

    def _facts(self, rows: Sequence[Row], ids: Mapping[str, int]) -> Iterable[PriceFact]:
        for row in rows:
            net = row.values.get("net_price")
            if net is None or not (row.state == NEW or row.says):
                continue
            yield PriceFact(
                product_id=ids[row.key] if row.existing is None else row.existing["id"],
                kind=PriceFact.Kind.LIST,
                on=self.run.on,
                quantity=1,
                net_unit_price=net,
                currency_id=self.currency,
                source_type=SOURCE,
                source_id=self.run.import_id,
                source_line_id=row.number,
            )
