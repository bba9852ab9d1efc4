"""Parts that are named once and ordered elsewhere: `6205-2RS有货吗` … `6205要20个`."""

from .designation import Part
from .drafts import Draft
from .text import part_key


def without_mentions(drafts: list[Draft]) -> tuple[list[Draft], list[Draft]]:
    """The drafts that ask for something, and those that only mention what another one orders.

    The order takes from its mention what it leaves out: the suffix, the brand. Rows of tables
    never only mention.
    """
    _complete(drafts)
    ordered = {_key(draft): draft for draft in drafts if draft.quantity is not None}
    kept: list[Draft] = []
    mentions: list[Draft] = []
    for draft in drafts:
        order = ordered.get(_key(draft)) if _is_mention(draft) else None
        if order is None or not _agree(draft, order):
            kept.append(draft)
            continue
        order.brands = order.brands or draft.brands
        mentions.append(draft)
    return kept, mentions


def _complete(drafts: list[Draft]) -> None:
    """`6207-2RS有货吗` … `6207的要100个`: the second means the first."""
    named: dict[str, Part] = {
        draft.part.base: draft.part
        for draft in drafts
        if draft.part and draft.has_suffix and _is_mention(draft)
    }
    for draft in drafts:
        meant = named.get(draft.part.base) if draft.part else None
        if meant and draft.quantity is not None and not draft.has_suffix:
            draft.part = meant


def _is_mention(draft: Draft) -> bool:
    return draft.part is not None and draft.quantity is None and not draft.from_table


def _agree(mention: Draft, order: Draft) -> bool:
    return not mention.brands or not order.brands or mention.brands == order.brands


def _key(draft: Draft) -> str:
    return part_key(draft.part.designation) if draft.part else ""
