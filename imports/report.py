"""What a check or an apply came to, as people and machines read it."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from imports.directories import Outcome
from imports.kinds import CHANGED, NEW, UNCHANGED, kind_named, message_of
from imports.models import Import, ImportProblem


def as_report(of: Import) -> dict[str, Any]:
    """Return the report of the command line; docs/import.md says what each count means."""
    counts = of.counts
    written = {name: counts.get(name, 0) for name in (NEW, CHANGED, UNCHANGED)}
    return {
        "rows": counts.get("rows", 0),
        "ok": sum(written.values()),
        **written,
        **{
            name: counts.get(name, 0) for name in ("duplicates", "conflicts", "refused", "not_data")
        },
        "problems": list(problems_of(of)),
        "import_id": of.pk,
        "status": of.status,
        "columns": heading_of(of),
        "ignored_columns": ignored_columns(of),
    }


def report_of_directory(outcome: Outcome) -> dict[str, Any]:
    """Return the report of a directory, with the counts of a file's; it is no import to undo."""
    written = {state: outcome.sum_of(state) for state in (NEW, CHANGED, UNCHANGED)}
    return {
        "rows": outcome.rows,
        "ok": sum(written.values()),
        **written,
        "duplicates": 0,
        "refused": len({(problem.file, problem.row) for problem in outcome.problems}),
        "not_data": 0,
        "problems": [asdict(problem) for problem in outcome.problems],
        "import_id": None,
        "counts": outcome.counts,
        "totals": outcome.totals,
    }


def problems_of(of: Import) -> Iterator[dict[str, Any]]:
    """Yield every problem in words, in the order of the rows."""
    for problem in ImportProblem.objects.filter(of=of).order_by("row", "id").iterator():
        yield problem_in_words(of, problem)


def problem_in_words(of: Import, problem: ImportProblem) -> dict[str, Any]:
    """Return row, column as the file calls it, stable code, message, and whether it stops."""
    return {
        "row": problem.row,
        "column": column_name(of, problem.column),
        "code": problem.code,
        "message": message_of(kind_named(of.kind), problem),
        "stops": problem.stops,
    }


def heading_of(of: Import) -> dict[str, str]:
    """Return column → heading in the file."""
    headings = of.layout.get("headings", [])
    return {name: headings[place] for name, place in of.layout.get("columns", {}).items()}


def column_name(of: Import, name: str) -> str:
    """Return a column as the file calls it; of a row as a whole, that of its name."""
    name = name or kind_named(of.kind).naming
    place = of.layout.get("columns", {}).get(name)
    return (of.layout["headings"][place] if place is not None else "") or name


def ignored_columns(of: Import) -> list[str]:
    taken = set(of.layout.get("columns", {}).values())
    return [
        text
        for place, text in enumerate(of.layout.get("headings", []))
        if text and place not in taken
    ]
