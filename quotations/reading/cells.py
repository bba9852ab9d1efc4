"""The cells of a table's row: what part they name, and what other columns say of it."""

import re
from dataclasses import dataclass

from .assembler import Assembler
from .brands import BrandNames
from .designation import Part, find_part, inch_insert
from .drafts import Draft
from .families import Strength
from .masks import is_date, mask
from .quantities import Quantity, unit_of
from .repair import repair
from .text import MASK, upper
from .tokens import Scanner


@dataclass(frozen=True, slots=True)
class CellReader:
    """Reads single cells, whose column says what they hold."""

    brands: BrandNames

    def model(self, cells: dict[str, str]) -> list[Draft]:
        """Of two columns with numbers the one that reads more like a bearing's number."""
        first = self.parts(cells.get("part", ""), model=True)
        if "part2" not in cells:
            return first
        second = self.parts(cells["part2"], model=True)
        likely = _likeness(second, cells["part2"]) > _likeness(first, cells.get("part", ""))
        return second if likely else first

    def parts(self, cell: str, *, model: bool) -> list[Draft]:
        """The parts named in one cell; in a model column any number with a digit is one."""
        text = repair(self.brands.set_apart(cell.replace("_", "  ")))
        if model and is_date(text):
            return []
        inch = inch_insert(upper(text).strip()) if model else None
        if inch:
            return [Draft(0, len(text), 0, 0, part=inch)]
        text = text if model else mask(text)[0]
        found = Assembler(Scanner(text, self.brands).scan()).run().drafts
        sure = [d for d in found if d.part is None or d.part.strength > Strength.WEAK or d.certain]
        if sure or not model:
            return sure
        part = self.whole_cell(text)
        codes = self.brands.one(text)
        return [Draft(0, len(text), 0, 0, part=part, brands=codes)] if part else []

    def whole_cell(self, text: str) -> Part | None:
        up = upper(text).strip()
        start = re.search(r"[A-Z0-9]", up)
        part = find_part(up, up, start.start(), any_number=True) if start else None
        if part:
            return part
        plausible = re.fullmatch(r"[A-Z0-9 ./*+#&()-]{3,40}", up) and re.search(r"\d", up)
        masked = mask(up)[0]
        if plausible and MASK not in masked:
            return Part(0, len(up), up, "", Strength.WEAK)
        return None

    def complete(self, draft: Draft, cells: dict[str, str], quantity: Quantity | None) -> None:
        """Brand, quantity, unit and remarks from their own columns."""
        if quantity:
            draft.give(quantity)
        draft.unit = unit_of(cells.get("unit", "")) or draft.unit
        named = [self.brands.one(cells.get(role, "")) for role in ("brand", "part", "name", "note")]
        draft.brands = named[0] or draft.brands or next((codes for codes in named if codes), ())
        suffix = upper(cells.get("suffix", "")).strip()
        known = draft.part is None or suffix in draft.part.suffix
        if draft.part and not known and re.fullmatch(r"[A-Z0-9/-]{1,12}", suffix):
            draft.part = draft.part.with_suffix(suffix)
        draft.notes = [cells[role] for role in ("name", "note") if role in cells]


def _likeness(drafts: list[Draft], cell: str) -> tuple[bool, int]:
    """Whether the first number of a cell leaves no digit over, and how sure it is by its form."""
    part = drafts[0].part if drafts else None
    if part is None:
        return False, -1
    rest = cell[: part.start] + cell[part.end :]
    return not any(map(str.isdigit, rest)), int(part.strength)
