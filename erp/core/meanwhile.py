"""Two tabs over one record: what somebody else saved meanwhile, put together with what was typed.

A form carries what its page showed (``sealed``). When its version is stale, each field has three
values: seen, mine, theirs. What I left alone becomes theirs; what I changed stays mine, and where
they changed it too both are told. Nothing typed is lost and nothing is overwritten unseen: the
merged form is shown again with the new version, and saving it is a decision.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

Values = Mapping[str, str]
# The column that says which stored row a row of a form was; empty for a new one.
KEY = "line"


@dataclass(frozen=True, slots=True)
class Meanwhile:
    """One thing somebody else changed; ``mine`` is empty where it was left alone."""

    label: str
    seen: str
    theirs: str
    mine: str = ""

    @property
    def is_conflict(self) -> bool:
        return bool(self.mine)


def sealed(fields: Values, rows: Sequence[Values] = ()) -> str:
    """Return what a page shows, for a hidden field of its form."""
    return json.dumps({"fields": dict(fields), "rows": list(rows)}, ensure_ascii=False)


def unsealed(text: str) -> tuple[dict[str, str], list[dict[str, str]]]:
    """Return what the page had shown; nothing of what is no such text, which merges as typed."""
    try:
        told = json.loads(text)
        fields = {str(name): str(value) for name, value in told["fields"].items()}
        rows = [{str(k): str(v) for k, v in row.items()} for row in told["rows"]]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return {}, []
    return fields, rows


def merge_fields(
    seen: Values, mine: Values, theirs: Values, *, labels: Mapping[str, Any], of: str = ""
) -> tuple[dict[str, str], list[Meanwhile]]:
    """Return the fields put together and what was changed meanwhile; ``of`` names the row."""
    merged, told = dict(mine), []
    for name, label in labels.items():
        my, their = mine.get(name, ""), theirs.get(name, "")
        was = seen.get(name, my)
        if my == was:
            merged[name] = their
        if their not in {was, my} or (their == my != was):
            text = f"{of}: {label}" if of else str(label)
            told.append(Meanwhile(text, was, their, my if my not in {was, their} else ""))
    return merged, told


def merge_rows(
    seen: Sequence[Values],
    mine: Sequence[Values],
    theirs: Sequence[Values],
    *,
    labels: Mapping[str, Any],
    name: Callable[[Values], str],
) -> tuple[list[dict[str, str]], list[Meanwhile]]:
    """Return my rows in my order put together with theirs, and what was changed meanwhile.

    Rows of theirs that are new come last. A row one side removed is gone, unless the other side
    changed it: then it stays and is told.
    """
    was, now = _by_key(seen), _by_key(theirs)
    rows: list[dict[str, str]] = []
    told: list[Meanwhile] = []
    for row in mine:
        key = row.get(KEY, "")
        if not key:
            rows.append(dict(row))
        elif key in now:
            base = was.get(key, row)
            merged, changed = merge_fields(base, row, now[key], labels=labels, of=name(row))
            rows.append(merged)
            told += changed
        else:
            _removed_by_them(row, was.get(key, row), rows, told, labels, name)
    mine_keys = {row.get(KEY, "") for row in mine}
    for key, row in now.items():
        if key not in mine_keys:
            _not_in_mine(row, was.get(key), rows, told, labels, name)
    return rows, told


def _by_key(rows: Sequence[Values]) -> dict[str, Values]:
    return {row[KEY]: row for row in rows if row.get(KEY)}


def _differ(one: Values, other: Values, labels: Mapping[str, Any]) -> bool:
    return any(one.get(column, "") != other.get(column, "") for column in labels)


def _removed_by_them(
    row: Values,
    was: Values,
    rows: list[dict[str, str]],
    told: list[Meanwhile],
    labels: Mapping[str, Any],
    name: Callable[[Values], str],
) -> None:
    """They removed it; what I had changed of it becomes a new row."""
    changed = _differ(row, was, labels)
    if changed:
        rows.append({**row, KEY: ""})
    told.append(Meanwhile(name(row), "", _("removed"), _("changed, kept") if changed else ""))


def _not_in_mine(
    row: Values,
    was: Values | None,
    rows: list[dict[str, str]],
    told: list[Meanwhile],
    labels: Mapping[str, Any],
    name: Callable[[Values], str],
) -> None:
    """They added it, or I removed it: that stands unless they changed it."""
    if was is None:
        rows.append(dict(row))
        told.append(Meanwhile(name(row), "", _("added")))
    elif _differ(row, was, labels):
        rows.append(dict(row))
        told.append(Meanwhile(name(row), "", _("changed"), _("removed, shown again")))
