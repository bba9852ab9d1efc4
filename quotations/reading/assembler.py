"""From the tokens of one line to drafts of parts with their brands and quantities.

The rules people follow without knowing: a brand stands directly before or after its number, or
alone in a clause for all numbers before it; a quantity follows its number unless the line opens
with quantities; `各` shares a quantity, and with it a suffix and a brand.
"""

import re
from collections.abc import Callable
from dataclasses import replace

from . import suffixes
from .drafts import Draft, LineDrafts
from .families import Strength
from .lists import expand_range, is_same_kind, share_suffix
from .quantities import Quantity
from .tokens import Kind, Token

_FILLERS = frozenset(
    (
        "轴",
        "承",
        "牌",
        "的",
        "原",
        "装",
        "进",
        "口",
        "品",
        "正",
        "x",
        "of",
        "brand",
        "bearing",
        "bearings",
        "make",
        "brg",
    )
)


_FOR_ALL = re.compile(
    r"(?:品牌|牌子|BRAND|MAKE|都要?|全要?|全部要?|均要?|一律|统一)(?:用|是|为|的|要|ONLY"
    r"|原装|进口)*$"
)
_SOFT = ("\t", "/", "|", "+", "&", "和", "跟", "与", "及", "and")
_REPLACES = ("对应", "相当于", "等于", "替代", "代替")


class Assembler:
    """One pass over the tokens of a line, one method for each kind of token."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.out = LineDrafts()
        self.drafts = self.out.drafts
        self.segment = self.clause = 0
        self.masked_clause = -1
        amounts = (Kind.QUANTITY, Kind.NUMBER)
        self.last_amount = max((i for i, t in enumerate(tokens) if t.kind in amounts), default=-1)
        self.waiting_counts_word = False
        self.each = self.negated = self.alternative = self.range_open = self.corrected = False
        self.waiting: Quantity | None = None
        self.waiting_brands: tuple[str, ...] = ()
        self.waiting_suffix = ""
        self.handlers: dict[Kind, Callable[[int, Token], int]] = {
            Kind.PART: self.part, Kind.DIMENSIONS: self.size, Kind.BRAND: self.brand,
            Kind.QUANTITY: self.quantity, Kind.NUMBER: self.number, Kind.SUFFIX: self.suffix,
            Kind.EACH: self.share, Kind.STOP: self.stop, Kind.COMMA: self.comma,
            Kind.WORD: self.word, Kind.MASKED: self.masked,
        }  # fmt: skip

    def run(self) -> LineDrafts:
        index = 0
        while index < len(self.tokens):
            token = self.tokens[index]
            handler = self.handlers.get(token.kind)
            index = handler(index, token) if handler else index + 1
            self.range_open = token.kind == Kind.TO
            self.corrected = token.kind == Kind.INSTEAD
            self._carry_on(index, token)
        if self.waiting and not self.drafts:
            self.out.quantity, self.out.each = self.waiting, self.each
        if self.waiting_suffix and not self.drafts:
            self.out.suffix = self.waiting_suffix
        return self.out

    def _carry_on(self, index: int, token: Token) -> None:
        """How far `或` and `不要` reach: over words and brands, the latter not over a blank."""
        if token.kind not in (Kind.WORD, Kind.SUFFIX, Kind.BRAND):
            self.alternative = token.kind == Kind.OR
        if token.kind != Kind.WORD:
            self.negated = token.kind == Kind.NOT
            return
        following = self.tokens[index] if index < len(self.tokens) else None
        if following is not None and following.start > token.end and ord(token.text[-1]) > 0x2E80:
            self.negated = False

    # parts

    def part(self, index: int, token: Token) -> int:
        assert token.part is not None  # noqa: S101 -- the scanner's promise
        last = self._last_in_segment()
        if self.negated:
            return index + 1
        if self.corrected and self.drafts and not self.drafts[-1].certain:
            self.drafts.pop()
            last = None
        if self.range_open and last and expand_range(self.drafts, last, token.part):
            return index + 1
        replaced = self.alternative and self.tokens[index - 1].text in _REPLACES
        if (
            self.alternative
            and last
            and last.part
            and (replaced or is_same_kind(last.part, token.part))
        ):
            last.notes.append(token.text.strip())
            self.waiting_brands = ()
            return index + 1
        if last and last.part is None and last.quantity is None and last.clause == self.clause:
            last.part, last.end = token.part, token.end
            draft = last
        else:
            draft = Draft(token.start, token.end, self.segment, self.clause, part=token.part)
            draft.joined = index > 0 and self.tokens[index - 1].text.strip() == "+"
            self.drafts.append(draft)
        self._settle(draft)
        return index + 1

    def size(self, index: int, token: Token) -> int:
        last = self._last_in_segment()
        if (
            last
            and last.part
            and last.clause == self.clause
            and last.dimensions is None
            and not last.certain
        ):
            last.dimensions = token.dimensions
            return index + 1
        draft = Draft(
            token.start, token.end, self.segment, self.clause,
            dimensions=token.dimensions, size_text=token.text.strip(),
        )  # fmt: skip
        self.drafts.append(draft)
        self._settle(draft)
        return index + 1

    def _settle(self, draft: Draft) -> None:
        """What stood before the part and waits for it."""
        if self.waiting:
            draft.give(self.waiting)
        if self.waiting_brands:
            draft.brands = self.waiting_brands
        if self.waiting_suffix and draft.part and not draft.has_suffix:
            draft.part = draft.part.with_suffix(self.waiting_suffix)
        self.waiting, self.waiting_brands, self.waiting_suffix = None, (), ""

    # brands

    def brand(self, index: int, _token: Token) -> int:
        after, codes = self._brand_group(index)
        if self.negated or (index and self.tokens[index - 1].kind == Kind.NOT):
            return after
        following = self._next_meaningful(after, past_comma=not self._last_in_segment())
        if (
            following is not None
            and following.kind in (Kind.PART, Kind.DIMENSIONS)
            and self._leads(index)
        ):
            self.waiting_brands = codes
            return after
        self._brand_behind(index, codes)
        return after

    def _brand_group(self, index: int) -> tuple[int, tuple[str, ...]]:
        """`NTN or KOYO`, `SKF/NSK`: the first is asked for, the others are accepted."""
        codes = [self.tokens[index].brand]
        at = index + 1
        while at + 1 < len(self.tokens) and self.tokens[at].kind in (Kind.OR, Kind.COMMA):
            if self.tokens[at + 1].kind != Kind.BRAND:
                break
            codes.append(self.tokens[at + 1].brand)
            at += 2
        while at < len(self.tokens) and self.tokens[at].kind == Kind.BRAND:
            codes.append(self.tokens[at].brand)  # 斯凯孚 SKF
            at += 1
        return at, tuple(dict.fromkeys(codes))

    def _leads(self, index: int) -> bool:
        """Does a brand between two parts belong to the next one?"""
        segment = [t for t in self.tokens if t.kind in (Kind.PART, Kind.BRAND, Kind.STOP)]
        last = self.drafts[-1] if self.drafts else None
        if (
            last is None
            or last.brands
            or last.segment != self.segment
            or last.clause != self.clause
        ):
            return True
        stops = [
            i
            for i, t in enumerate(segment)
            if t.kind == Kind.STOP and t.start > self.tokens[index].start
        ]
        here = segment[: stops[0]] if stops else segment
        return here[-1].kind != Kind.BRAND

    def _without_brand(self, *, in_segment: bool) -> list[Draft]:
        """The drafts since the last one with a brand, the nearest first."""
        found: list[Draft] = []
        for draft in reversed(self.drafts):
            if draft.brands or (in_segment and draft.segment != self.segment):
                break
            found.append(draft)
        return found

    def _closes_list(self, index: int) -> bool:
        """The only brand of a line, at its end behind a quantity: meant for the whole list."""
        alone = all(t.kind != Kind.BRAND for t in self.tokens[:index])
        behind = index > 0 and self.tokens[index - 1].kind == Kind.QUANTITY
        return alone and behind and all(t.kind == Kind.BRAND for t in self.tokens[index:])

    def _is_for_all(self, index: int) -> bool:
        """`品牌FAG`, `都要SKF`: said of every part before it."""
        before = "".join(token.text for token in self.tokens[max(0, index - 4) : index]).upper()
        return bool(_FOR_ALL.search(before))

    def _brand_behind(self, index: int, codes: tuple[str, ...]) -> None:
        here = self._last_in_segment() is not None and not self._is_for_all(index)
        trailing = self._without_brand(in_segment=here)
        in_clause = [draft for draft in trailing if draft.clause == self.clause and here]
        if index and self.tokens[index - 1].kind in (Kind.PART, Kind.SUFFIX) and in_clause:
            trailing = in_clause[:1]
        elif in_clause and in_clause[0].shared:
            in_clause = [draft for draft in trailing if draft.shared]
        elif self._closes_list(index):
            in_clause = trailing
        for draft in in_clause or trailing:
            if draft in trailing:
                draft.brands = codes
        if not trailing:
            self.out.brands = self.out.brands or codes

    # quantities

    def quantity(self, index: int, token: Token) -> int:
        assert token.quantity is not None  # noqa: S101 -- the scanner's promise
        if self.each:
            self._share_out(token.quantity)
            return index + 1
        last = self.drafts[-1] if self.drafts else None
        if last and not last.certain and not self._belongs_to_next(index, last):
            self._give(token.quantity)
        elif self.waiting is None or not self.waiting.certain:
            self.waiting = token.quantity
            self.waiting_counts_word = index > 0 and self.tokens[index - 1].kind == Kind.WORD
        return index + 1

    def _give(self, quantity: Quantity) -> None:
        """To the last part, and to what is joined to it: 22220EK+H320 2套."""
        for draft in reversed(self.drafts):
            if draft is self.drafts[-1] or draft.quantity is None:
                draft.give(quantity)
            if not draft.joined:
                break

    def _belongs_to_next(self, index: int, last: Draft) -> bool:
        """`100个6205, 200个6206`: behind a comma, with a part at once after it."""
        following = self._next_meaningful(index + 1)
        return last.clause != self.clause and following is not None and following.kind == Kind.PART

    def number(self, index: int, token: Token) -> int:
        """A bare number: after a part its quantity, before a part its quantity or its index."""
        assert token.quantity is not None  # noqa: S101 -- the scanner's promise
        if self.each:
            self._share_out(replace(token.quantity, certain=True))
            return index + 1
        last = self._last_in_segment()
        if last and last.quantity is None:
            self._give(token.quantity)
            return index + 1
        following = self._next_meaningful(index + 1)
        if (
            self.waiting is None
            and following
            and following.kind in (Kind.PART, Kind.BRAND)
            and (not last or last.quantity is not None)
        ):
            self.waiting = token.quantity
        return index + 1

    def share(self, index: int, _token: Token) -> int:
        """各 before a quantity, each after one."""
        following = self.tokens[index + 1] if index + 1 < len(self.tokens) else None
        previous = self.tokens[index - 1] if index else None
        if following and following.kind in (Kind.QUANTITY, Kind.NUMBER):
            self.each = True
        elif previous and previous.kind in (Kind.QUANTITY, Kind.NUMBER) and previous.quantity:
            if self.drafts and self.drafts[-1].quantity == previous.quantity.amount:
                self.drafts[-1].quantity = None
            self._share_out(previous.quantity)
        else:
            self.each = index < self.last_amount
        return index + 1

    def _share_out(self, quantity: Quantity) -> None:
        group: list[Draft] = []
        for draft in reversed(self.drafts):
            if draft.certain:
                break
            group.append(draft)
        for draft in group:
            draft.give(quantity)
            draft.shared = True
        share_suffix(group)
        brands = next((draft.brands for draft in group if draft.brands), ())
        for draft in group:
            draft.brands = draft.brands or brands
        self.each, self.waiting = False, None
        if not group or (len(group) == 1 and not self.drafts[:-1]):
            self.out.each = True
        if not group:
            self.out.quantity = quantity

    # the rest

    def suffix(self, index: int, token: Token) -> int:
        written = token.text.strip().upper()
        last = self._last_in_segment()
        if last is None or last.part is None:
            self.waiting_suffix = self.waiting_suffix or written
            return index + 1
        if self.negated:
            return index + 1
        if self.alternative and last.has_suffix:
            offered = last.part.suffix.strip(" -/")
            chosen = suffixes.seal_choice(offered, written)
            last.notes.append(f"{offered} / {written}")
            if chosen == written:
                last.part = replace(last.part, suffix="").with_suffix(chosen)
            return index + 1
        for draft in self._suffix_group(index, last):
            if draft.part and written not in draft.part.suffix:
                draft.part = replace(draft.part.with_suffix(written), strength=Strength.SURE)
        return index + 1

    def _suffix_group(self, index: int, last: Draft) -> list[Draft]:
        """The last part and the bare ones listed before it without quantities.

        After `各100` or `全部` it is every part so far that is written like the last one.
        """
        if last.shared or self._is_for_all(index):
            written = last.part.suffix if last.part else ""
            return [d for d in self.drafts if d.part and d.part.suffix == written]
        group = [last]
        for draft in reversed(self.drafts[:-1]):
            bare = draft.part and not draft.has_suffix and draft.quantity is None
            if (
                last.has_suffix
                or last.quantity is not None
                or not bare
                or draft.segment != self.segment
            ):
                break
            group.append(draft)
        return group

    def stop(self, index: int, _token: Token) -> int:
        self.segment += 1
        self.waiting = None
        self.clause += 1
        return index + 1

    def masked(self, index: int, _token: Token) -> int:
        self.masked_clause = self.clause
        return index + 1

    def comma(self, index: int, token: Token) -> int:
        if token.text.strip(" ").lower() in _SOFT:
            return index + 1
        if self.waiting and (self.waiting_counts_word or self.masked_clause == self.clause):
            self.waiting = None  # it counted what was named before: a motor, a bolt
        self.clause += 1
        return index + 1

    def word(self, index: int, token: Token) -> int:
        if self.drafts and token.text.strip():
            self.drafts[-1].notes.append(token.text)
        return index + 1

    def _last_in_segment(self) -> Draft | None:
        last = self.drafts[-1] if self.drafts else None
        return last if last and last.segment == self.segment else None

    def _next_meaningful(self, index: int, *, past_comma: bool = False) -> Token | None:
        for token in self.tokens[index : index + 12]:
            if token.kind == Kind.COMMA and (past_comma or token.text in ("\t", "/", "|")):
                continue
            if token.kind != Kind.WORD or token.text.lower() not in _FILLERS:
                return token
        return None
