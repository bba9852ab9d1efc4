"""Whom to ask for what: suppliers who had the part or its brand before, and how reliable they are.

How punctual a supplier delivers is known above (orders): it registers with ``tells_reliability``.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Max

from accounts.models import User
from customers.models import Supplier
from erp.core.money import ZERO
from erp.core.periods import company_today
from inventory.services import available_by_product
from products.models import PriceFact, Product, ProductCode
from quotations.models import Enquiry, Quotation
from quotations.services import RfqLineInput

MOST_PROPOSED = 20
_LOOKED_BACK = timedelta(days=730)


@dataclass(frozen=True, slots=True)
class Reliability:
    """Of a supplier's receipts of the last year: days from order to goods, how many in time."""

    average_days: int | None = None
    on_time_percent: int | None = None


Reliabilities = Callable[[Collection[int]], dict[int, Reliability]]
_tellers: list[Reliabilities] = []


def tells_reliability(teller: Reliabilities) -> Reliabilities:
    """Register a function from supplier ids to how reliable they are."""
    _tellers.append(teller)
    return teller


def reliability_of(supplier_ids: Collection[int]) -> dict[int, Reliability]:
    return {pk: row for teller in _tellers for pk, row in teller(supplier_ids).items()}


# --- suppliers -------------------------------------------------------------------------------


@dataclass(slots=True)
class ProposedSupplier:
    """``parts``: products of the request he had before or has a code of; ``brands`` likewise."""

    supplier: Supplier
    parts: set[int] = field(default_factory=set)
    brands: set[int] = field(default_factory=set)
    last_on: date | None = None
    reliability: Reliability = Reliability()

    @property
    def lead_time_days(self) -> int | None:
        return self.reliability.average_days or self.supplier.lead_time_days

    @property
    def rank(self) -> tuple[int, int, int, str]:
        age = (company_today() - self.last_on).days if self.last_on else 9999
        return (-len(self.parts), -len(self.brands), age, self.supplier.code)


def propose_suppliers(product_ids: Iterable[int], *, user: User) -> list[ProposedSupplier]:
    """Return the suppliers to ask for these products, the likeliest first (fixed queries)."""
    ids = set(product_ids)
    brands = set(Product.objects.filter(pk__in=ids).values_list("brand_id", flat=True))
    had: dict[int, set[int]] = defaultdict(set)
    of_brand: dict[int, set[int]] = defaultdict(set)
    last: dict[int, date] = {}
    for supplier, product, brand, on in _facts(brands):
        if product in ids:
            had[supplier].add(product)
        of_brand[supplier].add(brand)
        last[supplier] = max(on, last.get(supplier, on))
    codes = ProductCode.objects.active().filter(product__in=ids, supplier__isnull=False)
    for supplier, product in codes.values_list("supplier_id", "product_id"):
        had[supplier].add(product)
    known = set(had) | set(of_brand)
    suppliers = Supplier.objects.visible_to(user).active().filter(blocked_reason="").in_bulk(known)
    reliable = reliability_of(suppliers.keys())
    found = [
        ProposedSupplier(row, had[pk], of_brand[pk], last.get(pk), reliable.get(pk, Reliability()))
        for pk, row in suppliers.items()
    ]
    return sorted(found, key=lambda one: one.rank)[:MOST_PROPOSED]


def _facts(brands: Collection[int]) -> Any:
    """Return (supplier, product, brand, last day) of what suppliers quoted or sold lately."""
    facts = PriceFact.objects.filter(
        kind__in=[PriceFact.Kind.RFQ, PriceFact.Kind.PURCHASE],
        supplier__isnull=False,
        product__brand__in=brands,
        on__gt=company_today() - _LOOKED_BACK,
    ).order_by()
    groups = facts.values_list("supplier_id", "product_id", "product__brand_id")
    return groups.annotate(last=Max("on"))


# --- parts -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Wanted:
    """A line of an enquiry or quotation that may be asked of suppliers."""

    line: RfqLineInput
    product: Product
    available: Any

    @property
    def is_short(self) -> bool:
        return bool(self.available < self.line.quantity)


def wanted_of(origin: Enquiry | Quotation) -> list[Wanted]:
    """Return the lines of an enquiry or quotation that have a product, with what is in stock."""
    rows: Any = origin.lines.filter(product__isnull=False)
    lines = list(rows.select_related("product__brand", "product__unit"))
    stock = available_by_product({line.product_id for line in lines})
    return [
        Wanted(
            RfqLineInput(
                product_id=line.product_id,
                quantity=line.quantity or Decimal(1),
                wording=str(getattr(line, "raw", "") or getattr(line, "partner_wording", "")),
                origin_line_id=line.pk,
            ),
            line.product,
            stock.get(line.product_id, ZERO),
        )
        for line in lines
    ]
