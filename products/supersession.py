"""Chains of supersession: A gave way to B, B to C; who asks for A is offered C.

Invariant: the approved supersessions have no cycle. Every step of a walk is one query for all
products it stands on.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date

from django.db.models import QuerySet

from products.models import Interchange, Product

_Superseded = Interchange.Grade.SUPERSEDED
_KEYS_PER_QUERY = 500
MOST_STEPS = 50

Steps = dict[int, set[int]]


def _supersessions() -> QuerySet[Interchange]:
    return Interchange.objects.approved().filter(grade=_Superseded).order_by()


def steps_from(
    product_ids: Collection[int], *, on: date | None = None, lock: bool = False
) -> Steps:
    """Return every step that can be reached from these products: product → its successors.

    ``on``: only steps valid that day. ``lock``: the products walked over stay locked, so that two
    new steps which together would close a cycle take turns.
    """
    rows = _supersessions()
    if on is not None:
        rows = rows.in_force(on)  # type: ignore[attr-defined]
    steps: Steps = defaultdict(set)
    standing, walked = set(product_ids), set[int]()
    for _step in range(MOST_STEPS):
        if not standing:
            break
        walked |= standing
        if lock:
            _lock(standing)
        for chunk in _chunks(standing):
            found = rows.filter(from_product__in=chunk)
            for one, next_one in found.values_list("from_product_id", "to_product_id"):
                steps[one].add(next_one)
        standing = {n for one in standing for n in steps.get(one, ())} - walked
    return steps


def predecessors(product_ids: Collection[int], *, on: date) -> dict[int, set[int]]:
    """Return for each product all that gave way to it, over any number of steps."""
    back: Steps = defaultdict(set)
    standing, walked = set(product_ids), set[int]()
    for _step in range(MOST_STEPS):
        if not standing:
            break
        walked |= standing
        for chunk in _chunks(standing):
            rows = Interchange.objects.in_force(on).filter(grade=_Superseded).order_by()
            found = rows.filter(to_product__in=chunk)
            for one, next_one in found.values_list("from_product_id", "to_product_id"):
                back[next_one].add(one)
        standing = {n for one in standing for n in back.get(one, ())} - walked
    return {pk: reachable(back, pk) for pk in product_ids if pk in back}


def reachable(steps: Steps, start: int) -> set[int]:
    """Return what can be reached from a product, itself only over a cycle."""
    found: set[int] = set()
    standing = set(steps.get(start, ()))
    while standing:
        found |= standing
        standing = {n for one in standing for n in steps.get(one, ())} - found
    return found


def chains(steps: Steps, start: int) -> list[tuple[int, ...]]:
    """Return the ways from a product to where they end, without the product itself."""
    ways: list[tuple[int, ...]] = []
    growing: list[tuple[int, ...]] = [(one,) for one in sorted(steps.get(start, ()))]
    while growing:
        way = growing.pop(0)
        further = sorted(steps.get(way[-1], set()) - {start, *way})
        if further and len(way) < MOST_STEPS:
            growing += [(*way, one) for one in further]
        else:
            ways.append(way)
    shortest: dict[int, tuple[int, ...]] = {}
    for way in ways:
        shortest.setdefault(way[-1], way)
    return list(shortest.values())


def _lock(product_ids: Iterable[int]) -> None:
    for chunk in _chunks(sorted(product_ids)):
        rows = Product.objects.select_for_update().filter(pk__in=chunk).order_by("pk")
        list(rows.values_list("pk", flat=True))


def _chunks(values: Iterable[int]) -> list[list[int]]:
    rest = list(values)
    return [rest[i : i + _KEYS_PER_QUERY] for i in range(0, len(rest), _KEYS_PER_QUERY)]
