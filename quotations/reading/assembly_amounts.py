"""How many of which: the rules by which a quantity in a line finds its part numbers."""

import re
from dataclasses import replace
from itertools import pairwise

from .assembly import Assembly
from .drafts import Draft
from .lists import share_suffix
from .quantities import Quantity
from .tokens import Kind, Token

_IN_STOCK = re.compile(r"(?:有|剩下?|库存|现货|存|(?i:stock|have|available))(?:是|为|:|约)?$")


class AmountRules(Assembly):
    """A quantity follows its number unless the line opens with quantities; 各 shares one."""

    def quantity(self, index: int, token: Token) -> int:
        assert token.quantity is not None  # noqa: S101 -- the scanner's promise
        if self.each:
            self._share_out(token.quantity)
            return index + 1
        if self._is_spread(index):
            self.spread = token.quantity
            return index + 1
        if self._is_for_each(token):
            self._share_out(token.quantity)
            return index + 1
        last = self.drafts[-1] if self.drafts else None
        open_ = last is not None and (not last.certain or self._is_restated(index, last))
        if last and open_ and not self._belongs_to_next(index, last):
            self._give(token.quantity)
            last.vague = last.vague or self._is_of_stock(index)
        elif self.waiting is None or not self.waiting.certain:
            self.waiting = token.quantity
            if self._stands_alone(index):
                self.opening = token.quantity
            self.waiting_counts_word = index > 0 and self.tokens[index - 1].kind == Kind.WORD
        return index + 1

    def _stands_alone(self, index: int) -> bool:
        """`Item 10: 6 EA, …`: before the description, and nothing that it counts behind it."""
        after = self.tokens[index + 1].kind if index + 1 < len(self.tokens) else None
        return index == 0 and after in (Kind.COMMA, Kind.STOP)

    def _open_record(self) -> None:
        """What a record opens with is the quantity of its only part, however far that stands."""
        if self.opening and len(self.drafts) == 1 and self.drafts[0].quantity is None:
            self.drafts[0].give(self.opening)

    def _is_restated(self, index: int, last: Draft) -> bool:
        """`还有一个6205要5个`: the number behind the part counts, 一个 before it does not."""
        following = self._next_meaningful(index + 1)
        return last.vague and (following is None or following.kind != Kind.PART)

    def _is_spread(self, index: int) -> bool:
        """`28 each of 6309 and 6311`: for all that follow."""
        following = self.tokens[index + 1].text.lower() if index + 1 < len(self.tokens) else ""
        return following == "of" and self.tokens[index].text.lower().endswith("each")

    def _is_for_each(self, token: Token) -> bool:
        """`H 2340 & H 322, 2 each`: for all that are still without an amount."""
        open_ = [d for d in self.drafts[-2:] if d.quantity is None and d.segment == self.segment]
        return len(open_) == 2 and token.text.lower().rstrip(".").endswith("each")

    def _is_of_stock(self, index: int) -> bool:
        """`有230个, 我要40个`: what there is may be followed by what is wanted."""
        before = "".join(t.text for t in self.tokens[max(0, index - 3) : index])
        return bool(_IN_STOCK.search(before)) and self.tokens[index].text[:1].isdigit()

    def _give(self, quantity: Quantity) -> None:
        """To the last part, and to what is joined to it: 22220EK+H320 2套."""
        for draft in reversed(self.drafts):
            if draft is self.drafts[-1] or draft.quantity is None:
                draft.give(quantity)
            if not draft.joined:
                break

    def _equip(self) -> None:
        """`22220EK 5个带套H320`: as many sleeves as bearings, where nothing else is said.

        配H320 only says what fits: how many is left open.
        """
        for bearing, sleeve in pairwise(self.drafts):
            if sleeve.is_accessory and sleeve.included and sleeve.quantity is None:
                sleeve.quantity, sleeve.unit = bearing.quantity, bearing.unit
                sleeve.certain = bearing.certain

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
        if len(self.tokens) == 1:
            self.out.lone = token.quantity
        following = self._next_meaningful(index + 1)
        if following and following.kind == Kind.WORD and self._opens_clause(index):
            following = self._next_meaningful(index + 2)  # 4 manguitos H 320
        if (
            self.waiting is None
            and following
            and following.kind in (Kind.PART, Kind.BRAND)
            and (not last or last.quantity is not None)
        ):
            self.waiting = token.quantity
        return index + 1

    def _opens_clause(self, index: int) -> bool:
        return index == 0 or self.tokens[index - 1].kind in (Kind.COMMA, Kind.STOP)

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

    def _split_by_brand(self, group: list[Draft]) -> None:
        """`SKF FAG的6206各50个`: one part, so that the share is each brand's."""
        if len(group) != 1 or len(group[0].brands) < 2:
            return
        only = group[0]
        others = [replace(only, brands=(code,), notes=[]) for code in only.brands[1:]]
        only.brands = only.brands[:1]
        self.drafts.extend(others)

    def _share_out(self, quantity: Quantity) -> None:
        group: list[Draft] = []
        for draft in reversed(self.drafts):
            if draft.certain:
                break
            group.append(draft)
        for draft in group:
            draft.give(quantity)
            draft.shared = True
        self._split_by_brand(group)
        share_suffix(group)
        brands = next((draft.brands for draft in group if draft.brands), ())
        for draft in group:
            draft.brands = draft.brands or brands
        self.each, self.waiting = False, None
        if not group or (len(group) == 1 and not self.drafts[:-1]):
            self.out.each = True
        if not group:
            self.out.quantity = quantity
