"""A maker's report that names our purchase orders: told of their goods, not counted beside them."""
# mypy: disable-error-code="comparison-overlap"
# (a Decimal and the same whole number are equal)

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from imports import services as imports
from inventory.models import Inbound, InboundPromise
from inventory.services import inbound_by_product
from orders import services
from orders.services import Confirmed
from tests import factories as f
from tests.importing import Importing, counts, told
from tests.support import assert_books_ok, buyer, posted_receipt, sent_purchase

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]
HEAD = "客户订单号,系统订单号,系统行号,系统分行号,型号,要求交货数量,当前确认的交货期,要求交货期"


@pytest.fixture
def reports(tmp_path: Path) -> Importing:
    return Importing("inbound", tmp_path)


def order(designation: str = "7016 CEGAT/P4A", quantity: int = 10) -> Any:
    return sent_purchase(f.ProductFactory(designation=designation), quantity)


def rows() -> list[tuple[Any, Any, str]]:
    found = Inbound.objects.order_by("confirmed_on", "pk")
    return list(found.values_list("quantity", "confirmed_on", "reference"))


def test_our_order_s_goods_are_not_counted_twice(reports: Importing) -> None:
    bought = order()
    product = bought.lines.get().product_id
    line = f"{bought.number},19K1,13,A,7016 CEGAT/P4A,10,20261213,20261123"
    assert counts(reports.apply(reports.file(HEAD, line))) == {"new": 1}
    assert inbound_by_product([product]) == {product: 10}
    assert rows() == [(10, date(2026, 12, 13), "19K1/13/A")]
    assert counts(reports.apply(reports.file(HEAD, line))) == {"unchanged": 1}
    assert_books_ok()


def test_parts_of_a_line_have_their_own_days_and_the_rest_has_none(reports: Importing) -> None:
    bought = order()
    path = reports.file(
        HEAD,
        f"{bought.number},19K1,13,A,7016 CEGAT/P4A,3,20261201,",
        f"{bought.number},19K1,13,B,7016 CEGAT/P4A,5,20261220,",
    )
    reports.apply(path)
    assert sorted(rows(), key=str) == sorted(
        [(3, date(2026, 12, 1), "19K1/13/A"), (5, date(2026, 12, 20), "19K1/13/B"), (2, None, "")],
        key=str,
    )
    posted_receipt(bought, 4)
    assert sum(quantity for quantity, _on, _reference in rows()) == 6
    assert_books_ok()


def test_a_delay_is_told_and_kept(reports: Importing) -> None:
    bought = order()
    line = f"{bought.number},19K1,13,A,7016 CEGAT/P4A,10,%s,"
    reports.apply(reports.file(HEAD, line % "20261201"))
    of = reports.apply(reports.file(HEAD, line % "20261215"))
    assert told(of) == [(2, "delayed")]
    assert told(reports.check(reports.file(HEAD, line % "20261210"))) == [(2, "brought_forward")]
    last = InboundPromise.objects.latest("pk")
    assert (last.previous_on, last.confirmed_on, last.moved_days) == (
        date(2026, 12, 1),
        date(2026, 12, 15),
        14,
    )
    imports.undo_import(of.pk, by=None)
    assert rows() == [(10, date(2026, 12, 1), "19K1/13/A")]
    assert_books_ok()


def test_what_the_next_report_leaves_out_is_marked_not_removed(reports: Importing) -> None:
    f.ProductFactory(designation="7020 ACDGA/P4A")
    bought = order()
    ours = f"{bought.number},19K1,13,A,7016 CEGAT/P4A,10,20261201,"
    other = "X-1,19K1,14,A,7020 ACDGA/P4A,2,20261201,"
    reports.apply(reports.file(HEAD, ours, other))
    reports.apply(reports.file(HEAD, other))
    gone = Inbound.objects.exclude(missing_since=None).get()
    assert (gone.reference, gone.quantity) == ("19K1/13/A", 10)
    assert InboundPromise.objects.filter(is_gone=True).count() == 1
    reports.apply(reports.file(HEAD, ours, other))
    assert not Inbound.objects.exclude(missing_since=None).exists()
    assert_books_ok()


def test_a_report_goes_before_what_a_person_noted(reports: Importing) -> None:
    bought = order()
    noted = [Confirmed(bought.lines.get().pk, date(2026, 12, 1), bought.lines.get().quantity)]
    services.confirm_purchase_order(bought.pk, lines=noted, by=buyer())
    reports.apply(reports.file(HEAD, f"{bought.number},19K1,13,A,7016 CEGAT/P4A,10,20261220,"))
    assert rows() == [(10, date(2026, 12, 20), "19K1/13/A")]


def test_what_is_received_already_is_no_longer_inbound(reports: Importing) -> None:
    bought = order()
    posted_receipt(bought)
    reports.apply(reports.file(HEAD, f"{bought.number},19K1,13,A,7016 CEGAT/P4A,10,20261220,"))
    assert not Inbound.objects.exists()


def test_a_part_that_is_not_on_our_order_is_told_and_counted_apart(reports: Importing) -> None:
    bought = order()
    f.ProductFactory(designation="7020 ACDGA/P4A")
    of = reports.apply(reports.file(HEAD, f"{bought.number},19K1,14,A,7020 ACDGA/P4A,1,20261220,"))
    assert told(of) == [(2, "not_on_our_order")]
    assert Inbound.objects.count() == 2
