"""What may be offered to who asks for a product, and by which way.

Only approved interchanges that are valid that day. A way back turns an upgrade into a downgrade; a
one-way interchange is never walked back. Who asks for a superseded product is offered what its
chain ends in, and who asks for that is never offered what gave way to it. Several steps are taken
through supersessions and through ``identical`` alone.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from products.grading import judge_rows, row_of
from products.models import Interchange, Product
from products.supersession import chains, predecessors, steps_from

_Grade = Interchange.Grade
_REVERSE = {_Grade.UPGRADE: _Grade.DOWNGRADE, _Grade.DOWNGRADE: _Grade.UPGRADE}
_KEYS_PER_QUERY = 500
# Steps from one identical product to the next.
MOST_HOPS = 3
GRADES_BEST_FIRST = [
    _Grade.IDENTICAL,
    _Grade.SUPERSEDED,
    _Grade.DIMENSIONAL,
    _Grade.UPGRADE,
    _Grade.DOWNGRADE,
]


@dataclass(frozen=True, slots=True)
class Offer:
    """``way``: the products passed between the one asked for and the one offered."""

    product_id: int
    grade: str
    interchange_id: int
    way: tuple[int, ...] = ()


def grade_back(grade: str) -> str:
    """Return the grade as seen from the other side."""
    return _REVERSE.get(_Grade(grade), _Grade(grade))


def offers(product_ids: Collection[int], *, on: date) -> dict[int, list[Offer]]:
    """Return what may be offered for each product, best grade first.

    The number of queries depends on the length of the longest chain, not on the products.
    """
    found = _direct(product_ids, on=on)
    superseded = {
        offer.product_id
        for offered in found.values()
        for offer in offered
        if offer.grade == _Grade.SUPERSEDED
    }
    if superseded:
        _follow_chains(found, superseded, on=on)
    for pk, given_way in predecessors(list(found), on=on).items():
        found[pk] = [offer for offer in found[pk] if offer.product_id not in given_way]
    for offered in found.values():
        offered.sort(key=lambda one: (GRADES_BEST_FIRST.index(_Grade(one.grade)), len(one.way)))
    return found


def _direct(product_ids: Collection[int], *, on: date) -> dict[int, list[Offer]]:
    found: dict[int, list[Offer]] = defaultdict(list)
    in_force = Interchange.objects.in_force(on).order_by()
    back = in_force.filter(one_way=False).exclude(grade=_Grade.SUPERSEDED)
    ids = list(product_ids)
    for rows, asked, offered, turn in (
        (in_force, "from_product", "to_product", str),
        (back, "to_product", "from_product", grade_back),
    ):
        for start in range(0, len(ids), _KEYS_PER_QUERY):
            chunk = rows.filter(**{f"{asked}__in": ids[start : start + _KEYS_PER_QUERY]})
            for pk, other, grade, key in chunk.values_list(
                f"{asked}_id", f"{offered}_id", "grade", "pk"
            ):
                found[pk].append(Offer(other, turn(grade), key))
    return found


def _follow_chains(found: dict[int, list[Offer]], superseded: set[int], *, on: date) -> None:
    """Put the end of a chain in the place of its first step."""
    steps = steps_from(superseded, on=on)
    for asked, offered in found.items():
        ends: dict[int, Offer] = {}
        for offer in offered:
            ways = chains(steps, offer.product_id) if offer.grade == _Grade.SUPERSEDED else []
            if not ways:
                ends.setdefault(offer.product_id, offer)
            for way in ways:
                passed = (offer.product_id, *way[:-1])
                if way[-1] != asked:
                    ends[way[-1]] = Offer(way[-1], offer.grade, offer.interchange_id, passed)
        found[asked] = list(ends.values())


def offers_with_hops(product: Product, *, on: date) -> list[Offer]:
    """Return the offers for one product, and what is identical to the identical ones.

    Each further one is judged against the product itself: steps that are small may add up.
    """
    known = {offer.product_id: offer for offer in offers([product.pk], on=on).get(product.pk, ())}
    given_way = predecessors([product.pk], on=on).get(product.pk, set())
    ways: dict[int, tuple[int, ...]] = {
        pk: () for pk, one in known.items() if one.grade == _Grade.IDENTICAL and not one.way
    }
    standing = set(ways)
    for _hop in range(MOST_HOPS - 1):
        further = _identical_to(standing, ways, on=on)
        for pk in {product.pk, *given_way, *known}:
            further.pop(pk, None)
        further = _still_identical(product, further)
        known |= further
        ways |= {pk: one.way for pk, one in further.items()}
        standing = set(further)
        if not standing:
            break
    order = GRADES_BEST_FIRST.index
    return sorted(known.values(), key=lambda one: (order(_Grade(one.grade)), len(one.way)))


def _identical_to(
    standing: set[int], ways: dict[int, tuple[int, ...]], *, on: date
) -> dict[int, Offer]:
    found: dict[int, Offer] = {}
    for pk, offered in sorted(_direct(standing, on=on).items()):
        for one in offered:
            if one.grade == _Grade.IDENTICAL:
                way = (*ways[pk], pk)
                step = Offer(one.product_id, one.grade, one.interchange_id, way)
                found.setdefault(one.product_id, step)
    return found


def _still_identical(product: Product, fresh: dict[int, Offer]) -> dict[int, Offer]:
    rows: Any = Product.objects.select_related("brand").in_bulk(list(fresh))
    asked = row_of(product)
    return {
        pk: offer
        for pk, offer in fresh.items()
        if not judge_rows(asked, row_of(rows[pk])).against(_Grade.IDENTICAL)
    }
