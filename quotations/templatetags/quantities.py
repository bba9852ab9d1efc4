"""How figures are written on the sales pages."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import template
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from erp.core.models import Unit
from erp.core.money import plain as plain_number
from quotations.grid import grouped_price, price_text
from quotations.services import shown_price

register = template.Library()

_MATCHES = {
    "exact": _("exact"),
    "normalised": _("same designation"),
    "code": _("known code"),
    "parsed": _("other wording"),
    "interchange": _("interchange"),
    "prefix": _("begins like this"),
    "dimension": _("same size"),
    "fuzzy": _("similar"),
    "chosen": _("chosen by hand"),
    "none": _("no part found"),
}


@register.filter
def plain(value: Decimal | None) -> str:
    """A quantity: no zeros behind; nothing for a missing one."""
    return plain_number(value) if isinstance(value, Decimal) else ""


@register.filter
def price(value: Decimal | None) -> str:
    """A unit price: at least cents, at most what is stored, thousands apart."""
    return grouped_price(value) if isinstance(value, Decimal) else ""


@register.filter
def about(value: Decimal | None) -> str:
    """A price that was worked out, an average: in cents, below 1 in four decimals."""
    return grouped_price(shown_price(value)) if isinstance(value, Decimal) else ""


@register.filter
def money(value: Decimal | None) -> str:
    """An amount with grouped thousands."""
    return f"{value:,.2f}" if isinstance(value, Decimal) else ""


@register.filter
def percent(rate: Decimal) -> str:
    return f"{plain_number(rate * 100)} %"


@register.filter
def signed_percent(rate: Decimal) -> str:
    """How much dearer or cheaper: +3.5 %, −12 %."""
    shown = (rate * 100).quantize(Decimal("0.1"))
    sign = "+" if shown > 0 else "−" if shown < 0 else "±"
    return f"{sign}{plain_number(abs(shown))} %"


@register.filter
def short_price(value: Decimal | None) -> str:
    """A price that was converted: four decimals at most, as nobody wrote more."""
    return price_text(value.quantize(Decimal("0.0001"))) if isinstance(value, Decimal) else ""


@register.filter
def of_key(rows: Mapping[Any, Any], key: Any) -> Any:
    """What stands under a key; None without it."""
    return rows.get(key)


@register.filter
def rate(value: Decimal | None) -> str:
    """A part of a whole: 12.5 %."""
    if not isinstance(value, Decimal):
        return ""
    return f"{value * 100:.1f} %"


@register.filter
def unit_name(unit: Unit | None) -> str:
    """The unit in the reader's language."""
    if not unit:
        return ""
    return unit.name_zh if (get_language() or "").startswith("zh") else unit.name_en


@register.filter
def match_name(match: str) -> str:
    """How a part was found, in words."""
    return str(_MATCHES.get(match, match))
