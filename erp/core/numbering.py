"""Legal numbers: one locked row per series and year, drawn last in the transaction.

Because the row stays locked until the commit, a rolled-back draw leaves no gap. A number that must
be given up later is listed in ``NumberVoid`` with its reason.
"""

from collections.abc import Iterable
from datetime import date

from django.apps import apps
from django.db import IntegrityError, models, transaction

from erp.core.models import NumberSequence


def draw_number(series: str, on: date) -> str:
    """Draw the next number of a series in the year of ``on``, e.g. ``SO-2026-000001``.

    Call it last in the service's transaction: the lock is held until the commit.
    """
    sequence = _locked(series, on.year)
    if sequence is None:
        try:
            with transaction.atomic():
                NumberSequence.objects.create(series=series, year=on.year)
        except IntegrityError:
            pass  # another transaction opened the year first
        sequence = _locked(series, on.year)
        if sequence is None:
            raise RuntimeError(f"number series {series}-{on.year} cannot be opened")
    sequence.last += 1
    sequence.save(update_fields=["last"])
    return f"{series}-{on.year}-{sequence.last:06d}"


def is_revision(number: str) -> bool:
    """Return whether it is the number of another document with the mark of a revision, ``-R2``."""
    mark = number.rpartition("-")[2]
    return mark.startswith("R") and mark[1:].isdigit()


def _locked(series: str, year: int) -> NumberSequence | None:
    return NumberSequence.objects.select_for_update().filter(series=series, year=year).first()


def split_number(number: str) -> tuple[str, int, int]:
    """Return (series, year, count) of a number made by ``draw_number``."""
    series, year, count = number.rsplit("-", 2)
    return series, int(year), int(count)


def numbered_models() -> Iterable[type[models.Model]]:
    """Every model whose rows carry a number of a series."""
    return [m for m in apps.get_models() if getattr(m, "number_series", "")]
