"""Proposals derived from the designations: equal parts of different makers, and upgrades of one.

The catalogue is walked by the stored form key, which begins with the number of the part: what may
be equal stands together. So memory holds one page and one number, and a run over what changed
reads the numbers of the changed products alone.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from itertools import combinations, groupby
from operator import or_
from typing import Any

from django.db.models import Q, QuerySet

from products.designation import Designation, parse
from products.grading import Judged, judge_rows
from products.models import DERIVED, Interchange, Product

_Grade = Interchange.Grade
_PAGE = 1000
_NUMBERS_PER_QUERY = 100
_COLUMNS = (
    *("pk", "form_key", "brand_id", "brand__code", "designation"),
    *("bore_mm", "outside_mm", "width_mm"),
)
# Kinds of features of which one value is better than another; an upgrade differs in these alone.
_RANKED = {"tolerance", "material", "insulation", "design"}
_SAYS_NOTHING = {"note", "normal"}

Features = frozenset[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Part:
    """A product and what its designation says."""

    pk: int
    number: str
    brand_id: int
    judged: Judged
    read: Designation

    def features(self, *, without: Iterable[str] = ()) -> Features:
        left_out = {*_SAYS_NOTHING, *without}
        return frozenset((m.kind, m.value) for m in self.read.marks if m.kind not in left_out)


def parts_by_number(products: QuerySet[Product]) -> Iterator[list[Part]]:
    """Yield the products of one number after the other, in the order of the index."""
    yield from _groups(_walk(products))


def parts_of_numbers(products: QuerySet[Product], numbers: Iterable[str]) -> Iterator[list[Part]]:
    """Yield the products of these numbers, one number after the other."""
    ordered = sorted(numbers)
    for start in range(0, len(ordered), _NUMBERS_PER_QUERY):
        # "}" follows "|": the range holds the keys of one number.
        ranges = (
            Q(form_key__gte=f"{number}|", form_key__lt=f"{number}}}")
            for number in ordered[start : start + _NUMBERS_PER_QUERY]
        )
        yield from _groups(_walk(products.filter(reduce(or_, ranges))))


def numbers_of(products: QuerySet[Product]) -> set[str]:
    keys = products.exclude(form_key="").order_by().values_list("form_key", flat=True).distinct()
    return {_number_of(key) for key in keys.iterator()}


def changed_since(products: QuerySet[Product], since: datetime | None) -> QuerySet[Product]:
    return products if since is None else products.filter(updated_at__gte=since)


def _number_of(form_key: str) -> str:
    return form_key.partition("|")[0]


def _walk(products: QuerySet[Product]) -> Iterator[tuple[Any, ...]]:
    """Yield the rows by form key, a page at a time, each page beginning where the last ended."""
    rows = products.exclude(form_key="").order_by("form_key", "pk").values_list(*_COLUMNS)
    after = Q()
    while page := list(rows.filter(after)[:_PAGE]):
        yield from page
        last_key, last_pk = page[-1][1], page[-1][0]
        after = Q(form_key__gte=last_key) & (Q(form_key__gt=last_key) | Q(pk__gt=last_pk))


def _groups(rows: Iterable[tuple[Any, ...]]) -> Iterator[list[Part]]:
    for _number, group in groupby(rows, key=lambda row: _number_of(row[1])):
        yield [part for row in group if (part := _part(row))]


def _part(row: tuple[Any, ...]) -> Part | None:
    pk, form_key, brand_id, brand, designation, *sizes = row
    read = parse(designation, brand)
    if read is None or not read.family or read.unknown:
        return None
    judged = Judged(designation, brand, tuple(sizes))
    return Part(pk, _number_of(form_key), brand_id, judged, read)


def proposals_among(parts: list[Part]) -> Iterator[Interchange]:
    """Yield what the grammar would propose among the products of one number."""
    for equals in _alike(parts):
        for one, other in combinations(equals, 2):
            if one.brand_id != other.brand_id and _grade(one, other) == _Grade.IDENTICAL:
                yield _proposal(one, other, _Grade.IDENTICAL)
    for kin in _alike(parts, without=_RANKED):
        for one, other in combinations(kin, 2):
            if one.brand_id == other.brand_id:
                yield from _upgrade(one, other)


def _alike(parts: list[Part], *, without: Iterable[str] = ()) -> Iterable[list[Part]]:
    found: dict[Any, list[Part]] = defaultdict(list)
    for part in sorted(parts, key=lambda part: part.pk):
        key = part.read.family, part.read.base, part.features(without=without)
        found[key].append(part)
    return found.values()


def _upgrade(one: Part, other: Part) -> Iterator[Interchange]:
    if one.features() == other.features():
        return
    grade = _grade(one, other)
    if grade == _Grade.UPGRADE:
        yield _proposal(one, other, grade, one_way=True)
    elif grade == _Grade.DOWNGRADE:
        yield _proposal(other, one, _Grade.UPGRADE, one_way=True)


def _grade(one: Part, other: Part) -> str | None:
    return judge_rows(one.judged, other.judged).grade


def _proposal(one: Part, other: Part, grade: str, *, one_way: bool = False) -> Interchange:
    return Interchange(
        from_product_id=one.pk,
        to_product_id=other.pk,
        grade=grade,
        one_way=one_way,
        source=DERIVED,
    )
