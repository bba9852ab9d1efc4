"""Periodic jobs of quotations and requests to suppliers."""

from collections.abc import Callable
from datetime import date, timedelta

from erp.core.jobs import job
from erp.core.periods import company_today
from quotations.services import (
    expire_quotations,
    remind_of_answers,
    tell_lapsed,
    warn_of_expiry,
)

# More than this many batches are left for the next run.
_MOST_BATCHES = 1000


@job("quotations.expire", every=timedelta(hours=6))
def expire() -> None:
    """Expire what is no longer valid where the company is, and warn of what soon will not be.

    Doing it again does nothing: several times a day, so that a run that was missed does not matter.
    """
    _in_batches(expire_quotations)
    _in_batches(warn_of_expiry)


def _in_batches(run: Callable[[date], int]) -> None:
    for _batch in range(_MOST_BATCHES):
        if not run(company_today()):
            return


@job("quotations.remind_of_answers", every=timedelta(days=1))
def remind() -> None:
    """Tell the owners of requests what is due, late, or has run out."""
    remind_of_answers(company_today())
    tell_lapsed(company_today())
