"""From the tokens of one line to drafts of parts with their brands and quantities.

The rules people follow without knowing: a brand stands directly before or after its number, or
alone in a clause for all numbers before it; a quantity follows its number unless the line opens
with quantities; `各` shares a quantity, and with it a suffix and a brand.
"""

import re
from collections.abc import Callable
from dataclasses import replace

from . import suffixes
from .assembly_amounts import AmountRules
from .assembly_brands import BrandRules
from .drafts import Draft, LineDrafts
from .families import Strength
from .lists import expand_range, is_same_kind
from .tokens import Kind, Token

_SOFT = ("\t", "/", "|", "+", "&", "和", "跟", "与", "及", "and")
_REPLACES = ("对应", "相当于", "等于", "替代", "代替")
_OTHER_NUMBER = re.compile(r"[新旧老原].*|(?:NEW|OLD) .*", re.IGNORECASE)

_MOUNTED_WITH = re.compile(
    r"[带配含连](?:上|有)?(?:紧定|退卸|锁紧|轴承)?[套座衬轴]{0,2}$"
    r"|[сc](?:подшипником|втулкой)?$|(?:mit|avec|con)$"
    r"|(?:with|including|incl|c/w)(?:adapt[eo]r|withdrawal|lock|the)?(?:sleeves?|nuts?|housings?)?$"
)


_SUBSTITUTE = ("代替", "替代")
_LIGHT = frozenset("的那个就先都也轴承型号了")


class Assembler(BrandRules, AmountRules):
    """One pass over the tokens of a line, one method for each kind of token."""

    def __init__(self, tokens: list[Token]) -> None:
        super().__init__(tokens)
        self.handlers: dict[Kind, Callable[[int, Token], int]] = {
            Kind.PART: self.part, Kind.DIMENSIONS: self.size, Kind.BRAND: self.brand,
            Kind.QUANTITY: self.quantity, Kind.NUMBER: self.number, Kind.SUFFIX: self.suffix,
            Kind.EACH: self.share, Kind.STOP: self.stop, Kind.COMMA: self.comma,
            Kind.OR: self.substitute, Kind.WORD: self.word, Kind.MASKED: self.masked,
            Kind.CANCEL: self.cancel,
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
        self._open_record()
        self._equip()
        self._head()
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
            self.negated = token.kind == Kind.NOT and not self._is_postposed(index - 1)
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
        if self.corrected and self.drafts and self._replaces(index, self.drafts[-1], token):
            self.drafts.pop()
            last = None
        if self.range_open and last and expand_range(self.drafts, last, token.part):
            return index + 1
        if last and self._is_described_by(last, index, token):
            self.drafts.pop()
            last = None
        replaced = self.alternative and self._is_other_number(index)
        if (
            self.alternative
            and last
            and last.part
            and (replaced or is_same_kind(last.part, token.part))
        ):
            last.notes.append(token.text.strip())
            stronger = max(last.part.strength, Strength.BARE)  # what has an equivalent is a part
            last.part = replace(last.part, strength=stronger)
            self.waiting_brands = ()
            return index + 1
        if last and last.part is None and last.quantity is None and last.clause == self.clause:
            last.part, last.end = token.part, token.end
            draft = last
        else:
            draft = Draft(token.start, token.end, self.segment, self.clause, part=token.part)
            joint = self._joint(index)
            draft.joined, draft.included = bool(joint), bool(joint) and "配" not in joint
            self.drafts.append(draft)
        self._settle(draft)
        return index + 1

    def _is_other_number(self, index: int) -> bool:
        """`180306 (6306-2RS)`, `7516E 20套 (新型号32216)`: no demand of its own."""
        before = self.tokens[index - 1].text.strip()
        if before.startswith("("):
            return True
        if not _OTHER_NUMBER.fullmatch(before):
            return before in _REPLACES
        following = self._next_meaningful(index + 1)
        counted = following is not None and following.kind in (Kind.QUANTITY, Kind.NUMBER)
        return self.drafts[-1:] != [] and self.drafts[-1].quantity is not None and not counted

    def _is_described_by(self, last: Draft, index: int, token: Token) -> bool:
        """`6205不锈钢的S6205ZZ`: the first says what the second is."""
        words = self.tokens[index - 1].kind == Kind.WORD and last.clause == self.clause
        same = last.part and token.part and is_same_kind(last.part, token.part)
        following = self.tokens[index + 1].text if index + 1 < len(self.tokens) else ""
        described = words and same and last.quantity is None and not self.alternative
        return bool(described) and following not in _SUBSTITUTE

    def substitute(self, index: int, token: Token) -> int:
        """`6205-2RS1没货的话用6205-2RSH代替`: what is asked for is the first."""
        if token.text not in _SUBSTITUTE or len(self.drafts) < 2:
            return index + 1
        asked, offered = self.drafts[-2:]
        same = asked.part and offered.part and is_same_kind(asked.part, offered.part)
        if same and asked.quantity is None and offered.quantity is None:
            self.drafts.pop()
            asked.notes.append(self.tokens[index - 1].text)
        return index + 1

    def _replaces(self, index: int, old: Draft, token: Token) -> bool:
        """An arrow also stands between two parts that are both wanted."""
        arrow = self.tokens[index - 1].text.strip() in ("→", "=>")
        same = old.part and token.part and is_same_kind(old.part, token.part)
        return not old.certain and (not arrow or bool(same))

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

    def _joint(self, index: int) -> str:
        """`22220EK+H320`, `22220EK配套H320`: what joins the part to the one before, if anything."""
        before = self.tokens[index - 1].text.strip() if index else ""
        words = "".join(token.text for token in self.tokens[max(0, index - 4) : index]).lower()
        mounted = _MOUNTED_WITH.search(words) if self.drafts else None
        return before if before == "+" else mounted.group() if mounted else ""

    def _settle(self, draft: Draft) -> None:
        """What stood before the part and waits for it."""
        amount = self.waiting or self.spread
        if amount:
            draft.give(amount)
        if self.waiting_brands:
            draft.brands = self.waiting_brands
        if self.waiting_suffix and draft.part and not draft.has_suffix:
            draft.part = draft.part.with_suffix(self.waiting_suffix)
        self.waiting, self.waiting_brands, self.waiting_suffix = None, (), ""

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

    def cancel(self, index: int, _token: Token) -> int:
        """`6311不要了`: the part before is not wanted, here and where it was asked for."""
        last = self._last_in_segment()
        if last and last.clause == self.clause and not self._words_since(last, index):
            self.out.withdrawn.append(self.drafts.pop())
        return index + 1

    def _words_since(self, last: Draft, index: int) -> bool:
        """`6205 其他不要了` cancels something else."""
        between = [t for t in self.tokens[:index] if t.start >= last.end and t.kind == Kind.WORD]
        return any(token.text not in _LIGHT for token in between)

    def stop(self, index: int, _token: Token) -> int:
        self.segment += 1
        self.waiting = self.spread = None
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
