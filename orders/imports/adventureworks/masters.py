"""Partners, products, places, rates and prices of AdventureWorks: found again by their codes."""

from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from django.db import models
from django.utils.translation import gettext as _

from customers.models import Customer, Supplier
from erp.core import bulk
from erp.core.errors import DomainError
from erp.core.models import Currency, ExchangeRate, TaxRate, Unit
from erp.core.money import ZERO
from erp.core.periods import company
from imports.directories import Outcome
from inventory.models import Bin, Warehouse
from orders.imports.adventureworks.files import Files, Row
from products import words
from products.models import Brand, PriceFact, Product

M = TypeVar("M", bound=models.Model)
BRAND, WAREHOUSE, CURRENCY, UNIT = "ADVENTUREWORKS", "AW", "USD", "EA"
SOURCE = "import.adventureworks"
RECEIVING = "00-RECEIVING"
_KG = {"LB": Decimal("0.45359237"), "G": Decimal("0.001")}


class Masters:
    """Everything the documents name, by the ids of the files."""

    suppliers: dict[str, Supplier]
    customers: dict[str, Customer]
    products: dict[str, Product]
    bins: dict[str, Bin]
    warehouse: Warehouse

    def __init__(self, files: Files, outcome: Outcome, *, by: Any) -> None:
        self.files, self.outcome, self.by = files, outcome, by
        self._base()
        self._partners()
        self._products()
        self._places()
        self._prices()

    def _base(self) -> None:
        Currency.objects.get_or_create(code=CURRENCY, defaults={"name": "US dollar"})
        self.no_tax, _made = TaxRate.objects.get_or_create(
            code="zero",
            valid_from=date(2014, 7, 1),
            defaults={"name": _("no tax"), "rate": ZERO},
        )
        named = {row["code"]: row["name"] for row in self.files.rows["units"]} | {UNIT: "Each"}
        # BOX is the box we have: MariaDB would refuse the second, SQLite take it for another.
        known = {code.casefold() for code in Unit.objects.values_list("code", flat=True)}
        Unit.objects.bulk_create(
            Unit(code=code, name_zh=name[:20], name_en=name[:20])
            for code, name in named.items()
            if code.casefold() not in known
        )
        self._rates()

    def _rates(self) -> None:
        """One dollar in the company's currency, day by day; the first known for the days before."""
        ours = company().currency_id
        if ours == CURRENCY:
            return
        rows = [row for row in self.files.rows["currency_rates"] if row["to_currency"] == ours]
        if not rows:
            raise DomainError(
                _("currency_rates.csv has no rates of %(currency)s.") % {"currency": ours},
                code="no_exchange_rate",
                field="currency_rates.csv",
            )
        rates = {row["date"]: row["end_of_day_rate"] for row in rows}
        first = min(self.first_day(), *rates)
        rates.setdefault(first, rates[min(rates)])
        held = ExchangeRate.objects.filter(currency_id=CURRENCY, on__in=rates)
        known = set(held.values_list("on", flat=True))
        made = [
            ExchangeRate(currency_id=CURRENCY, on=day, rate=rate, source="AdventureWorks")
            for day, rate in sorted(rates.items())
            if day not in known
        ]
        ExchangeRate.objects.bulk_create(made, batch_size=500)
        self._count("exchange_rates", len(made), len(known))

    def first_day(self) -> date:
        days = [row["order_date"] for row in self.files.rows["purchase_orders"]]
        days += [row["order_date"] for row in self.files.rows["sales_orders"]]
        return min(days, default=date.max)

    def _partners(self) -> None:
        rows = self.files.rows["vendors"]
        days = {
            key: round(sum(row["avg_lead_time_days"] for row in terms) / len(terms))
            for key, terms in self.files.by("product_vendors", "vendor_id").items()
        }
        found = self._named(
            Supplier,
            "suppliers",
            {
                row["account_number"]: (row["name"], {"lead_time_days": days.get(row["vendor_id"])})
                for row in rows
            },
        )
        self.suppliers = {row["vendor_id"]: found[row["account_number"]] for row in rows}
        stores = {f"AW-S{row['store_id']}": row["name"] for row in self.files.rows["stores"]}
        buyers = {row["customer_id"]: row["online"] for row in self.files.rows["sales_orders"]}
        kinds = {"0": Customer.Kind.RESELLER, "1": Customer.Kind.END_USER}
        wanted = {code: (name, {"kind": Customer.Kind.RESELLER}) for code, name in stores.items()}
        for key, online in buyers.items():
            name = f"AdventureWorks customer {key}"
            wanted[f"AW-{key}"] = (name, {"kind": kinds.get(online, Customer.Kind.END_USER)})
        known = self._named(Customer, "customers", wanted)
        self.customers = {key: known[f"AW-{key}"] for key in buyers}

    def _named(
        self, model: type[Any], name: str, wanted: dict[str, tuple[str, dict[str, Any]]]
    ) -> dict[str, Any]:
        """Return partners by code: those missing are made, those renamed are renamed."""

        def make(code: str) -> Any:
            title, more = wanted[code]
            partner = model(
                code=code,
                name=title[:120],
                owner=self.by,
                currency_id=CURRENCY,
                price_includes_tax=False,
                **more,
            )
            partner.set_keys()
            return partner

        def differs(partner: Any) -> bool:
            if partner.name == wanted[partner.code][0][:120]:
                return False
            partner.name = wanted[partner.code][0][:120]
            partner.set_keys()
            return True

        return self._upsert(model, name, wanted, make, differs, ["name", "name_key", "initials"])

    def _products(self) -> None:
        brand, made = Brand.objects.get_or_create(
            code=BRAND, defaults={"name_en": "AdventureWorks", "country": "US"}
        )
        rows = {row["product_number"]: row for row in self.files.rows["products"]}

        def make(number: str) -> Product:
            row = rows[number]
            product = Product(
                brand=brand,
                designation=number,
                name=row["name"],
                unit_id=UNIT,
                tax_rate=self.no_tax,
                mass_kg=_mass(row),
            )
            product.set_keys()
            return product

        def differs(product: Product) -> bool:
            row = rows[product.designation]
            if product.name == row["name"]:
                return False
            product.name = row["name"]
            product.set_keys()
            return True

        known = self._upsert(
            Product,
            "products",
            rows,
            make,
            differs,
            ["name", "name_key"],
            "designation",
            brand=brand,
        )
        if made or self.outcome.counts["products"]["new"]:
            words.changed()
        self.products = {row["product_id"]: known[number] for number, row in rows.items()}

    def _places(self) -> None:
        self.warehouse, _made = Warehouse.objects.get_or_create(
            code=WAREHOUSE, defaults={"name": "AdventureWorks"}
        )
        codes = {place_of(row) for row in self.files.rows["inventory"]} | {RECEIVING}

        def make(code: str) -> Bin:
            return Bin(warehouse=self.warehouse, code=code)

        self.bins = self._upsert(
            Bin, "bins", codes, make, lambda _bin: False, [], warehouse=self.warehouse
        )

    def _upsert(
        self,
        model: type[M],
        name: str,
        codes: Iterable[str],
        make: Callable[[str], M],
        differs: Callable[[M], bool],
        columns: list[str],
        key: str = "code",
        **where: Any,
    ) -> dict[str, M]:
        """Return rows by code; ``differs`` sets what is new of a row that is there."""
        rows = model._default_manager.filter(**where).filter(**{f"{key}__in": set(codes)})
        found = {getattr(row, key): row for row in rows}
        changed = [row for row in found.values() if differs(row)]
        if changed:
            model._default_manager.bulk_update(changed, columns, batch_size=500)
        made = [make(code) for code in sorted(set(codes) - found.keys())]
        bulk.insert(made)
        self._count(name, len(made), len(found) - len(changed), len(changed))
        return found | {getattr(row, key): row for row in made}

    def _count(self, name: str, new: int, unchanged: int, changed: int = 0) -> None:
        self.outcome.count(name, "new", new)
        self.outcome.count(name, "changed", changed)
        self.outcome.count(name, "unchanged", unchanged)

    def _prices(self) -> None:
        """List prices and standard costs, each from its first day on."""
        lists = (
            ("list_prices", PriceFact.Kind.LIST, "product_list_price_history", "list_price"),
            ("costs", PriceFact.Kind.COST, "product_cost_history", "standard_cost"),
        )
        for name, kind, file, column in lists:
            source = f"{SOURCE}.{name}"
            facts = PriceFact.objects.filter(source_type=source)
            known = set(facts.values_list("product_id", "on"))
            made = [
                PriceFact(
                    product=self.products[row["product_id"]],
                    kind=kind,
                    on=row["start_date"],
                    quantity=1,
                    net_unit_price=row[column],
                    currency_id=CURRENCY,
                    source_type=source,
                    source_id=row["row"],
                    source_line_id=row["row"],
                )
                for row in self.files.rows[file]
                if (self.products[row["product_id"]].pk, row["start_date"]) not in known
            ]
            bulk.insert(made)
            self._count(name, len(made), len(self.files.rows[file]) - len(made))


def costs_at_first(files: Files) -> dict[str, Decimal]:
    """Return what a piece cost when all began, in dollars: its standard cost or a vendor's."""
    costs = {
        row["product_id"]: row["last_receipt_cost"] or row["standard_price"]
        for row in files.rows["product_vendors"]
    }
    return costs | {
        row["product_id"]: row["standard_cost"]
        for row in files.rows["products"]
        if row["standard_cost"]
    }


def place_of(row: Row) -> str:
    """Return the code of a bin: location, shelf, number."""
    return f"{int(row['location_id']):02}-{row['shelf']}-{row['bin']}"


def _mass(row: Row) -> Decimal | None:
    factor = _KG.get(row["weight_unit"])
    if factor is None or row["weight"] is None:
        return None
    mass: Decimal = round(row["weight"] * factor, 3)
    return mass
