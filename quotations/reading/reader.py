"""The reader of enquiries: from lines and tables to parts, brands, quantities, and the rest."""

import re
from dataclasses import dataclass, field

from . import table
from .across import Said, settle_brands, settle_quantities
from .assembler import Assembler
from .brands import BrandNames
from .cells import CellReader
from .context import (
    Record,
    has_part_word,
    is_brand_rule,
    is_correction,
    is_heading,
    is_paired,
    is_quoted,
    is_seal,
    is_seal_size,
    is_sign_off,
    is_subject,
    joined_records,
    note_of,
    points_below,
)
from .designation import tidy
from .drafts import Draft, LineDrafts
from .families import Strength
from .files import HIDDEN
from .masks import mask, mask_contacts
from .mentions import without_mentions
from .quantities import cell_quantity
from .repair import repair
from .result import Reading, ReadLine
from .rows import sizes_of
from .text import MASK, plain_lines
from .tokens import Scanner
from .words import OwnWords

MAX_LINES = 20_000


def read_enquiry(text: str, brands: BrandNames) -> Reading:
    """Everything the text asks for, and everything in it that is no part. Never raises."""
    return Reader(brands).read(text)


@dataclass
class Reader:
    """One reading; collects drafts and remarks in order, then settles what spans lines."""

    brands: BrandNames
    drafts: list[Draft] = field(default_factory=list)
    said: list[Said] = field(default_factory=list)
    ignored: list[tuple[int, str]] = field(default_factory=list)
    cells: CellReader = field(init=False)
    raws: list[str] = field(default_factory=list)  # the lines as they came
    words: OwnWords = field(default_factory=OwnWords)
    signed_off: bool = False
    merged_brand: str = ""
    last_filled: int = -1  # the last line that was not blank
    repeats: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.cells = CellReader(self.brands)

    def read(self, text: str) -> Reading:
        records = joined_records(plain_lines(text)[:MAX_LINES])
        lines = [record.text for record in records]
        self.raws = [record.raw for record in records]
        header: table.Header | None = None
        at = 0
        while at < len(lines):
            turned = table.transposed(lines, at)
            if turned:
                rows, taken = turned
                missed = [row for row in rows if not self.row(row)]
                self.ignored.extend((row.line, row.raw) for row in missed)
                at += taken
                continue
            new = table.header_of(lines[at])
            if new:
                header, self.merged_brand = new, ""
                self.ignored.append((at, lines[at].strip()))
            else:
                self.line_or_row(records[at], at, header)
            at += 1
        return self.result()

    def line_or_row(self, record: Record, at: int, header: table.Header | None) -> None:
        line = record.text
        if not line.strip():
            return
        try:
            self._line_or_row(record, at, header)
        finally:
            self.last_filled = at

    def _line_or_row(self, record: Record, at: int, header: table.Header | None) -> None:
        line = record.text
        if line.startswith(HIDDEN) or table.is_ruler(line) or table.is_total_line(line):
            self.ignored.append((at, line.strip()))
            return
        taken = False
        for columns in header.side_by_side() if header else ():
            row = columns.row(at, line)
            if row:
                self.fill_merged(columns, row)
                taken = self.row(row) or taken
        if not taken:
            self.line(line, at, record.index_stripped)

    # free text

    def line(self, line: str, at: int, index_stripped: str) -> None:
        self.signed_off = self.signed_off or is_sign_off(line)
        text, contacts = mask_contacts(index_stripped)
        text = repair(self.brands.set_apart(text.replace("_", "  ")))
        text, fragments = mask(text)
        fragments = contacts + fragments
        found = Assembler(Scanner(text, self.brands).scan()).run()
        kept = [draft for draft in found.drafts if self.believable(draft, found, text)]
        kept = kept and [d for d in found.drafts if d in kept or self.is_in_company(d, kept)]
        self.lead_brand(text, kept, found)
        for draft in kept:
            draft.line, draft.line_text = at, line
            draft.raw = line.strip() if len(kept) == 1 else ""
        self.cut_raw(text, kept)
        if is_subject(line) or is_quoted(line):
            self.repeats.add(at)
        if is_correction(line):
            self.replace_last(kept, at)
        self.withdraw(found.withdrawn, kept)
        self.drafts.extend(kept)
        self.ignored.extend((at, fragment) for fragment in fragments if kept)
        taken = {id(draft) for draft in kept}
        lost = [draft for draft in found.drafts if id(draft) not in taken]
        self.ignored.extend((at, text[d.start : d.end].strip()) for d in lost if kept)
        if not kept:
            self.ignored.append((at, line.strip()))
        if not self.signed_off:
            self.remember(found, kept, text, at)

    def believable(self, draft: Draft, found: LineDrafts, text: str) -> bool:
        """Is there enough evidence that this is a part and not a house number?"""
        part = draft.part
        counted = draft.quantity is not None
        if self.signed_off and not (draft.certain and counted):
            return False
        if part is None:
            return bool(draft.dimensions) and (counted or has_part_word(text) or is_seal(text))
        if part.strength == Strength.SURE:
            return True
        branded = bool(draft.brands)
        if part.strength == Strength.WEAK:
            return (draft.certain and (branded or has_part_word(text))) or self._weak_is_meant(
                draft, text
            )
        if counted or branded or has_part_word(text) or is_correction(text) or found.withdrawn:
            return True
        others = (d.part for d in found.drafts if d is not draft)
        several = any(other is not None and other.strength >= Strength.BARE for other in others)
        return several or not re.sub(r"[\W_]", "", text[: draft.start] + text[draft.end :])

    @staticmethod
    def is_in_company(draft: Draft, kept: list[Draft]) -> bool:
        """`LGMT3/1 2罐, TIH030M 1台`: counted as the parts beside it are."""
        mixed = draft.part is not None and not draft.part.base.isdigit()
        surely = [d for d in kept if d.certain and d.part and d.part.strength == Strength.SURE]
        return mixed and draft.certain and bool(surely)

    @staticmethod
    def _weak_is_meant(draft: Draft, text: str) -> bool:
        """An unknown number with a counted quantity and hardly a word beside it."""
        rest = text[: draft.start] + text[draft.end :]
        words = re.findall(r"[A-Za-z]{3,}|[一-鿿]", rest)
        mixed = draft.part is not None and not draft.part.base.isdigit()
        return draft.certain and mixed and len(words) <= 4

    def lead_brand(self, text: str, kept: list[Draft], found: LineDrafts) -> None:
        """`SKF 6205 100个, 6206 50个`: the only brand of a line, at its start, is for all of it."""
        before = text[: kept[0].start] if kept else ""
        if found.brands and self.brands.one(before) and not re.search("[,;。?!]", before):
            for draft in kept:
                draft.brands = draft.brands or found.brands
        named = {draft.brands for draft in kept if draft.brands}
        if len(kept) < 2 or len(named) != 1 or not kept[0].brands:
            return
        if self.brands.one(text[: kept[0].start]):
            for draft in kept:
                apart = draft.segment != kept[0].segment and draft.is_accessory
                draft.brands = draft.brands or (() if apart else kept[0].brands)

    def replace_last(self, kept: list[Draft], at: int) -> None:
        """`不对，是6312 10个`: the part before was a slip."""
        last = self.drafts[-1] if self.drafts else None
        if last is None or len(kept) != 1 or at - last.line > 2:
            return
        self.drafts.pop()
        self.ignored.append((last.line, last.raw))
        if kept[0].quantity is None:
            kept[0].take_amount(last)
        kept[0].brands = kept[0].brands or last.brands

    def withdraw(self, withdrawn: list[Draft], kept: list[Draft]) -> None:
        """`6311不要了，换成6312`: away with what was asked for; its successor takes its place."""
        for gone in withdrawn:
            old = next((d for d in reversed(self.drafts) if _same_number(d, gone)), None)
            if old is None:
                continue
            self.drafts.remove(old)
            self.ignored.append((old.line, old.raw))
            if len(kept) == len(withdrawn) == 1 and kept[0].quantity is None:
                kept[0].take_amount(old)
                kept[0].brands = kept[0].brands or old.brands

    def cut_raw(self, text: str, kept: list[Draft]) -> None:
        """Of several parts in a line, each keeps its own stretch of the text."""
        if len(kept) < 2:
            return
        starts = [0, *(self.start_of(text, draft) for draft in kept[1:]), len(text)]
        for draft, start, end in zip(kept, starts, starts[1:], strict=False):
            cut = text[start:end] if end > start else text[draft.start : draft.end]
            kept_text = tidy(cut.replace(MASK, ""))
            draft.raw = tidy(cut) if kept_text else tidy(text[draft.start : draft.end])

    def start_of(self, text: str, draft: Draft) -> int:
        """Where a part's stretch begins: with its brand, where that stands before it."""
        word = re.search(r"[^\s,;、。]+\s*$", text[: draft.start])
        if word and draft.brands and self.brands.one(word.group()) == draft.brands:
            return word.start()
        return draft.start

    def remember(self, found: LineDrafts, kept: list[Draft], text: str, at: int) -> None:
        """Brands, quantities and suffixes that this line says about other lines."""
        if kept and not (found.each and found.quantity):
            return
        answer = found.quantity is not None and not found.each  # SKF的要30个: of the part above
        lone = found.lone if self.drafts and self.drafts[-1].line == self.last_filled else None
        rule = is_brand_rule(text, self.brands)
        said = Said(
            at, found.brands, found.quantity or lone, found.each, found.suffix,
            rule=answer or rule or self.names_brand_alone(text),
            heading=not answer
            and (is_heading(text, self.brands) or (rule and points_below(text))),
            clears=bool(re.match(r"\s*(?:国产|杂牌|其他|其它|不限)", text)),
        )  # fmt: skip
        if said.brands or said.quantity or said.suffix or said.clears:
            self.said.append(said)

    def names_brand_alone(self, text: str) -> bool:
        """`按这个价下单，哈轴`: a clause that is nothing but a brand."""
        clauses = re.split("[,;。]", text)
        return len(clauses) <= 8 and any(is_heading(clause, self.brands) for clause in clauses)

    # tables

    def row(self, row: table.Row) -> bool:
        """Take a row of a table; False when it names no part and should be read as free text."""
        if row.is_total:
            self.ignored.append((row.line, row.raw.strip()))
            return True
        cells = row.cells
        drafts = self.cells.model(cells)
        if not drafts:
            drafts = self.cells.parts(cells.get("name", ""), model=False)
        if not drafts:
            drafts = sizes_of(cells)
        if not drafts:
            return False
        quantity = cell_quantity(repair(cells["quantity"])) if "quantity" in cells else None
        for draft in drafts:
            draft.line, draft.raw, draft.line_text, draft.from_table = (
                row.line,
                row.raw.strip(),
                row.raw,
                True,
            )
            self.cells.complete(draft, cells, quantity)
        self.drafts.extend(drafts)
        skipped = ("material", "price", "date", "stock")
        self.ignored.extend((row.line, cells[role]) for role in skipped if role in cells)
        return True

    def fill_merged(self, header: table.Header, row: table.Row) -> None:
        """A brand in the first column, written once for the rows below it, as merged cells are."""
        if header.roles[0] == "brand" and "part" in row.cells:
            self.merged_brand = row.cells.setdefault("brand", self.merged_brand)

    # what spans lines

    def result(self) -> Reading:
        self.drop_repeats()
        self.drafts, mentions = without_mentions(self.drafts)
        self.ignored.extend((draft.line, draft.raw) for draft in mentions)
        settle_quantities(self.drafts, self.said)
        settle_brands(self.drafts, self.said)
        lines = [self.line_of(draft) for draft in self.drafts]
        self.ignored.sort(key=lambda pair: pair[0])
        ignored = [self.words.of(self.raws[line], text) for line, text in self.ignored]
        return Reading(lines, [text for text in ignored if text])

    def drop_repeats(self) -> None:
        """A mail's subject repeats its body and a quoted mail is an older one.

        They count only when nothing else names a part.
        """
        body = [draft for draft in self.drafts if draft.line not in self.repeats]
        if body and len(body) < len(self.drafts):
            self.ignored.extend((d.line, d.raw) for d in self.drafts if d.line in self.repeats)
            self.drafts = body

    def line_of(self, draft: Draft) -> ReadLine:
        designation, dimensions, brands = "", draft.dimensions, draft.brands
        if draft.part:
            designation = draft.part.designation
            own = draft.part.brand
            brands = brands or ((own,) if own else ())
        elif is_seal(draft.line_text) or is_seal_size(draft.size_text):
            designation = tidy(re.sub(r"(?i)\s*MM\s*$", "", draft.size_text))
        unit = draft.unit
        if unit == "set" and is_paired(draft.raw):
            unit = "pair"  # 2组 of matched bearings are two pairs
        return ReadLine(
            raw=self.words.of(self.raws[draft.line], draft.raw), designation=designation,
            brand=brands[0] if brands else None, alternative_brands=tuple(brands[1:]),
            quantity=draft.quantity, unit=unit,
            dimensions=dimensions, note=note_of(draft.notes), roughly=draft.roughly,
        )  # fmt: skip


def _same_number(one: Draft, other: Draft) -> bool:
    return bool(one.part and other.part and one.part.base == other.part.base)
