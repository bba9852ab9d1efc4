"""Parts that are listed together: ranges, and what the last of a list says for all of it."""

from dataclasses import replace

from .designation import Part
from .drafts import Draft
from .families import SERIES_FORM, Strength

MAX_RANGE = 30


def expand_range(drafts: list[Draft], first: Draft, last: Part) -> bool:
    """6203到6206 ZZ: every number from the first to the last, with the suffix of the last."""
    if first.part is None or first.quantity is not None:
        return False
    prefix = first.part.base[:-2]
    if prefix != last.base[:-2] or not (first.part.base[-2:] + last.base[-2:]).isdigit():
        return False
    low, high = int(first.part.base[-2:]), int(last.base[-2:])
    if not low < high <= low + MAX_RANGE:
        return False
    suffix = last.suffix or first.part.suffix
    first.part = replace(first.part, suffix=suffix)
    for code in range(low + 1, high + 1):
        part = replace(last, base=f"{prefix}{code:02d}", suffix=suffix)
        draft = replace(first, part=part, notes=[], end=last.end)
        drafts.append(draft)
    return True


def is_same_kind(first: Part, second: Part) -> bool:
    """`6205-2RS1 或 6205DDU` is one demand; two different sizes are two."""
    digits = "".join(filter(str.isdigit, first.base))
    return bool(digits) and digits == "".join(filter(str.isdigit, second.base))


def share_suffix(group: list[Draft]) -> None:
    """6204, 6205, 6206 2RS 各200: the suffix of the last one is meant for all."""
    last, others = (group[0], group[1:]) if group else (None, [])
    if last is None or last.part is None or not last.has_suffix:
        return
    plain = [
        d for d in others if d.part and not d.has_suffix and SERIES_FORM.fullmatch(d.part.base)
    ]
    if len(plain) != len(others):
        return
    for draft in plain:
        if draft.part:
            suffix = last.part.suffix.strip()
            glued = draft.part.with_suffix(suffix) if suffix[0].isalnum() else None
            draft.part = glued or replace(draft.part, suffix=suffix, strength=Strength.SURE)
