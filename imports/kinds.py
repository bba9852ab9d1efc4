"""The contract of a kind of import (products, customers, …), and the registry of kinds.

A kind says which columns it knows and what a row means; the framework reads the file, finds
duplicates, stages, counts, reports, applies and undoes. To add one: subclass ``Kind`` in the app
that owns the table (``<app>/imports/<kind>.py``), give it columns and three methods, and call
``register(TheKind)`` in the app's ``ready()``.

A kind is made anew for every check and for every apply (``self.run`` says for whom, for which
import, which day), so it may keep what it looked up on ``self``. Rows come in chunks of some
thousands. The life of a row:

1. Each mapped cell that is not empty goes through its column's ``parse``; what it returns stands in
   ``row.values`` under the column's name. ``parse`` raises ``Unfit(code)`` to refuse the cell. An
   empty or refused cell has no entry (``row.values.get(name)`` is None); whether the file has the
   column at all says ``self.run.columns``.
2. ``check(rows)`` sees every row of data, refused ones too, so that all problems of a row are
   told; it passes over values that are not there. It looks masters up (in a fixed number
   of queries per chunk), calls ``row.refuse(column, code)`` for what is wrong or ``row.note(…)``
   for what is only worth telling, adds values of its own (ids; str, int, bool, Decimal, date or
   None only: they are staged as JSON), and sets ``row.key``: two rows of one file with the same key
   are duplicates. The first counts; a later one is left out. ``row.spelling`` (default: the key)
   tells a repetition (``duplicate_exact``) from another spelling (``duplicate_variant``), and
   ``row.says`` (default: all values) from a contradiction (``duplicate_conflict``), which stops the
   import like a refused row. ``row.being`` (default: the key) is for tables whose key is coarser
   than a reader's eye (``61944`` and ``61944?``): a later row of another being is told of
   (``same_record``), left out and counted as unchanged.
3. ``compare(rows, lock=…)`` finds what is there (one query per chunk), remembers it in
   ``row.existing`` and sets ``row.state`` to NEW, CHANGED or UNCHANGED. It is called at the check,
   to count, and again when applying, with ``lock=True``, on rows that come back from the staging:
   only ``number``, ``key`` and ``values`` are kept between the two.
4. ``write(rows, diff)`` gets the NEW and CHANGED rows of the chunk inside the one transaction of
   the apply, writes them in bulk, and reports every row it wrote: ``diff.created(objects)`` and
   ``diff.changed(object, {field: (before, after)})``. ``finish(diff)`` is called once after the
   last chunk, still inside (totals, one stock document for all rows, hot word list).
5. Undoing goes through the diffs backwards: created rows are deleted unless something refers to
   them or they were edited since, changed ones get their former values unless touched since. A kind
   whose rows are never deleted (ledgers) overrides ``undo(diff, blockers)`` and reverses.

Rows of partners and the like are looked up through ``self.run.sees(queryset)``: who may not see a
customer cannot import for him. Nothing in a kind writes outside ``write`` and ``finish``; nothing
commits; ``self.run.by`` is the person (None: the command line). The same file twice must find every
row UNCHANGED.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from erp.core.tables import NumberStyle, plain_heading
from imports.diffs import Blockers, Diff, undo_rows

NEW, CHANGED, UNCHANGED = "new", "changed", "unchanged"


class Unfit(ValueError):  # noqa: N818 -- says what it is
    """A cell cannot be what its column holds; ``code`` is stable."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Run:
    """For whom, for which import, on which day, and how the file writes numbers."""

    import_id: int
    by: Any
    on: date
    numbers: NumberStyle = NumberStyle.OPEN
    columns: frozenset[str] = frozenset()

    def sees(self, queryset: Any) -> Any:
        """Return the rows of a scoped queryset that whoever imports may see."""
        return queryset if self.by is None else queryset.visible_to(self.by)


Parse = Callable[[str, Run], Any]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a kind.

    ``headings``, parted by ``|``, are compared by ``plain_heading`` (no case, blanks, signs, units
    in brackets); the name is one of them. ``hints``, likewise, are parts of a heading that name
    the column when no heading does.
    ``required``: without it the file is refused, unless a section row or title gives it.
    ``missing``: the code with which an empty cell is refused; without one it is no value.
    ``is_secret``: no table keeps what stands in its cells.
    ``is_text`` guards against what Excel does to part numbers (erp.core.tables.damage).
    """

    name: str
    label: str | Promise
    parse: Parse
    headings: str = ""
    hints: str = ""
    required: bool = False
    missing: str = ""
    is_text: bool = False
    is_secret: bool = False


@dataclass(frozen=True, slots=True)
class Problem:
    column: str
    code: str
    value: str
    stops: bool
    other_row: int | None = None


@dataclass(slots=True)
class Row:
    """One row on its way; see the module's docstring for who sets what."""

    number: int
    cells: Sequence[str] = ()
    values: dict[str, Any] = field(default_factory=dict)
    key: str = ""
    spelling: str = ""
    says: Any = None
    being: str = ""
    state: str = ""
    existing: Any = None
    problems: list[Problem] | None = None
    refused: bool = False

    def has(self, name: str) -> bool:
        """Return whether the file gives this value (an empty cell gives none)."""
        return self.values.get(name) is not None

    def refuse(
        self, column: str, code: str, value: object = "", other_row: int | None = None
    ) -> None:
        """Say what is wrong with a column of this row; the row will not be written."""
        self.refused = True
        self._add(Problem(column, code, str(value)[:120], stops=True, other_row=other_row))

    def note(
        self, column: str, code: str, value: object = "", other_row: int | None = None
    ) -> None:
        """Tell something about this row that does not stop it."""
        self._add(Problem(column, code, str(value)[:120], stops=False, other_row=other_row))

    def _add(self, problem: Problem) -> None:
        if self.problems is None:
            self.problems = []
        self.problems.append(problem)


class Kind:
    """Base of all kinds. ``name`` is that of the command line; ``rights`` are all needed.

    ``naming``: the column that says what a row is about; a row without it may be a total, a footer
    or a section, one with it is data.
    ``messages``: the texts of the kind's own codes; they may hold %(value)s and %(other_row)s.
    """

    # Where the rows are seen afterwards: the name of a URL.
    list_url: ClassVar[str] = ""
    name: ClassVar[str]
    label: ClassVar[str | Promise]
    rights: ClassVar[tuple[str, ...]]
    columns: ClassVar[tuple[Column, ...]]
    naming: ClassVar[str]
    messages: ClassVar[Mapping[str, str | Promise]] = {}

    def __init__(self, run: Run) -> None:
        self.run = run

    @classmethod
    def check_columns(cls, columns: frozenset[str]) -> Iterable[str]:
        """Name the columns that are missing; a kind with alternatives overrides this."""
        return (
            column.name for column in cls.columns if column.required and column.name not in columns
        )

    def section(self, text: str) -> Mapping[str, str] | None:  # noqa: ARG002 -- for overriding
        """Return cells (column → text) that a text alone in its row, a title above the table or
        the sheet's name gives to the rows below: ``{"brand": "SKF"}``. None: it gives nothing.
        """
        return None

    def check(self, rows: Sequence[Row]) -> None:
        raise NotImplementedError

    def compare(self, rows: Sequence[Row], *, lock: bool) -> None:
        raise NotImplementedError

    def write(self, rows: Sequence[Row], diff: Diff) -> None:
        raise NotImplementedError

    def finish(self, diff: Diff) -> None:
        """Do once what concerns all rows, after the last chunk and in the same transaction."""

    def undo(self, diff: Diff, blockers: Blockers) -> None:
        """Take back what one chunk's diff says, or name what stands against it."""
        undo_rows(diff, blockers)


_kinds: dict[str, type[Kind]] = {}


def register(kind: type[Kind]) -> None:
    """Make a kind known; called in the ``ready()`` of the app that owns its table."""
    _kinds[kind.name] = kind


def kind_named(name: str) -> type[Kind]:
    """Return the kind of this name. Raises KeyError."""
    return _kinds[name]


def kinds() -> dict[str, type[Kind]]:
    """Return every kind by name, in alphabetical order."""
    return dict(sorted(_kinds.items()))


def heading_matcher(kind: type[Kind]) -> Callable[[str], str | None]:
    """Return the function that names the column of a heading, or None."""
    exact: dict[str, str] = {}
    for column in kind.columns:
        for heading in (column.name, *column.headings.split("|")):
            exact.setdefault(plain_heading(heading), column.name)
    hints = [
        (plain_heading(hint), column.name)
        for column in kind.columns
        for hint in filter(None, column.hints.split("|"))
    ]

    def match(heading: str) -> str | None:
        plain = plain_heading(heading)
        if plain in exact or len(plain) > 30:
            return exact.get(plain)
        return next((name for hint, name in hints if hint in plain), None)

    return match


MESSAGES: dict[str, str | Promise] = {
    "required": _("A value is missing."),
    "too_long": _("The text is too long: “%(value)s”."),
    "bad_text": _("“%(value)s” holds characters no such text has."),
    "bad_number": _("“%(value)s” is no number that can stand here."),
    "bad_date": _("“%(value)s” is no date."),
    "bad_choice": _("“%(value)s” is not one of the values known."),
    "damaged_date": _("The spreadsheet made a date of it: “%(value)s”. Type it again as text."),
    "damaged_number": _("The spreadsheet made a number of it: “%(value)s”. Type it again as text."),
    "error_value": _("The cell holds an error: %(value)s."),
    "formula_without_value": _(
        "The formula was never computed: “%(value)s”. Save it in Excel again."
    ),
    "duplicate_exact": _("Row %(other_row)s says the same."),
    "duplicate_variant": _("Row %(other_row)s says the same in another spelling."),
    "duplicate_conflict": _("Row %(other_row)s says something else about the same: “%(value)s”."),
    "same_record": _("“%(value)s” is kept as one with row %(other_row)s; this row was left out."),
    "hidden_row": _("The row is hidden and was not read."),
}


def label_of(kind: type[Kind], code: str) -> str:
    """Return a code in words, without the value of a row."""
    return _worded(kind, code, "…", "…").replace("“…”", "…").strip(" :：.。")


def message_of(kind: type[Kind], problem: Any) -> str:
    """Return the words for a problem (one of ours or a stored one) in the reader's language."""
    return _worded(kind, problem.code, problem.value, problem.other_row or "")


def _worded(kind: type[Kind], code: str, value: str, other_row: int | str) -> str:
    text = kind.messages.get(code) or MESSAGES.get(code) or code
    return str(text) % {"value": value, "other_row": other_row}
