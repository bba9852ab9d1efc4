"""A verb on many rows: effects first, then each by itself with an outcome of its own."""

import io
from typing import Any

import pypdf
import pytest
from django.contrib.auth.models import Permission
from django.utils import translation

from accounts.models import User
from audit.models import AuditEntry
from erp.core.models import NumberSequence
from erp.core.printing import pdf_available
from inventory.models import Reservation, StockMove
from messaging.models import Notification
from orders.models import Delivery, SalesOrder
from quotations.models import Quotation
from tests import factories as f
from tests.support import (
    assert_books_ok,
    draft_order,
    everything,
    line,
    planned_delivery,
    seller,
    stock,
)
from tests.test_admin import client_of, url

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss() -> User:
    user: User = f.UserFactory(language="en")
    user.user_permissions.set(Permission.objects.all())
    return user


def _ask(user: User, model: Any, action: str, *rows: Any, **more: Any) -> Any:
    data = {"action": action, "_selected_action": [row.pk for row in rows], **more}
    return client_of(user).post(url(model, "changelist"), data)


def _do(user: User, model: Any, action: str, *rows: Any, **more: Any) -> Any:
    seen = {f"seen-{row.pk}": row.version for row in rows}
    go = [row.pk for row in rows]
    return _ask(user, model, action, *rows, **{"post": "yes", "go": go, **seen, **more})


def _orders(quantity: int, *, in_stock: int) -> list[SalesOrder]:
    product = f.ProductFactory()
    stock(product, in_stock, "100.00")
    return [draft_order(line(product, quantity)) for _number in range(2)]


def test_the_page_tells_what_would_happen_and_changes_nothing(boss: User) -> None:
    orders = _orders(30, in_stock=100)
    client = client_of(boss)
    before = everything()

    data = {"action": "confirm", "_selected_action": [order.pk for order in orders]}
    page = client.post(url(SalesOrder, "changelist"), data)

    with translation.override("en"):
        for one in page.context["previews"]:
            assert (one.status, one.new_status) == ("draft", "confirmed")
            assert one.effects == [("reserved", "0", "30")]
            assert (one.lines, one.against) == (1, "")
    assert everything() == before
    assert not NumberSequence.objects.filter(series="SO").exists()


def test_what_stands_against_it_is_told_in_the_words_of_the_refusal(boss: User) -> None:
    (short, _other) = _orders(30, in_stock=10)

    page = _ask(boss, SalesOrder, "confirm", short)

    (one,) = page.context["previews"]
    assert one.against
    assert page.context["possible"] == 0
    assert 'name="post"' not in page.content.decode()
    assert not AuditEntry.objects.filter(action="order.confirm.refused").exists()


def test_each_document_goes_by_itself_with_an_outcome(boss: User) -> None:
    """Each fits alone, both do not: the first is confirmed, the second tells why not."""
    first, second = _orders(30, in_stock=40)

    page = _do(boss, SalesOrder, "confirm", first, second)

    assert [one.kind for one in page.context["outcomes"]] == ["done", "refused"]
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.status, second.status) == ("confirmed", "draft")
    assert Reservation.objects.count() == 1
    assert_books_ok()


def test_what_was_changed_in_the_meantime_is_left_alone(boss: User) -> None:
    orders = _orders(30, in_stock=100)
    SalesOrder.objects.filter(pk=orders[0].pk).update(version=7)

    page = _do(boss, SalesOrder, "confirm", *orders)

    assert [one.kind for one in page.context["outcomes"]] == ["changed", "done"]
    orders[0].refresh_from_db()
    assert orders[0].status == "draft"


def test_a_page_posted_twice_does_nothing_twice(boss: User) -> None:
    orders = _orders(3, in_stock=100)
    _do(boss, SalesOrder, "confirm", *orders)
    again = _do(boss, SalesOrder, "confirm", *orders)
    assert [one.kind for one in again.context["outcomes"]] == ["changed", "changed"]
    assert NumberSequence.objects.get(series="SO").last == 2


def test_only_ticked_rows_are_touched(boss: User) -> None:
    orders = _orders(3, in_stock=100)
    _do(boss, SalesOrder, "confirm", *orders, go=[orders[1].pk])
    assert [SalesOrder.objects.get(pk=o.pk).status for o in orders] == ["draft", "confirmed"]


def test_ticked_rows_go_even_when_the_filter_lost_them(boss: User) -> None:
    """The outcome tells of a row whose status another changed since the page was shown."""
    (order, _other) = _orders(3, in_stock=100)
    SalesOrder.objects.filter(pk=order.pk).update(version=2, status="cancelled")
    seen = {"post": "yes", "go": [order.pk], f"seen-{order.pk}": 1}
    data = {"action": "confirm", "_selected_action": [order.pk], **seen}

    page = client_of(boss).post(url(SalesOrder, "changelist") + "?status__exact=draft", data)

    assert [one.kind for one in page.context["outcomes"]] == ["changed"]


def test_all_that_match_the_filter_are_taken_up_to_a_bound(
    boss: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("erp.core.admin.batch.MOST_ROWS", 2)
    rows = [f.QuotationFactory() for _number in range(3)]

    page = _ask(boss, Quotation, "submit", rows[0], select_across="1")

    assert len(page.context["previews"]) == 2
    assert page.context["too_many"]


def test_shipping_shows_the_stock_that_leaves_and_no_cost(boss: User) -> None:
    product = f.ProductFactory()
    stock(product, 50, "777.00")
    delivery = planned_delivery(line(product, 10))

    page = _ask(boss, Delivery, "ship", delivery)

    (one,) = page.context["previews"]
    assert ("out of stock", "0", "10") in one.effects
    assert "155.4" not in page.content.decode()
    assert not StockMove.objects.filter(source_type="orders.delivery").exists()


def test_rows_out_of_sight_are_neither_shown_nor_touched() -> None:
    sales = f.UserFactory(role="sales")
    foreign = f.QuotationFactory()

    asked = _ask(sales, Quotation, "submit", foreign)
    done = _do(sales, Quotation, "submit", foreign)

    foreign.refresh_from_db()
    assert asked.context["previews"] == []
    assert foreign.ref not in done.content.decode()
    assert foreign.status == "draft"


def test_nobody_is_told_of_what_was_only_tried(boss: User) -> None:
    quotation = f.QuotationFactory(owner=seller())
    f.UserFactory(role="manager")
    _ask(boss, Quotation, "submit", quotation)
    assert not Notification.objects.exists()


def test_the_right_is_asked(boss: User) -> None:
    sales = f.UserFactory(role="sales")
    quotation = f.QuotationFactory(owner=sales, status="submitted")
    answer = _do(sales, Quotation, "approve", quotation)
    quotation.refresh_from_db()
    assert quotation.status == "submitted"
    assert answer.status_code in {200, 302, 403}


@pytest.mark.skipif(pdf_available() is not None, reason="needs pango")
def test_ticked_documents_are_printed_as_one_file(boss: User) -> None:
    rows = [f.QuotationFactory(), f.QuotationFactory()]

    answer = _ask(boss, Quotation, "print_selected", *rows)

    assert answer.headers["Content-Type"] == "application/pdf"
    pages = pypdf.PdfReader(io.BytesIO(answer.content)).pages
    assert len(pages) == 2
    for page, row in zip(pages, rows, strict=True):
        assert row.ref in page.extract_text()


def test_nothing_is_printed_without_the_right_to_see_it() -> None:
    storekeeper = f.UserFactory(role="storekeeper")
    answer = _ask(storekeeper, Quotation, "print_selected", f.QuotationFactory())
    assert answer.status_code == 403
