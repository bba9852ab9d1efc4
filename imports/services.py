"""Importing: create, check, apply, undo.

A check writes staging tables only and may be repeated. Applying is one transaction over all staged
rows, undoing another; a worker that dies in either leaves nothing written, and the step may be
started again.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.core.files.base import File
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from erp.core.errors import DomainError
from erp.core.jobs import enqueue
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
from imports.reading import Reading, open_reading, sheets_of
from imports.refusals import unreadable

Status = Import.Status
# Where a step that ended without its end leaves the import.
_BEFORE: dict[str, str] = {
    Status.CHECKING: Status.FAILED,
    Status.APPLYING: Status.CHECKED,
    Status.UNDOING: Status.APPLIED,
}


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


# --- in the background -------------------------------------------------------------------------


def start_check(import_id: int, *, sheet: str = "", by: Any) -> None:
    """Let a worker read the kept file and check its rows.

    Raises DomainError no_file (a command kept none) and at once what ``check_import`` does.
    """
    if not Import.objects.filter(pk=import_id).exclude(file="").exists():
        raise DomainError(_("The file of this import was not kept."), code="no_file", field="file")
    _start(import_id, Status.CHECKING, by=by)
    enqueue("imports.check", import_id, sheet)


def start_apply(import_id: int, *, skip_refused: bool, by: Any) -> None:
    """Let a worker apply. Raises what ``apply_import`` does at once."""
    _start_apply(import_id, skip_refused=skip_refused, by=by)
    enqueue("imports.apply", import_id, by.pk if by else None)


def start_undo(import_id: int, *, by: Any) -> None:
    """Let a worker undo. Raises what ``undo_import`` does at once."""
    _start(import_id, Status.UNDOING, by=by)
    enqueue("imports.undo", import_id, by.pk if by else None)


def notice_dead() -> int:
    """Put back every import whose worker died, so that its step can be started again.

    A row that is locked has a worker; return how many had none.
    """
    found = 0
    for of in Import.objects.filter(status__in=Import.RUNNING):
        if not standing_of(of).is_alive:
            found += _put_back(of.pk)
    return found


@service("import.put_back")
def _put_back(import_id: int) -> int:
    of = Import.objects.select_for_update(skip_locked=True).filter(pk=import_id).first()
    if of is None or of.status not in _BEFORE or standing_of(of).is_alive:
        return 0
    Import.WORKFLOW.check(of.status, _BEFORE[of.status])
    of.status = _BEFORE[of.status]
    of.error = str(_("The worker stopped before the end; nothing was written. Start again."))
    of.save(update_fields=["status", "error"])
    record("import.stopped", of, by=None)
    return 1


# --- checking --------------------------------------------------------------------------------


def check_import(
    import_id: int,
    *,
    path: Path | None = None,
    sheet: str = "",
    started: bool = False,
    by: Any,
) -> Import:
    """Read the file, check every row, stage the accepted ones; return the import with its counts.

    ``started``: by ``start_check``, or by a worker that is gone. Raises DomainError: what makes a
    file unreadable, no_headings, missing_column, import_running, invalid_transition.
    """
    of = _start(import_id, Status.CHECKING, started=started, by=by)
    try:
        reading, kind = _opened(of, path, sheet)
        of.layout = reading.as_data()
        check = Check(of, reading, kind)
        with Progress(of.pk, reading.sheet.count()) as progress:
            check.run(progress)
    except UnreadableFile as error:
        refusal = unreadable(error)
        _fail(import_id, refusal)
        raise refusal from error
    except BaseException as error:
        _fail(import_id, error)
        raise
    return _checked(import_id, of.layout, dict(check.counts))


def _opened(of: Import, path: Path | None, sheet: str) -> tuple[Reading, Kind]:
    kind = kind_named(of.kind)
    run = Run(of.pk, of.owner, company_today())
    sheets = sheets_of(path or Path(of.file.path), of.file_name)
    mapping = remembered(of, sheets)
    reading = open_reading(sheets, kind, kind(run), sheet=sheet, mapping=mapping)
    columns = frozenset({*reading.layout.columns, *reading.given_columns()})
    return reading, kind(replace(run, numbers=reading.numbers, columns=columns))


@service("import.start")
def _start(
    import_id: int,
    status: str,
    *,
    started: bool = False,
    by: Any,  # noqa: ARG001 -- whom the log of refusals names
) -> Import:
    """Put an import into a running status; commits at once, so that others see it run."""
    of = Import.objects.select_for_update().get(pk=import_id)
    if of.status == status and not started and standing_of(of).is_alive:
        raise DomainError(_("This import is being worked on."), code="import_running")
    Import.WORKFLOW.check(of.status, status)
    of.status, of.error = status, ""
    of.save(update_fields=["status", "error"])
    begin(of.pk)
    return of


@service("import.fail")
def _fail(import_id: int, error: object) -> None:
    """Say why a step ended without its end; nothing of it is left but the words."""
    of = Import.objects.select_for_update().get(pk=import_id)
    before = _BEFORE.get(of.status)
    if before is None:
        return  # somebody else brought it to an end
    Import.WORKFLOW.check(of.status, before)
    of.status, of.error = before, str(error)[:500]
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
    import_id: int, *, skip_refused: bool = False, started: bool = False, by: Any
) -> Import:
    """Write all staged rows in one transaction; return the import with what really happened.

    Rows are compared anew under lock, so the counts may differ from the check's. ``started``: by
    ``start_apply``, or by a worker that is gone. Raises DomainError: refused_rows, import_running,
    invalid_transition, and what the kind raises.
    """
    of = _start_apply(import_id, skip_refused=skip_refused, started=started, by=by)
    total = sum(of.chunks.values_list("size", flat=True))
    try:
        with Progress(of.pk, total) as progress:
            return _again_when_overtaken(lambda: _apply(import_id, progress, by=by))
    except BaseException as error:
        _fail(import_id, error)
        raise


@service("import.apply")
def _start_apply(import_id: int, *, skip_refused: bool, started: bool = False, by: Any) -> Import:
    of = Import.objects.select_for_update().get(pk=import_id)
    if of.status == Status.CHECKED and of.stopping_rows and not skip_refused:
        raise DomainError(
            _("%(count)d rows are refused; nothing was written.") % {"count": of.stopping_rows},
            code="refused_rows",
        )
    asked = of.status == Status.CHECKED
    of = _start(import_id, Status.APPLYING, started=started, by=by)
    if asked:
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


def undo_import(import_id: int, *, started: bool = False, by: Any) -> Import:
    """Take back everything an import wrote, in one transaction, or nothing.

    Raises DomainError: undo_blocked (its message names what was changed or is used since),
    import_running, invalid_transition.
    """
    of = _start(import_id, Status.UNDOING, started=started, by=by)
    try:
        with Progress(of.pk, len(of.chunks.values_list("pk", flat=True))) as progress:
            return _undo(import_id, progress, by=by)
    except BaseException as error:
        _fail(import_id, error)
        raise


@service("import.undo")
def _undo(import_id: int, progress: Progress, *, by: Any) -> Import:
    of = Import.objects.select_for_update().get(pk=import_id)
    Import.WORKFLOW.check(of.status, Status.UNDONE)
    ImportGate.objects.get_or_create(kind=of.kind)
    ImportGate.objects.select_for_update().get(kind=of.kind)
    # Whoever undoes, not whoever imported: the rows may have passed to others since.
    run = replace(_run_of(of), by=by)
    kind, blockers = kind_named(of.kind)(run), Blockers()
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
