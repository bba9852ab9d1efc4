"""Other receipts and issues: samples, scrap, surplus, adjustments."""
# mypy: disable-error-code="comparison-overlap"

from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from erp.core.periods import company_today
from finance.ledger import Role, account_balance
from inventory.models import Bin, StockBalance, StockEntry, StockMove, StockValue
from inventory.services import (
    StockLineInput,
    cancel_entry,
    copy_entry,
    create_entry,
    post_entry,
    refuse_entry,
    replace_entry_lines,
    reverse_entry,
    submit_entry,
)
from messaging.models import Notification
from products.models import Product
from tests import factories
from tests.support import (
    actions,
    assert_books_ok,
    confirmed_order,
    keeper,
    line,
    main_bin,
    main_warehouse,
    manager,
    refused,
    stock,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]


def part(quantity: Any = 10, value: Any = "75.00") -> Product:
    product = factories.ProductFactory()
    stock(product, quantity, value)
    return product


def of(product: Product, quantity: Any, cost: Any = None, place: Bin | None = None) -> Any:
    return StockLineInput(
        product.pk,
        Decimal(quantity),
        (place or main_bin()).pk,
        unit_cost=None if cost is None else Decimal(cost),
    )


def draft(kind: str, *lines: StockLineInput, **more: Any) -> StockEntry:
    more.setdefault("reason", "锈蚀")
    more.setdefault("by", keeper())
    return create_entry(kind, main_warehouse().pk, lines, **more)


def posted(kind: str, *lines: StockLineInput, **more: Any) -> StockEntry:
    return post_entry(draft(kind, *lines, **more).pk, by=keeper())


def on_hand(product: Product) -> Decimal:
    return StockBalance.objects.get(product=product).on_hand


@pytest.mark.parametrize(
    ("kind", "moved", "account"),
    [
        ("sample", "sample", Role.SAMPLES),
        ("scrap", "scrap", Role.STOCK_LOSS),
        ("adjustment_out", "adjustment", Role.STOCK_ADJUSTMENT),
    ],
)
def test_goods_leave_at_the_average_under_their_own_name(
    kind: str, moved: str, account: Any
) -> None:
    product = part()
    entry = posted(kind, of(product, 4))
    row = entry.lines.get()
    assert (entry.status, entry.number) == ("posted", f"SE-{company_today().year}-000001")
    assert (on_hand(product), row.value) == (6, Decimal("30.00"))
    assert StockMove.objects.get(kind=moved).value == Decimal("30.00")
    assert account_balance(account) == Decimal("30.00")
    assert actions(entry) == ["stock_entry.created", "stock_entry.posted"]
    assert_books_ok()


@pytest.mark.parametrize(
    ("kind", "moved"), [("surplus", "surplus"), ("adjustment_in", "adjustment")]
)
def test_goods_come_in_at_the_current_cost_or_at_the_one_given(kind: str, moved: str) -> None:
    product, priced = part(), part()
    entry = posted(kind, of(product, 2), of(priced, 2, "9.125"))
    assert [row.value for row in entry.lines.all()] == [Decimal("15.00"), Decimal("18.25")]
    assert StockMove.objects.filter(kind=moved).count() == 2
    assert StockValue.objects.get(product=priced).value == Decimal("93.25")
    assert_books_ok()


def test_what_leaves_has_no_cost_of_its_own() -> None:
    product = part()
    entry = posted("scrap", of(product, 2, "99"))
    row = entry.lines.get()
    assert (row.unit_cost, row.value) == (None, Decimal("15.00"))


def test_two_lines_of_one_product_take_what_is_there_to_the_cent() -> None:
    product = part(3, "10.00")
    entry = posted("scrap", of(product, 1), of(product, 2))
    assert [row.value for row in entry.lines.all()] == [Decimal("3.33"), Decimal("6.67")]
    assert_books_ok()


def test_no_more_leaves_than_is_there_or_free() -> None:
    product = part()
    confirmed_order(line(product, 7))
    entry = draft("scrap", of(product, 4))
    with refused("insufficient_stock"):
        post_entry(entry.pk, by=keeper())


def test_a_reason_is_needed() -> None:
    product, by = part(), keeper()
    with refused("reason_missing", field="reason"):
        draft("scrap", of(product, 1), reason="  ", by=by)


def test_a_sample_names_its_customer_and_nothing_else_does() -> None:
    product, customer = part(), factories.CustomerFactory()
    entry = draft("sample", of(product, 1), customer_id=customer.pk)
    assert entry.customer == customer
    with refused("unknown_customer", field="customer_id"):
        draft("scrap", of(product, 1), customer_id=customer.pk)
    with refused("unknown_customer", field="customer_id"):
        draft("sample", of(product, 1), customer_id=10**9)


@pytest.mark.parametrize(
    ("kind", "make", "code", "field"),
    [
        ("theft", lambda p: [of(p, 1)], "unknown_kind", "kind"),
        ("scrap", lambda p: [], "no_lines", "lines"),
        (
            "scrap",
            lambda p: [StockLineInput(p.pk, Decimal(1))],
            "bin_missing",
            "lines[1].bin_id",
        ),
        (
            "scrap",
            lambda p: [of(p, 1, place=Bin.objects.get(warehouse__code="EAST"))],
            "unknown_bin",
            "lines[1].bin_id",
        ),
        ("surplus", lambda p: [of(p, 1, "-1")], "bad_price", "lines[1].unit_cost"),
    ],
)
def test_wrong_entries_are_refused(kind: str, make: Any, code: str, field: str) -> None:
    product, by = part(), keeper()
    with refused(code, field=field):
        draft(kind, *make(product), by=by)


def test_large_ones_are_posted_by_somebody_else_who_may() -> None:
    product = part(1000, "8000.00")
    boss = factories.UserFactory(role="manager")
    entry = draft("scrap", of(product, 100))
    with refused("approval_needed"):
        post_entry(entry.pk, by=keeper())

    submit_entry(entry.pk, by=keeper())
    assert Notification.objects.filter(recipient=boss, kind="stock_entry.submitted").exists()
    with refused("approval_needed"):
        post_entry(entry.pk, by=keeper())
    entry = post_entry(entry.pk, by=boss)

    assert (entry.status, entry.posted_by) == ("posted", boss)
    assert_books_ok()


def test_nobody_approves_his_own() -> None:
    product = part(1000, "8000.00")
    boss = factories.UserFactory(role="manager")
    entry = draft("scrap", of(product, 100), by=boss)
    with refused("own_document"):
        post_entry(entry.pk, by=boss)


def test_the_limit_is_the_warehouse_s() -> None:
    product = part(1000, "8000.00")
    warehouse = main_warehouse()
    warehouse.approval_limit = Decimal("800.00")
    warehouse.save()
    assert posted("scrap", of(product, 100)).status == "posted"


def test_what_is_given_back_is_a_draft_again() -> None:
    entry = submit_entry(draft("scrap", of(part(), 1)).pk, by=keeper())
    entry = refuse_entry(entry.pk, by=manager(), reason="没有照片")
    assert entry.status == "draft"
    with refused("invalid_transition"):
        refuse_entry(entry.pk, by=manager())
    replaced = replace_entry_lines(
        entry.pk, [of(part(), 2)], by=keeper(), version=entry.version, reason="锈死", notes="见照片"
    )
    assert (replaced.reason, replaced.notes, replaced.lines.get().quantity) == ("锈死", "见照片", 2)


def test_cancelled_and_posted_ones_stay_so() -> None:
    product = part()
    cancelled = cancel_entry(draft("scrap", of(product, 1)).pk, by=keeper())
    done = posted("scrap", of(product, 1))
    for entry in (cancelled, done):
        for step in (post_entry, submit_entry, cancel_entry):
            with refused("invalid_transition"):
                step(entry.pk, by=keeper())
        with refused("invalid_transition"):
            replace_entry_lines(entry.pk, [of(product, 1)], by=keeper())


def test_reversed_all_is_as_before() -> None:
    product = part(3, "10.00")
    out, found = posted("scrap", of(product, 1)), posted("surplus", of(product, 2))
    for entry in (found, out):
        assert reverse_entry(entry.pk, by=manager()).status == "reversed"
    row = StockValue.objects.get(product=product)
    assert (row.quantity, row.value) == (3, Decimal("10.00"))
    assert_books_ok()


def test_a_copy_is_a_draft_of_the_same_lines_without_values() -> None:
    entry = posted("surplus", of(part(), 2, "9.5"))
    copy = copy_entry(entry.pk, by=keeper())
    row = copy.lines.get()
    assert (copy.status, copy.number, copy.reason, copy.kind) == ("draft", None, "锈蚀", "surplus")
    assert (row.quantity, row.unit_cost, row.value) == (2, Decimal("9.5"), None)


def test_a_draft_without_lines_is_not_posted() -> None:
    part()
    entry = draft("scrap", allow_empty=True)
    with refused("no_lines"):
        post_entry(entry.pk, by=keeper())
    with refused("no_lines"):
        submit_entry(entry.pk, by=keeper())


def test_a_closed_period_admits_none() -> None:
    product, today = part(), company_today()
    entry = draft("scrap", of(product, 1))
    factories.PeriodFactory(area="stock", starts_on=today, ends_on=today, closed_at=timezone.now())
    with refused("period_closed"):
        post_entry(entry.pk, by=keeper())
