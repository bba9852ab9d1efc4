"""What one line says about the parts of others: `以上各100个`, `SKF:`, `全部要NSK`.

Every pass goes once through the parts, which are in the order of their lines: a file of 20 000
lines may hold as many remarks as parts.
"""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass

from .drafts import Draft
from .quantities import Quantity

NEAR = 2  # lines between a part and its quantity on a line of its own
_NEVER = 10**9


@dataclass
class Said:
    """What a line without parts says about others."""

    line: int
    brands: tuple[str, ...] = ()
    quantity: Quantity | None = None
    each: bool = False
    suffix: str = ""
    rule: bool = False
    heading: bool = False
    clears: bool = False


def settle_quantities(drafts: list[Draft], remarks: list[Said]) -> None:
    """`以上各100个` and a quantity on the line after its part."""
    waiting: list[Draft] = []  # the parts so far that have no quantity
    at = 0
    for said in remarks:
        if said.quantity is None:
            continue
        end = bisect_right(drafts, said.line, lo=at, key=_line)
        waiting += [draft for draft in drafts[at:end] if draft.quantity is None]
        at = end
        if not said.each:
            if waiting and said.line - waiting[-1].line <= NEAR:
                waiting.pop().give(said.quantity)
            continue
        if not waiting:  # said before the list: for all that follows
            waiting, at = [draft for draft in drafts[at:] if draft.quantity is None], len(drafts)
        for draft in waiting:
            draft.give(said.quantity)
        waiting = []


def settle_brands(drafts: list[Draft], remarks: list[Said]) -> None:
    """A heading is for the lines below it, a rule for all lines that name no brand."""
    _mark_trailing(drafts, remarks)
    above: list[Draft] = []  # the parts so far that no remark has claimed
    at = 0
    for said, end_line in zip(remarks, _ends(remarks), strict=True):
        if not said.brands or not (said.heading or said.rule):
            continue
        here = bisect_left(drafts, said.line, lo=at, key=_line)
        above += drafts[at:here]
        at = max(at, here)
        start = max(at, bisect_right(drafts, said.line, lo=at, key=_line))
        end = bisect_left(drafts, end_line, lo=start, key=_line)
        below = drafts[start:end]
        claims_below = bool(below) and (said.heading or (not above and not said.rule))
        if claims_below or not above:
            _claim(below, said)
            above += drafts[at:start]
            at = end
        else:
            _claim(above, said)
            above = []


def _mark_trailing(drafts: list[Draft], remarks: list[Said]) -> None:
    """A brand on a line of its own behind each part is no heading: none stands before the first."""
    named = [said for said in remarks if said.brands and said.heading]
    if len(named) < 2 or not drafts:
        return
    if named[0].line > drafts[0].line and named[-1].line > drafts[-1].line:
        for said in named:
            said.heading, said.rule = False, True


def _ends(remarks: list[Said]) -> list[int]:
    """For every remark the line of the next one that names a brand or ends a heading."""
    ends: list[int] = []
    following = _NEVER
    for said in reversed(remarks):
        ends.append(following)
        if said.brands or said.clears:
            following = said.line
    return ends[::-1]


def _claim(drafts: list[Draft], said: Said) -> None:
    for draft in drafts:
        draft.brands = draft.brands or said.brands


def _line(draft: Draft) -> int:
    return draft.line
