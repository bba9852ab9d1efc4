"""Whose brand is it: the rules by which a brand in a line finds its part numbers."""

from .assembly import Assembly
from .drafts import Draft
from .tokens import Kind, Token

MAX_CLOSING = 8  # tokens: `SKF or equivalent`


class BrandRules(Assembly):
    """A brand stands directly before or after its number, or alone for all numbers before it."""

    def brand(self, index: int, _token: Token) -> int:
        after, codes = self._brand_group(index)
        if self.negated or self._is_refused(index, after):
            return after
        if self._repeats_part(after):
            self._repeat_part(codes)
            return after
        following = self._next_meaningful(after, past_comma=not self._last_in_segment())
        if (
            following is not None
            and following.kind in (Kind.PART, Kind.DIMENSIONS)
            and self._leads(index)
        ):
            self.waiting_brands = codes
            if self.tokens[after - 1].text.endswith(":"):
                self.headed[self.segment] = codes
            return after
        self._brand_behind(index, codes)
        return after

    def _is_refused(self, index: int, after: int) -> bool:
        """`不要NTN` and `NTN的不要`."""
        if index and self.tokens[index - 1].kind == Kind.NOT:
            return True
        refusal = next((i for i in (after, after + 1) if self._kind(i) == Kind.NOT), 0)
        return refusal > after and self._is_postposed(refusal)

    def _kind(self, index: int) -> Kind | None:
        return self.tokens[index].kind if index < len(self.tokens) else None

    def _repeats_part(self, after: int) -> bool:
        """`6205 SKF 10 NSK 20`: the same part once more, of another maker."""
        last = self._last_in_segment()
        if last is None or last.part is None or not last.brands or last.quantity is None:
            return False
        counted = self._kind(after) in (Kind.QUANTITY, Kind.NUMBER)
        following = self._next_meaningful(after + 1)
        return counted and (following is None or following.kind != Kind.PART)

    def _repeat_part(self, codes: tuple[str, ...]) -> None:
        last = self.drafts[-1]
        self.drafts.append(
            Draft(last.start, last.end, self.segment, self.clause, part=last.part, brands=codes)
        )

    def _brand_group(self, index: int) -> tuple[int, tuple[str, ...]]:
        """`NTN or KOYO`, `SKF/NSK`: the first is asked for, the others are accepted."""
        codes = [self.tokens[index].brand]
        at = index + 1
        while at + 1 < len(self.tokens) and self._joins_brands(at):
            if self.tokens[at + 1].kind != Kind.BRAND:
                break
            codes.append(self.tokens[at + 1].brand)
            at += 2
        while at < len(self.tokens) and self.tokens[at].kind == Kind.BRAND:
            codes.append(self.tokens[at].brand)  # 斯凯孚 SKF
            at += 1
        return at, tuple(dict.fromkeys(codes))

    def _joins_brands(self, at: int) -> bool:
        token = self.tokens[at]
        return token.kind in (Kind.OR, Kind.COMMA) or token.text.lower() in ("o", "y", "e", "и")

    def _head(self) -> None:
        """`洛轴：6205 2套，6206 1套；瓦轴：6230`: a brand with a colon heads its segment."""
        for draft in self.drafts:
            draft.brands = draft.brands or self.headed.get(draft.segment, ())

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
        """The only brand of a line, at its end behind the last amount: meant for the whole list."""
        before = [token.kind for token in self.tokens[:index]]
        while before[-1:] == [Kind.WORD]:
            before.pop()
        alone = Kind.BRAND not in before
        order = [kind for kind in before if kind in (Kind.PART, Kind.QUANTITY)]
        bare = before[-1:] == [Kind.NUMBER] and Kind.QUANTITY not in before
        behind = bare or before[-1:] == [Kind.QUANTITY] or order[:1] == [Kind.QUANTITY]
        rest = [token.kind for token in self.tokens[index:]]
        tail = rest[: rest.index(Kind.STOP)] if Kind.STOP in rest else rest
        closing = (Kind.BRAND, Kind.OR, Kind.COMMA, Kind.WORD)
        ends = len(tail) <= MAX_CLOSING and all(kind in closing for kind in tail)
        return alone and behind and ends and Kind.PART not in rest

    @staticmethod
    def _joined_to(drafts: list[Draft]) -> list[Draft]:
        """The nearest part and those it is joined to: 1308K+H308 SKF."""
        apart = (at for at, draft in enumerate(drafts, 1) if not draft.joined)
        return drafts[: next(apart, len(drafts))]

    def _brand_behind(self, index: int, codes: tuple[str, ...]) -> None:
        here = self._last_in_segment() is not None and not self._is_for_all(index)
        trailing = self._without_brand(in_segment=here)
        in_clause = [draft for draft in trailing if draft.clause == self.clause and here]
        closes = self._closes_list(index)
        part_before = index and self.tokens[index - 1].kind in (Kind.PART, Kind.SUFFIX)
        shared = bool(in_clause and in_clause[0].shared)
        if part_before and in_clause and not closes and not shared:
            trailing = self._joined_to(in_clause)
        elif shared:
            in_clause = [draft for draft in trailing if draft.shared]
        elif closes:
            in_clause = trailing
        for draft in in_clause or trailing:
            if draft in trailing:
                draft.brands = codes
        if not trailing:
            self.out.brands = self.out.brands or codes
