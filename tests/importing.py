"""What tests of the kinds of import say often: a file, its check, its apply, what was told."""

from pathlib import Path
from typing import Any

from imports import services
from imports.models import Import
from imports.report import as_report


class Importing:
    """One kind of import and the folder its files are written to."""

    def __init__(self, kind: str, folder: Path) -> None:
        self.kind, self.folder = kind, folder

    def file(self, head: str, *lines: str) -> Path:
        path = self.folder / "list.csv"
        path.write_text("\n".join((head, *lines)), encoding="utf-8")
        return path

    def check(self, path: Path, *, by: Any = None) -> Import:
        made = services.create_import(self.kind, path.name, by=by)
        return services.check_import(made.pk, path=path, by=by)

    def apply(self, path: Path, *, by: Any = None) -> Import:
        return services.apply_import(self.check(path, by=by).pk, by=by)


def told(of: Import) -> list[tuple[int, str]]:
    """Return row and code of every problem."""
    return [(one["row"], one["code"]) for one in as_report(of)["problems"]]


def counts(of: Import) -> dict[str, int]:
    """Return the counts that are not zero, apart from the rows."""
    return {name: n for name, n in of.counts.items() if n and name != "rows"}
