"""What an import reads, written: the columns by which a kind's table is exported.

A file written with these headings is read back by the kind's import with every row unchanged.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from erp.core.lists import RowList
from imports.kinds import heading_matcher, kind_named

Value = Callable[[Any], Any]
Narrow = Callable[[QuerySet[Any]], QuerySet[Any]]


@dataclass(frozen=True, slots=True)
class KindExport:
    """The list (by its table's label) that shows a kind, and where each column's value is found.

    ``paths``: column → path from the row, ``brand.code``; a path that ends at a row is its label.
    A function takes the row instead. ``narrow`` leaves out the rows of the list the kind has no
    word for, and fetches along what functions ask for.
    """

    label: str
    paths: Mapping[str, str | Value]
    narrow: Narrow


_exports: dict[str, KindExport] = {}


def register_export(
    kind: str,
    label: str,
    paths: Mapping[str, str | Value],
    narrow: Narrow = lambda rows: rows,
) -> None:
    """Say how a kind is exported; called beside its registration."""
    _exports[kind] = KindExport(label, paths, narrow)


def exports() -> dict[str, KindExport]:
    return dict(_exports)


def as_import(kind: str, listed: RowList) -> None:
    """Give a list the columns of its kind of import, and only the rows that this reads back."""
    export = _exports[kind]
    listed.headers = [heading(kind, column) for column in export.paths]
    listed.values = [
        value_at(path) if isinstance(path, str) else path for path in export.paths.values()
    ]
    paths = [path for path in export.paths.values() if isinstance(path, str)]
    related = {path.rpartition(".")[0] or path for path in paths}
    keys = {field.name for field in listed.rows.model._meta.concrete_fields if field.is_relation}
    needed = sorted(name.replace(".", "__") for name in related if name.split(".")[0] in keys)
    listed.rows = listed.rows.defer(None)
    if needed:
        listed.rows = listed.rows.select_related(*needed)
    listed.rows = export.narrow(listed.rows)


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
