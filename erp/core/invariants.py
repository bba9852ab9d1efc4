"""Named proofs over the books; ``verify_books`` runs them all.

A check yields differences and counts what it looked at. It reads in sets (aggregates compared in
memory by key), never row by row.
"""

from collections import Counter, deque
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from typing import Any

from django.db import connection, models, transaction


class Check:
    """What a running check has seen."""

    def __init__(self) -> None:
        self.rows = 0


CheckFunction = Callable[[Check], Iterator[str]]


@dataclass(frozen=True, slots=True)
class Outcome:
    name: str
    rows: int
    ok: bool
    first_difference: str | None

    def as_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "rows": self.rows,
            "ok": self.ok,
            "first_difference": self.first_difference,
        }


_checks: dict[str, CheckFunction] = {}


def invariant(name: str) -> Callable[[CheckFunction], CheckFunction]:
    """Register a check under a name; it yields one text per difference."""

    def register(function: CheckFunction) -> CheckFunction:
        _checks[name] = function
        return function

    return register


@contextmanager
def one_moment() -> Iterator[None]:
    """Let everything inside see the books of one moment, whatever others write meanwhile.

    On MariaDB, and not inside a transaction that has begun: that one sees what it sees.
    """
    if connection.vendor != "mysql" or connection.in_atomic_block:
        yield
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            cursor.execute("START TRANSACTION WITH CONSISTENT SNAPSHOT")
        yield


def verify(only: Collection[str] = ()) -> list[Outcome]:
    """Run every registered check (or those of these names); return the outcomes in their order."""
    with one_moment():
        return [_outcome(name, _checks[name]) for name in only or _checks]


def _outcome(name: str, function: CheckFunction) -> Outcome:
    check = Check()
    found = function(check)
    try:
        first = next(found, None)
        deque(found, maxlen=0)  # to its end: every row is counted and no cursor stays open
    except (TypeError, ValueError, ArithmeticError) as error:
        # A value no column of its type should hold is a difference, not the end of the proof.
        first = f"unreadable value: {type(error).__name__}: {error}"
    return Outcome(name, check.rows, first is None, first)


def differences(
    check: Check,
    expected: Mapping[Any, Decimal],
    actual: Mapping[Any, Decimal],
    *,
    label: Callable[[Any], str],
) -> Iterator[str]:
    """Yield one text for each key whose two amounts differ; a missing key counts as zero."""
    keys = expected.keys() | actual.keys()
    check.rows += len(keys)
    for key in sorted(keys, key=str):
        want, have = expected.get(key, Decimal(0)), actual.get(key, Decimal(0))
        if want != have:
            yield f"{label(key)}: {have} instead of {want}"


# --- checks of the kernel itself -------------------------------------------------------------


def _numbers(model: type[models.Model]) -> Iterator[str]:
    """Yield the numbers drawn for this table; a revision has that of another document."""
    from erp.core.numbering import is_revision  # noqa: PLC0415 (apps are loading)

    manager: Any = model._default_manager
    rows = manager.exclude(number=None).values_list("number", flat=True)
    yield from (number for number in rows.iterator() if not is_revision(number))


def _number_gaps(check: Check) -> Iterator[str]:
    """Yield duplicate numbers, and numbers drawn that neither a document nor a void holds."""
    from erp.core.models import NumberSequence, NumberVoid  # noqa: PLC0415 (apps are loading)
    from erp.core.numbering import numbered_models, split_number  # noqa: PLC0415

    seen: dict[tuple[str, int], Counter[int]] = {}
    sources = [_numbers(model) for model in numbered_models()]
    sources.append(NumberVoid.objects.values_list("number", flat=True).iterator())
    for source in sources:
        for number in source:
            check.rows += 1
            try:
                series, year, count = split_number(number)
            except ValueError:
                yield f"“{number}” is no number of any series"
                continue
            seen.setdefault((series, year), Counter())[count] += 1
    # A counter of no year numbers no documents: the codes of partners may have gaps.
    drawn = NumberSequence.objects.exclude(year=0)
    last = {(s.series, s.year): s.last for s in drawn}
    for key in sorted(seen.keys() | last.keys()):
        yield from _gaps_of_series(key, seen.get(key, Counter()), last.get(key, 0))


def _gaps_of_series(key: tuple[str, int], counts: Counter[int], last: int) -> Iterator[str]:
    series = f"{key[0]}-{key[1]}"
    yield from (f"{series}: number {n} is used {c} times" for n, c in counts.items() if c > 1)
    yield from (f"{series}: number {n} was never drawn" for n in sorted(counts) if n > last)
    missing = (n for n in range(1, last + 1) if n not in counts)
    yield from (f"{series}: number {n} is missing" for n in islice(missing, 100))


def _issued_files(check: Check) -> Iterator[str]:
    from erp.core.models import Attachment  # noqa: PLC0415 (apps are loading)

    for attachment in Attachment.objects.filter(kind=Attachment.Kind.ISSUED).iterator():
        check.rows += 1
        if not attachment.is_intact():
            yield f"{attachment.name} (attachment {attachment.pk}) is missing or changed"


def register_core() -> None:
    invariant("numbers unique and gap-free")(_number_gaps)
    invariant("issued PDFs match their hash")(_issued_files)
