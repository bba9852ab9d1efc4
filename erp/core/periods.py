"""Closed periods: what is dated inside one is refused."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from erp.core.errors import DomainError
from erp.core.models import Company, Period, TaxRate, rate_on
from erp.core.service import looked_up_once


def assert_open(on: date, area: str) -> None:
    """Raise DomainError ``period_closed`` when the day lies in a closed period of the area."""
    closed = looked_up_once(("closed", on), lambda: _closed_areas(on))
    if area in closed:
        raise DomainError(
            _("%(on)s lies in a closed period.") % {"on": on}, code="period_closed", field="date"
        )


def _closed_areas(on: date) -> set[str]:
    closed = Period.objects.filter(starts_on__lte=on, ends_on__gte=on, closed_at__isnull=False)
    return set(closed.order_by().values_list("area", flat=True))


def company() -> Company:
    """Return our company; DomainError ``no_company`` before it is set up."""
    found = looked_up_once("company", Company.objects.select_related("currency").first)
    if found is None:
        raise DomainError(_("Set up the company first."), code="no_company")
    return found


_posting_day: ContextVar[date | None] = ContextVar("posting_day", default=None)


@contextmanager
def posting_on(day: date) -> Iterator[None]:
    """Let services date what they do as of a day of the past, and tell nobody: history is loaded.

    Closed periods refuse that day as they refuse any other.
    """
    token = _posting_day.set(day)
    try:
        yield
    finally:
        _posting_day.reset(token)


def is_history() -> bool:
    """Return whether what happens now happened long ago."""
    return _posting_day.get() is not None


def company_today() -> date:
    """Return today's date where the company is (settings.TIME_ZONE), whoever asks."""
    return _posting_day.get() or timezone.localdate(timezone=timezone.get_default_timezone())


def standard_tax_rate(on: date) -> TaxRate:
    """Return the general rate valid on a day; DomainError ``no_tax_rate`` without one."""
    rate = (
        TaxRate.objects.filter(code="general", valid_from__lte=on)
        .exclude(valid_to__lt=on)
        .order_by("-valid_from")
        .first()
    )
    if rate is None:
        raise DomainError(
            _("There is no general tax rate for %(on)s.") % {"on": on}, code="no_tax_rate"
        )
    return rate


def exchange_rate_on(currency: str, on: date) -> Decimal:
    """Return units of our currency for one of another on a day; DomainError no_exchange_rate."""
    return known_rate(rate_on(currency, company(), on), currency)


def known_rate(rate: Decimal | None, currency: str) -> Decimal:
    """Return the rate that was found for a currency. Raises DomainError no_exchange_rate."""
    if rate is None:
        raise DomainError(
            _("There is no exchange rate for %(currency)s.") % {"currency": currency},
            code="no_exchange_rate",
            field="currency",
        )
    return rate
