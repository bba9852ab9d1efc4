"""Many rows at once: what is written is what was said, on either database."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.utils import timezone

from erp.core.bulk import delete, insert, overwrite, span, update
from erp.core.models import Currency, ExchangeRate, Period

pytestmark = pytest.mark.django_db

HOSTILE = "'; DROP TABLE core_currency; -- \\' %s {0}"


@pytest.fixture
def entries() -> Any:
    return apps.get_model("audit", "AuditEntry")


def test_ids_are_set_and_every_value_comes_back(entries: Any) -> None:
    made = [
        entries(
            action="a.b", object_type="t", object_id=str(n), object_label=HOSTILE, changes={"n": n}
        )
        for n in range(250)
    ]
    insert(made)
    assert len({entry.pk for entry in made}) == 250
    for entry in made:
        stored = entries.objects.get(pk=entry.pk)
        assert (stored.object_id, stored.object_label) == (entry.object_id, HOSTILE)
        assert (stored.changes, stored.actor_id, stored.reason) == (entry.changes, None, "")
    assert abs((timezone.now() - stored.at).total_seconds()) < 3600


@pytest.mark.parametrize("text", ["same", HOSTILE, "", "深沟球轴承", "\\", "a'b"])
def test_a_value_all_rows_share_is_the_same_text(entries: Any, text: str) -> None:
    made = [
        entries(action="a.b", object_type=text, object_id="", object_label="") for _n in range(3)
    ]
    insert(made)
    assert set(entries.objects.values_list("object_type", flat=True)) == {text}


def test_decimals_and_dates_are_exact() -> None:
    Currency.objects.get_or_create(code="EUR", defaults={"name": "Euro"})
    rates = [
        ExchangeRate(currency_id="EUR", on=date(2026, 1, n + 1), rate=Decimal(f"7.{n}1230001"))
        for n in range(5)
    ]
    insert(rates)
    for rate in rates:
        stored = ExchangeRate.objects.get(pk=rate.pk)
        assert (stored.on, stored.rate) == (rate.on, rate.rate)


@pytest.mark.parametrize("write", [update, overwrite])
def test_update_writes_the_named_columns_alone(write: Any) -> None:
    rows = [
        Period(area="stock", starts_on=date(2026, n, 1), ends_on=date(2026, n, 28)) for n in (1, 2)
    ]
    insert(rows)
    for row in rows:
        row.ends_on, row.area = date(2026, row.starts_on.month, 27), "finance"
    write(rows, ["ends_on"])
    assert Period.objects.count() == 2
    assert set(Period.objects.values_list("ends_on__day", "area")) == {(27, "stock")}


def test_delete_takes_these_rows_and_no_other(entries: Any) -> None:
    made = [
        entries(action="a.b", object_type="t", object_id="", object_label="") for _n in range(5)
    ]
    insert(made)
    delete(entries, [entry.pk for entry in made[1:4]])
    assert set(entries.objects.values_list("pk", flat=True)) == {made[0].pk, made[4].pk}
    insert([])
    update([], ["action"])
    overwrite([], ["action"])


def test_a_run_of_ids_is_a_span() -> None:
    assert span("pk", [5, 6, 7]) == {"pk__gte": 5, "pk__lte": 7}
    assert span("pk", [5, 7]) == {"pk__in": [5, 7]}
    assert span("pk", ["a", "b"]) == {"pk__in": ["a", "b"]}
