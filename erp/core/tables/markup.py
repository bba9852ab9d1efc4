"""What calamine does not tell about a sheet of an .xlsx: hidden rows, errors, bare formulas.

The sheet's own markup is read as a stream; a document type declaration (the door of entity bombs)
is refused.
"""

import posixpath
import re
import zipfile
from dataclasses import dataclass, field
from typing import Any, BinaryIO
from xml.parsers import expat

from erp.core.uploads import UnreadableFile

_BLOCK = 64 * 1024
_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")


@dataclass(slots=True)
class Formula:
    """A formula whose value was not stored; ``rows_down``, ``columns_right``: how far a shared one
    was copied from where it was written.
    """

    text: str
    rows_down: int = 0
    columns_right: int = 0


@dataclass(slots=True)
class Markup:
    """Cells are (row, column), from 1."""

    hidden: set[int] = field(default_factory=set)
    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    formulas: dict[tuple[int, int], Formula] = field(default_factory=dict)


def position(reference: str) -> tuple[int, int]:
    """Return (row, column) of a reference: ``B3`` is (3, 2)."""
    found = _REFERENCE.fullmatch(reference)
    if found is None:
        raise ValueError(reference)
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - 64
    return int(found[2]), column


def markup_of(archive: zipfile.ZipFile, sheet_name: str) -> Markup:
    """Return what the markup of one sheet says beyond its values."""
    part = _parts(archive).get(sheet_name)
    if part is None:
        return Markup()
    handler = _SheetHandler()
    with archive.open(part) as file:
        _parse(file, handler.start, handler.end, handler.text)
    return handler.found


def _parts(archive: zipfile.ZipFile) -> dict[str, str]:
    """Return sheet name → part name, from the workbook and its relations."""
    targets: dict[str, str] = {}
    names: dict[str, str] = {}

    def relation(tag: str, attributes: dict[str, str]) -> None:
        if tag.endswith("Relationship"):
            targets[attributes.get("Id", "")] = attributes.get("Target", "")

    def sheet(tag: str, attributes: dict[str, str]) -> None:
        if tag.rpartition(":")[2] == "sheet":
            ids = [value for key, value in attributes.items() if key.endswith(":id")]
            names[attributes.get("name", "")] = ids[0] if ids else ""

    present = set(archive.namelist())
    for part, start in (("xl/_rels/workbook.xml.rels", relation), ("xl/workbook.xml", sheet)):
        if part not in present:
            return {}
        with archive.open(part) as file:
            _parse(file, start)
    paths = {
        name: posixpath.normpath(posixpath.join("xl", targets.get(key, ""))).removeprefix("/")
        if not targets.get(key, "").startswith("/")
        else targets[key].lstrip("/")
        for name, key in names.items()
    }
    return {name: path for name, path in paths.items() if path in present}


def _parse(file: BinaryIO | Any, start: Any, end: Any = None, text: Any = None) -> None:
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = _no_doctype
    try:
        while block := file.read(_BLOCK):
            parser.Parse(block, False)  # noqa: FBT003 -- expat's own signature
        parser.Parse(b"", True)  # noqa: FBT003
    except expat.ExpatError as error:
        raise UnreadableFile(
            "The workbook is damaged and cannot be read.", "bad_workbook"
        ) from error


def _no_doctype(*_declaration: object) -> None:
    raise UnreadableFile("The workbook declares entities.", "bad_workbook")


class _SheetHandler:
    """Collects while the parser walks: ``row``, ``c`` with its type, ``f`` and ``v`` inside."""

    def __init__(self) -> None:
        self.found = Markup()
        self._shared: dict[str, tuple[str, int, int]] = {}
        self._row = self._column = 0
        self._type = self._formula = self._value = ""
        self._shared_id: str | None = None
        self._has_formula = False
        self._inside = ""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        if name == "c":
            self._begin_cell(attributes)
        elif name == "row":
            self._row = int(attributes.get("r", self._row + 1))
            self._column = 0
            if attributes.get("hidden") in {"1", "true"}:
                self.found.hidden.add(self._row)
        elif name in {"f", "v"}:
            self._inside = name
            if name == "f":
                self._has_formula = True
                self._shared_id = attributes.get("si") if attributes.get("t") == "shared" else None

    def _begin_cell(self, attributes: dict[str, str]) -> None:
        reference = attributes.get("r")
        if reference:
            self._row, self._column = position(reference)
        else:
            self._column += 1
        self._type = attributes.get("t", "")
        self._formula = self._value = ""
        self._shared_id, self._has_formula = None, False

    def text(self, data: str) -> None:
        if self._inside == "v":
            self._value += data
        elif self._inside == "f":
            self._formula += data

    def end(self, tag: str) -> None:
        name = tag.rpartition(":")[2]
        if name in {"f", "v"}:
            self._inside = ""
        elif name == "c":
            self._end_cell()

    def _end_cell(self) -> None:
        here = (self._row, self._column)
        if self._type == "e":
            self.found.errors[here] = self._value or "#VALUE!"
        if not self._has_formula:
            return
        formula = Formula(self._formula)
        if self._shared_id is not None:
            formula = self._shared_formula(self._shared_id)
        if not self._value and self._type != "str":
            self.found.formulas[here] = formula

    def _shared_formula(self, key: str) -> Formula:
        if self._formula:
            self._shared[key] = (self._formula, self._row, self._column)
        text, row, column = self._shared.get(key, ("", self._row, self._column))
        return Formula(text, self._row - row, self._column - column)
