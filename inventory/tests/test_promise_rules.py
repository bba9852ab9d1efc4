"""Whatever comes and whatever is owed: a promise kept leaves no day shorter than it was."""

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from inventory.services.promise import Promise

TODAY = date(2026, 11, 24)
days = st.integers(-5, 20).map(lambda n: TODAY + timedelta(days=n))
quantities = st.integers(1, 50).map(Decimal)


@given(
    on_hand=quantities,
    inbound=st.lists(st.tuples(quantities, st.none() | days)),
    demand=st.lists(st.tuples(quantities, st.none() | days)),
    asked=quantities,
)
def test_a_promise_kept_leaves_no_day_shorter(
    on_hand: Decimal,
    inbound: list[tuple[Decimal, date | None]],
    demand: list[tuple[Decimal, date | None]],
    asked: Decimal,
) -> None:
    """A day on which all that is owed could be met still can, after the promise."""
    known = Promise(TODAY, on_hand=on_hand)
    for quantity, on in inbound:
        known.expect(quantity, on)
    for quantity, on in demand:
        known.owe(quantity, on)

    def short(extra: list[tuple[Decimal, date]]) -> set[date]:
        owed = [(q, max(on or TODAY, TODAY)) for q, on in demand] + extra
        come = [(q, on) for q, on in inbound if on is not None and on >= TODAY]
        every = {TODAY, *(on for _q, on in owed), *(on for _q, on in come)}
        level = {
            day: on_hand
            + sum(q for q, on in come if on <= day)
            - sum(q for q, on in owed if on <= day)
            for day in every
        }
        return {day for day, left in level.items() if left < 0}

    first = known.earliest(asked)
    if first is not None:
        assert short([(asked, first)]) <= short([])
        assert known.on(first) >= asked
        before = first - timedelta(days=1)
        assert before < TODAY or known.on(before) < asked
