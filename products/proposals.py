"""The proposals as their page shows them: two designations beside each other, read and judged."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from products.designation import parse, search_key
from products.grading import Verdict, verdict_on
from products.models import DERIVED, Interchange, Product

_FEATURES_TOLD = 8


@dataclass(frozen=True, slots=True)
class Side:
    product: Product
    sizes: str
    features: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ProposalRow:
    row: Interchange
    asked: Side
    offered: Side
    verdict: Verdict
    # Whether the grammar forbids the proposed grade.
    is_refused: bool

    @property
    def differences(self) -> list[tuple[str, str, str, str]]:
        """Return each difference as (label, asked, offered, "better" | "worse" | "")."""
        ways = {1: "better", -1: "worse"}
        return [
            (d.label, d.asked or "–", d.offered or "–", ways.get(d.better, ""))
            for d in self.verdict.differences
        ]


@dataclass(frozen=True, slots=True)
class Sought:
    """How the list is narrowed."""

    brand: int = 0
    grade: str = ""
    source: str = ""
    q: str = ""

    @property
    def is_any(self) -> bool:
        return self != Sought()


def proposals(sought: Sought, *, user: Any) -> Any:
    """Return the proposals a filter leaves, in the order of their ids."""
    rows: Any = Interchange.objects.visible_to(user).proposals().order_by("pk")
    if sought.grade in Interchange.Grade.values:
        rows = rows.filter(grade=sought.grade)
    if sought.source == "derived":
        rows = rows.filter(source=DERIVED)
    elif sought.source == "entered":
        rows = rows.exclude(source=DERIVED)
    if sought.brand:
        brand = sought.brand
        rows = rows.filter(Q(from_product__brand=brand) | Q(to_product__brand=brand))
    if sought.q:
        key = search_key(sought.q)
        named = Product.objects.visible_to(user).filter(search_key__startswith=key).order_by()
        ids = list(named.values_list("pk", flat=True)[:200])
        rows = rows.filter(Q(from_product__in=ids) | Q(to_product__in=ids))
    return rows.select_related("from_product__brand", "to_product__brand")


def shown(row: Interchange) -> ProposalRow:
    verdict = verdict_on(row.from_product, row.to_product)
    return ProposalRow(
        row=row,
        asked=_side(row.from_product),
        offered=_side(row.to_product),
        verdict=verdict,
        is_refused=bool(verdict.against(row.grade)),
    )


def _side(product: Product) -> Side:
    read = parse(product.designation, product.brand_label)
    marks = read.marks if read else ()
    told = dict.fromkeys(f"{mark.code}: {mark.meaning}" for mark in marks if mark.code)
    sizes = [product.bore_mm, product.outside_mm, product.width_mm]
    text = " × ".join("?" if size is None else f"{size.normalize():f}" for size in sizes)
    known = any(size is not None for size in sizes)
    return Side(product, text if known else "", tuple(told)[:_FEATURES_TOLD])
