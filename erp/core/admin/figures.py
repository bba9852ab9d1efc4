"""Figures as people read them: no trailing zeros, thousands apart, rates in per cent."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.db import models

from erp.core.admin.scoped import display
from erp.core.money import CENT

Style = Callable[[Decimal], str]


def plain(value: Decimal) -> str:
    """8.000 is 8, 1250.500 is 1,250.5: quantities and sizes."""
    return f"{value.normalize():,f}"


def price(value: Decimal) -> str:
    """11.300000 is 11.30; decimals beyond the second only where there are any."""
    short = value.quantize(CENT)
    return f"{short:,f}" if short == value else plain(value)


def percent(value: Decimal) -> str:
    """0.1300 is 13%."""
    return f"{plain(value * 100)}%"


def figure(model: type[models.Model], name: str, style: Style) -> Any:
    """Return an admin column that shows a decimal field of the model in a style."""
    label = getattr(model._meta.get_field(name), "verbose_name", name)

    @display(description=label)
    def show(_admin: Any, obj: Any) -> str | None:
        value: Decimal | None = getattr(obj, name)
        return None if value is None else style(value)

    column: Any = show
    column.field_name = name  # exported as the number it is
    return column
