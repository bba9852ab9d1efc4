"""Importing: create, check, apply, undo.

A check writes staging tables only and may be repeated. Applying is one transaction over all staged
rows, undoing another; a worker that dies in either leaves nothing written, and the step may be
started again.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.core.files.base import File
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from erp.core.errors import DomainError
from erp.core.periods import company_today
from erp.core.record import record
from erp.core.service import MAX_ATTEMPTS, service
from erp.core.uploads import UnreadableFile
from imports.checking import Check
from imports.diffs import Blockers, Diff
from imports.kinds import CHANGED, NEW, UNCHANGED, Kind, Row, Run, kind_named
from imports.mappings import remembered
from imports.models import Import, ImportChunk, ImportGate
from imports.packing import packed, unpacked
from imports.progress import Progress, begin, standing_of
from imports.reading import Reading, open_reading
from imports.refusals import UNREADABLE

Status = Import.Status


@service("import.create")
def create_import(
    kind: str, file_name: str, *, source: str = "", file: File[bytes] | None = None, by: Any
) -> Import:
    """Begin an import; ``file`` is kept until the import is over, a command reads its own path."""
    made = Import(kind=kind, file_name=file_name[-120:], source=source.strip()[:60], owner=by)
    if file is not None:
        made.file.save("", file, save=False)
    made.save()
    return made


# --- checking --------------------------------------------------------------------------------


def check_import(
    import_id: int,
    *,
    path: Path | None = None,
    sheet: str = "",
    columns: Mapping[str, str] | None = None,
    resume: bool = False,
    by: Any,
) -> Import:
    """Read the file, check every row, stage the accepted ones; return the import with its counts.

    ``columns``: plain heading → column, as a person chose; otherwise what the source's last file
    was taken for. Raises DomainError: what makes a file unreadable, no_headings, missing_column,
    import_running, invalid_transition.
    """
    of = _start(import_id, Status.CHECKING, resume=resume, by=by)
    try:
        reading, kind = _opened(of, path, sheet, columns)
        of.layout = reading.as_data()
        check = Check(of, reading, kind)
        with Progress(of.pk, reading.sheet.count()) as progress:
            check.run(progress)
    except UnreadableFile as error:
        _fail(import_id, UNREADABLE.get(error.code, str(error)), Status.FAILED)
        raise DomainError(
            UNREADABLE.get(error.code, str(error)), code=error.code, field="file"
        ) from error
    except BaseException as error:
        _fail(import_id, error, Status.FAILED)
        raise
    return _checked(import_id, of.layout, dict(check.counts))


def _opened(
    of: Import, path: Path | None, sheet: str, columns: Mapping[str, str] | None
) -> tuple[Reading, Kind]:
    kind = kind_named(of.kind)
    run = Run(of.pk, of.owner, company_today())
    chosen = columns if columns is not None else remembered(of)
    reading = open_reading(
        path or Path(of.file.path), of.file_name, kind, kind(run), sheet=sheet, mapping=chosen
    )
    return reading, kind(replace(run, numbers=reading.numbers, columns=_columns(reading)))


def _columns(reading: Reading) -> frozenset[str]:
    return frozenset({*reading.layout.columns, *reading.given_columns()})


@service("import.start")
def _start(
    import_id: int,
    status: str,
    *,
    resume: bool,
    by: Any,  # noqa: ARG001 -- whom the log of refusals names
) -> Import:
    """Put an import into a running status; commits at once, so that others see it run."""
    of = Import.objects.select_for_update().get(pk=import_id)
    if of.status == status and not resume and standing_of(of).is_alive:
        raise DomainError(_("This import is being worked on."), code="import_running")
    Import.WORKFLOW.check(of.status, status)
    of.status, of.error = status, ""
    of.save(update_fields=["status", "error"])
    begin(of.pk)
    return of


@service("import.fail")
def _fail(import_id: int, error: object, status: str) -> None:
    """Say why a step ended without its end; nothing of it is left but the words."""
    of = Import.objects.select_for_update().get(pk=import_id)
    Import.WORKFLOW.check(of.status, status)
    of.status, of.error = status, str(error)[:500]
    of.save(update_fields=["status", "error"])


@service("import.check")
def _checked(import_id: int, layout: dict[str, Any], counts: dict[str, int]) -> Import:
    of = Import.objects.select_for_update().get(pk=import_id)
    Import.WORKFLOW.check(of.status, Status.CHECKED)
    of.status, of.layout, of.counts = Status.CHECKED, layout, counts
    of.checked_at = timezone.now()
    of.save(update_fields=["status", "layout", "counts", "checked_at"])
    return of


# --- applying --------------------------------------------------------------------------------


def apply_import(
    import_id: int, *, skip_refused: bool = False, resume: bool = False, by: Any
) -> Import:
    """Write all staged rows in one transaction; return the import with what really happened.

    Rows are compared anew under lock, so the counts may differ from the check's. ``resume`` takes
    over a step whose worker is known to be gone. Raises DomainError: refused_rows, import_running,
    invalid_transition, and what the kind raises.
    """
    of = _start_apply(import_id, skip_refused=skip_refused, resume=resume, by=by)
    total = sum(of.chunks.values_list("size", flat=True))
    try:
        with Progress(of.pk, total) as progress:
            return _again_when_overtaken(lambda: _apply(import_id, progress, by=by))
    except BaseException as error:
        _fail(import_id, error, Status.CHECKED)
        raise


@service("import.apply")
def _start_apply(import_id: int, *, skip_refused: bool, resume: bool, by: Any) -> Import:
    of = Import.objects.select_for_update().get(pk=import_id)
    if of.status == Status.CHECKED and of.stopping_rows and not skip_refused:
        raise DomainError(
            _("%(count)d rows are refused; nothing was written.") % {"count": of.stopping_rows},
            code="refused_rows",
        )
    of = _start(import_id, Status.APPLYING, resume=resume, by=by)
    of.skip_refused = skip_refused
    of.save(update_fields=["skip_refused"])
    return of


def _again_when_overtaken(apply: Callable[[], Import]) -> Import:
    """Run again when somebody else made one of the rows between our look and our write."""
    for attempt in range(1, MAX_ATTEMPTS + 1):
        try:
            return apply()
        except IntegrityError:
            if attempt == MAX_ATTEMPTS or transaction.get_connection().in_atomic_block:
                raise
    raise AssertionError("unreachable")


@service("import.apply")
def _apply(import_id: int, progress: Progress, *, by: Any) -> Import:
    """Locks the import, then the gate of its kind: one import of a kind writes at a time."""
    of = Import.objects.select_for_update().get(pk=import_id)
    Import.WORKFLOW.check(of.status, Status.APPLIED)
    ImportGate.objects.get_or_create(kind=of.kind)
    ImportGate.objects.select_for_update().get(kind=of.kind)
    kind = kind_named(of.kind)(_run_of(of))
    counts = dict.fromkeys((NEW, CHANGED, UNCHANGED), 0)
    # Accepted rows that were not staged: the catalogue keeps them as one with another.
    counts[UNCHANGED] = sum(of.counts[state] for state in counts) - sum(
        of.chunks.values_list("size", flat=True)
    )
    done = 0
    for chunk in _chunks(of):
        diff = Diff()
        for state, count in _write(kind, unpacked(chunk.staged), diff).items():
            counts[state] += count
        _keep(chunk, diff)
        done += chunk.size
        progress.at(done)
    last = Diff()
    kind.finish(last)
    if not last.is_empty():
        ImportChunk.objects.create(
            of=of, number=_after(of), size=0, staged=packed([]), diff=packed(last.as_data())
        )
    of.counts = {**of.counts, **counts}
    of.status, of.applied_at = Status.APPLIED, timezone.now()
    of.save(update_fields=["counts", "status", "applied_at"])
    record(
        f"{of.kind}.imported",
        of,
        by=by,
        changes={name: (None, count) for name, count in of.counts.items() if count},
    )
    return of


def _run_of(of: Import) -> Run:
    return Run(of.pk, of.owner, company_today(), columns=frozenset(of.layout.get("columns", {})))


def _chunks(of: Import, *, backwards: bool = False) -> Iterable[ImportChunk]:
    """Chunk by chunk, so that one is in memory at a time."""
    numbers = of.chunks.order_by("-number" if backwards else "number").values_list(
        "number", flat=True
    )
    for number in list(numbers):
        yield of.chunks.get(number=number)


def _after(of: Import) -> int:
    return len(of.chunks.values_list("pk", flat=True))


def _write(kind: Kind, staged: list[list[Any]], diff: Diff) -> dict[str, int]:
    rows = [Row(number, key=key, values=values) for number, key, values in staged]
    kind.compare(rows, lock=True)
    kind.write([row for row in rows if row.state != UNCHANGED], diff)
    return {state: sum(row.state == state for row in rows) for state in (NEW, CHANGED, UNCHANGED)}


def _keep(chunk: ImportChunk, diff: Diff) -> None:
    if not diff.is_empty():
        chunk.diff = packed(diff.as_data())
        chunk.save(update_fields=["diff"])


# --- undoing ---------------------------------------------------------------------------------


def undo_import(import_id: int, *, resume: bool = False, by: Any) -> Import:
    """Take back everything an import wrote, in one transaction, or nothing.

    Raises DomainError: undo_blocked (its message names what was changed or is used since),
    import_running, invalid_transition.
    """
    of = _start(import_id, Status.UNDOING, resume=resume, by=by)
    try:
        with Progress(of.pk, len(of.chunks.values_list("pk", flat=True))) as progress:
            return _undo(import_id, progress, by=by)
    except BaseException as error:
        _fail(import_id, error, Status.APPLIED)
        raise


@service("import.undo")
def _undo(import_id: int, progress: Progress, *, by: Any) -> Import:
    of = Import.objects.select_for_update().get(pk=import_id)
    Import.WORKFLOW.check(of.status, Status.UNDONE)
    ImportGate.objects.get_or_create(kind=of.kind)
    ImportGate.objects.select_for_update().get(kind=of.kind)
    kind, blockers = kind_named(of.kind)(_run_of(of)), Blockers()
    for done, chunk in enumerate(_chunks(of, backwards=True), 1):
        if chunk.diff:
            kind.undo(Diff.from_data(unpacked(chunk.diff)), blockers)
        progress.at(done)
    if blockers.count:
        raise UndoBlockedError(blockers)
    of.status, of.undone_at = Status.UNDONE, timezone.now()
    of.save(update_fields=["status", "undone_at"])
    record(f"{of.kind}.import_undone", of, by=by)
    return of


class UndoBlockedError(DomainError):
    """Something refers to what was imported, or changed it since."""

    def __init__(self, blockers: Blockers) -> None:
        super().__init__(
            _("The import cannot be undone: %(reasons)s (%(count)d in all).")
            % {"reasons": "; ".join(blockers.reasons[:3]), "count": blockers.count},
            code="undo_blocked",
        )
        self.reasons, self.count = blockers.reasons, blockers.count
