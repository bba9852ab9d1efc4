"""Running through the catalogue for proposals, with progress, as often as one likes.

A pair that has an interchange of any kind is left alone: also a rejected one.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from erp.core.errors import DomainError
from erp.core.jobs import enqueue
from erp.core.record import record
from erp.core.service import in_one_transaction, service
from products.deriving import (
    Part,
    changed_since,
    numbers_of,
    parts_by_number,
    parts_of_numbers,
    proposals_among,
)
from products.models import Brand, Derivation, Interchange, Product

_PROPOSALS_PER_WRITE = 1000
# A run that has told nothing for so long has died with its process.
_GIVEN_UP_AFTER = timedelta(hours=6)


@service("interchange.derive")
def start_derivation(
    *, brand_id: int | None = None, full: bool = False, queue: bool = True, by: Any
) -> Derivation:
    """Begin a run: over one brand, all, or what changed since the last run over all.

    ``queue``: as a job after the commit; otherwise the caller runs it.
    Raises DomainError unknown_brand, derivation_running.
    """
    if brand_id is not None and not Brand.objects.filter(pk=brand_id).exists():
        raise DomainError(_("There is no such brand."), code="unknown_brand", field="brand")
    running = Derivation.objects.filter(finished_at=None)
    if running.filter(started_at__gt=timezone.now() - _GIVEN_UP_AFTER).exists():
        raise DomainError(_("Proposals are being derived already."), code="derivation_running")
    since = None
    if not full and brand_id is None:
        done = Derivation.objects.filter(brand=None, error="").exclude(finished_at=None)
        since = done.order_by("-id").values_list("started_at", flat=True).first()
    run = Derivation.objects.create(brand_id=brand_id, since=since, started_by=by)
    if queue:
        enqueue("products.derive_interchanges", run.pk)
    return run


def run_derivation(derivation_id: int) -> Derivation:
    """Do a run that was begun; each page is a transaction of its own, so nothing waits long."""
    run = Derivation.objects.select_related("brand", "started_by").get(pk=derivation_id)
    try:
        _run(run)
    except Exception as error:
        run.error, run.finished_at = str(error)[:200] or type(error).__name__, timezone.now()
        run.save()
        raise
    run.done, run.finished_at = run.total, timezone.now()
    run.save()
    changes = {"products": (None, run.total), "proposals": (None, run.proposed)}
    record("interchange.derived", run, by=run.started_by, changes=changes)
    return run


def _run(run: Derivation) -> None:
    waiting: list[Interchange] = []
    for parts in _numbers(run):
        waiting += proposals_among(parts)
        run.done = min(run.total, run.done + len(parts))
        if len(waiting) >= _PROPOSALS_PER_WRITE:
            _write(run, waiting)
            waiting = []
    _write(run, waiting)


def _numbers(run: Derivation) -> Iterator[list[Part]]:
    products = Product.objects.active()
    if run.brand_id is None and run.since is None:
        _expect(run, products.exclude(form_key="").count())
        return parts_by_number(products)
    some = changed_since(products, run.since)
    if run.brand_id is not None:
        some = some.filter(brand=run.brand_id)
    numbers = numbers_of(some)
    _expect(run, some.count())
    return parts_of_numbers(products, numbers)


def _expect(run: Derivation, total: int) -> None:
    run.total = total
    run.save(update_fields=["total"])


def _write(run: Derivation, proposals: list[Interchange]) -> None:
    """Write those whose pair has no interchange yet."""
    lows = {min(row.from_product_id, row.to_product_id) for row in proposals}

    def write() -> int:
        known: set[tuple[int, int]] = set()
        ordered = sorted(lows)
        for start in range(0, len(ordered), 500):
            rows = Interchange.objects.filter(pair_low__in=ordered[start : start + 500])
            known.update(rows.order_by().values_list("pair_low", "pair_high"))
        new = {}
        for row in proposals:
            pair = tuple(sorted((row.from_product_id, row.to_product_id)))
            if pair not in known:
                new[pair] = row
        # Somebody may be proposing one of them just now: the constraint decides.
        Interchange.objects.bulk_create(new.values(), batch_size=500, ignore_conflicts=True)
        return len(new)

    run.proposed += in_one_transaction(write) if proposals else 0
    run.save(update_fields=["done", "proposed"])
