"""What is invoiced after the partner's cut-off day belongs to the next month."""

from datetime import date

import pytest

from erp.core.models import PaymentTerm
from finance.services import due_date

MONTH_END_30 = PaymentTerm(code="m30", rule=PaymentTerm.Rule.MONTH_END, days=30)


@pytest.mark.parametrize(
    ("invoiced", "cut_off", "due"),
    [
        (date(2026, 11, 5), None, date(2026, 12, 30)),
        (date(2026, 11, 25), 25, date(2026, 12, 30)),
        (date(2026, 11, 26), 25, date(2027, 1, 30)),
        (date(2026, 12, 26), 25, date(2027, 3, 2)),
        (date(2026, 2, 28), 31, date(2026, 3, 30)),
    ],
)
def test_the_month_follows_the_cut_off_day(invoiced: date, cut_off: int | None, due: date) -> None:
    assert due_date(MONTH_END_30, invoiced, cut_off_day=cut_off) == due


def test_terms_that_count_days_know_no_cut_off() -> None:
    days = PaymentTerm(code="d30", rule=PaymentTerm.Rule.DAYS, days=30)
    assert due_date(days, date(2026, 11, 26), cut_off_day=25) == date(2026, 12, 26)
