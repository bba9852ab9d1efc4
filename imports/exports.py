"""What an import reads, written: the columns by which a kind's table is exported.

A file written with these headings is read back by the kind's import with every row unchanged.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from imports.kinds import heading_matcher, kind_named

Value = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class KindExport:
    """The list (by its table's label) that shows a kind, and where each column's value is found.

    ``paths``: column → path from the row, ``brand.code``; a path that ends at a row is its label.
    """

    label: str
    paths: Mapping[str, str]


_exports: dict[str, KindExport] = {}


def register_export(kind: str, label: str, paths: Mapping[str, str]) -> None:
    """Say how a kind is exported; called beside its registration."""
    _exports[kind] = KindExport(label, paths)


def exports() -> dict[str, KindExport]:
    return dict(_exports)


def heading(kind: str, column: str) -> str:
    """Return a column's label where the import knows it again, else its name."""
    of = kind_named(kind)
    label = next(str(one.label) for one in of.columns if one.name == column)
    return label if heading_matcher(of)(label) == column else column


def value_at(path: str) -> Value:
    """Return the function from a row to what stands at a path; missing on the way is nothing."""
    names = path.split(".")

    def value(row: Any) -> Any:
        for name in names:
            if row is None:
                return None
            row = getattr(row, name)
        return row if not hasattr(row, "_meta") else str(row)

    return value
