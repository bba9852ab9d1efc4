"""Whose brand is it: the rules by which a brand in a line finds its part numbers."""

from .assembly import Assembly
from .drafts import Draft
from .tokens import Kind, Token


class BrandRules(Assembly):
    """A brand stands directly before or after its number, or alone for all numbers before it."""

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
            if self.tokens[after - 1].text.endswith(":"):
                self.headed[self.segment] = codes
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
        """The only brand of a line, at its end behind a quantity: meant for the whole list."""
        alone = all(t.kind != Kind.BRAND for t in self.tokens[:index])
        behind = index > 0 and self.tokens[index - 1].kind == Kind.QUANTITY
        return alone and behind and all(t.kind == Kind.BRAND for t in self.tokens[index:])

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
