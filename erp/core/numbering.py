"""Legal numbers: one locked row per series and year, drawn last in the transaction.

Because the row stays locked until the commit, a rolled-back draw leaves no gap. A number that must
be given up later is listed in ``NumberVoid`` with its reason.
"""

from collections.abc import Iterable
from datetime import date

from django.apps import apps
from django.db import connection, models

from erp.core.models import NumberSequence


def draw_number(series: str, on: date) -> str:
    """Draw the next number of a series in the year of ``on``, e.g. ``SO-2026-000001``.

    One statement opens the year or counts on, and locks the row. Call it last in the service's
    transaction: the lock is held until the commit.
    """
    quote = connection.ops.quote_name
    table = quote(NumberSequence._meta.db_table)
    last = quote("last")
    conflict = (
        "ON DUPLICATE KEY UPDATE"
        if connection.vendor == "mysql"
        else f"ON CONFLICT ({quote('series')}, {quote('year')}) DO UPDATE SET"
    )
    statement = (
        f"INSERT INTO {table} ({quote('series')}, {quote('year')}, {last})"  # noqa: S608 -- own names
        f" VALUES (%s, %s, 1) {conflict} {last} = {table}.{last} + 1 RETURNING {last}"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [series, on.year])
        (number,) = cursor.fetchone()
    return f"{series}-{on.year}-{number:06d}"


def is_revision(number: str) -> bool:
    """Return whether it is the number of another document with the mark of a revision, ``-R2``."""
    mark = number.rpartition("-")[2]
    return mark.startswith("R") and mark[1:].isdigit()


def split_number(number: str) -> tuple[str, int, int]:
    """Return (series, year, count) of a number made by ``draw_number``."""
    series, year, count = number.rsplit("-", 2)
    return series, int(year), int(count)


def numbered_models() -> Iterable[type[models.Model]]:
    """Every model whose rows carry a number of a series."""
    return [m for m in apps.get_models() if getattr(m, "number_series", "")]
