"""Is it entered already? Partners that may be the same firm, and how much of them may be told."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.identity import is_chinese, name_key, phone_numbers, read_tax_number
from customers.models import Contact, Partner

MOST_TOLD = 5
TAX_NUMBER, NAME, PHONE = "tax_number", "name", "phone"
_REASONS = {
    TAX_NUMBER: gettext_lazy("same tax number"),
    NAME: gettext_lazy("similar name"),
    PHONE: gettext_lazy("same phone"),
}


@dataclass(frozen=True, slots=True)
class Likeness:
    """A partner that may be the one somebody is entering, and by what."""

    partner: Any
    reason: str

    @property
    def reason_text(self) -> str:
        return str(_REASONS[self.reason])


def find_similar(
    model: type[Partner],
    *,
    name: str,
    tax_id: str = "",
    phone: str = "",
    besides: int | None = None,
) -> list[Likeness]:
    """Return partners with this tax number, this name in another spelling, or this phone.

    The strongest reason first, each partner once, merged ones never; whoever asks.
    """
    manager: Any = model._default_manager
    rows = manager.filter(merged_into=None).select_related("owner")
    if besides is not None:
        rows = rows.exclude(pk=besides)
    number = read_tax_number(tax_id, chinese=is_chinese(name))
    found: dict[int, Likeness] = {}
    if number.key:
        for held in (rows.filter(tax_key=number.key), rows.filter(tax_id=number.text)):
            _note(found, held, TAX_NUMBER)
    if name_key(name):
        _note(found, rows.filter(name_key=name_key(name)), NAME)
    phones = phone_numbers(phone)
    if phones:
        column = "customer_id" if model._meta.model_name == "customer" else "supplier_id"
        reached = Contact.objects.filter(phone_key__in=phones).values_list(column, flat=True)
        _note(found, rows.filter(phone_key__in=phones), PHONE)
        _note(found, rows.filter(pk__in=[pk for pk in reached[:MOST_TOLD] if pk]), PHONE)
    return list(found.values())


def _note(found: dict[int, Likeness], rows: Any, reason: str) -> None:
    for partner in rows.order_by("pk")[:MOST_TOLD]:
        found.setdefault(partner.pk, Likeness(partner, reason))


def told_of(similar: list[Likeness], user: Any) -> list[dict[str, Any]]:
    """Return what this user may know: of a hidden partner that it exists and who is responsible."""
    if not similar:
        return []
    manager: Any = type(similar[0].partner)._default_manager
    visible: set[int] = set()
    if user is not None:
        keys = [one.partner.pk for one in similar]
        visible = set(manager.visible_to(user).filter(pk__in=keys).values_list("pk", flat=True))
    return [
        {
            "id": one.partner.pk if one.partner.pk in visible else None,
            "partner": str(one.partner) if one.partner.pk in visible else "",
            "responsible": str(one.partner.owner),
            "reason": one.reason,
        }
        for one in similar[:MOST_TOLD]
    ]


def similar_text(similar: list[Likeness], user: Any) -> str:
    """Return one line that tells a person which partners are meant."""
    lines = []
    for one, told in zip(similar, told_of(similar, user), strict=False):
        named = told["partner"] or _("a partner you do not see")
        lines.append(
            _("%(partner)s (%(reason)s, responsible: %(owner)s)")
            % {"partner": named, "reason": one.reason_text, "owner": told["responsible"]}
        )
    return "; ".join(lines)
