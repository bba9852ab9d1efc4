"""What many at once may not break, on the real database: SQLite knows no row locks.

Each race is run with its lock, many rounds; and once more with the lock taken away and the fatal
interleaving forced by a rendezvous, to prove that the test would see the bug. Taking it away
patches ``QuerySet.select_for_update``, as pretix does: the one exception to "no mocks".
"""

import contextlib
import random
import threading
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, OperationalError, connection, transaction
from django.db.models import QuerySet, Sum

from customers.models import Customer
from erp.core import bulk, jobs
from erp.core import service as service_module
from erp.core.errors import DomainError
from erp.core.idempotency import once
from erp.core.models import IdempotencyKey, NumberSequence
from erp.core.numbering import draw_number
from erp.core.service import service
from finance import services as finance
from finance.models import Allocation, Invoice, Payment
from inventory.models import Reservation, StockBalance, StockValue
from inventory.services import Source, release
from orders import services as orders
from orders.models import Delivery, SalesOrder
from products.codes import learn_code
from products.models import Product, ProductCode
from quotations.models import Quotation
from tests import factories
from tests.racing import (
    ON_MARIADB,
    ROUNDS,
    THREADS,
    Rendezvous,
    at_once,
    codes,
    meet_before,
    without_lock,
)
from tests.support import (
    accountant,
    assert_books_ok,
    chart,
    counted_receipt,
    keeper,
    line,
    main_warehouse,
    planned_delivery,
    posted_payment,
    seller,
    sent_purchase,
    sent_quotation,
    shipped_delivery,
    simple_invoice,
    stock,
)

pytestmark = ON_MARIADB


# --- the last unit -----------------------------------------------------------------------------


def _confirm(order: SalesOrder) -> Callable[[], Any]:
    boss = seller()
    return lambda: orders.confirm_order(order.pk, by=boss)


def _draft(*products: Product, quantity: int = 1) -> SalesOrder:
    """Draft an order without the way through a quotation."""
    customer = Customer.objects.first() or factories.CustomerFactory(owner=seller())
    order = factories.SalesOrderFactory(
        owner=seller(), customer=customer, warehouse=main_warehouse(), lines=0
    )
    rows = [
        factories.SalesOrderLineFactory(
            document=order, line_no=number, product=product, quantity=quantity
        )
        for number, product in enumerate(products, 1)
    ]
    order.sum_lines(rows)
    order.save()
    return order


def _orders_for_the_last_unit(product: Product, count: int) -> list[Callable[[], Any]]:
    return [_confirm(_draft(product)) for _number in range(count)]


@pytest.mark.case("C01")
def test_of_64_orders_for_the_last_unit_exactly_one_is_confirmed() -> None:
    for _round in range(ROUNDS):
        product = factories.ProductFactory()
        stock(product, 1, "8.00")

        results = at_once(*_orders_for_the_last_unit(product, 64))

        assert codes(results) == ["insufficient_stock"] * 63 + ["ok"]
        assert Reservation.objects.filter(product=product).count() == 1
        assert StockBalance.objects.get(product=product).reserved == 1
    assert SalesOrder.objects.filter(status="confirmed").count() == ROUNDS
    assert_books_ok()


@pytest.mark.case("C01")
def test_without_the_lock_on_stock_both_get_the_last_unit(monkeypatch: Any) -> None:
    product = factories.ProductFactory()
    stock(product, 1, "8.00")
    race = _orders_for_the_last_unit(product, 2)
    without_lock(monkeypatch, StockBalance)
    # Both have read the balance and decided; then both write.
    meet_before(monkeypatch, bulk, "insert", Rendezvous(2))  # of the reservations

    results = at_once(*race)

    assert codes(results) == ["ok", "ok"]
    promised = Reservation.objects.filter(product=product).aggregate(n=Sum("quantity"))["n"]
    assert promised == 2  # of one on hand


@pytest.mark.case("C01")
def test_of_64_orders_of_one_to_three_pieces_no_more_than_ten_are_promised() -> None:
    for _round in range(ROUNDS):
        product = factories.ProductFactory()
        stock(product, 10, "80.00")
        race = [_confirm(_draft(product, quantity=1 + n % 3)) for n in range(64)]

        told = codes(at_once(*race))

        assert set(told) <= {"ok", "insufficient_stock"}
        promised = Reservation.objects.filter(product=product).aggregate(n=Sum("quantity"))["n"]
        # Whoever was refused wanted more than was left.
        assert 10 - 3 < promised <= 10
    assert_books_ok()


# --- orders over the same products in opposite order -------------------------------------------


@pytest.mark.case("C02")
def test_orders_of_many_lines_in_any_order_never_deadlock() -> None:
    """Sixteen over {A, B} and {B, A}, padded to 2-20 lines of ten more products at random."""
    chance = random.Random(2026)
    a, b, *more = [factories.ProductFactory() for _number in range(12)]
    for product in (a, b, *more):
        stock(product, 10_000, "80000.00")
    for _round in range(ROUNDS):
        race = []
        for number in range(THREADS):
            rest = chance.choices(more, k=chance.randrange(19))
            pair = [a, b] if number % 2 else [b, a]
            race.append(_confirm(_draft(pair[0], *rest, pair[1])))
        assert codes(at_once(*race)) == ["ok"] * THREADS
    assert_books_ok()


def _crossing_orders() -> tuple[list[Product], list[Callable[[], Any]]]:
    products = [factories.ProductFactory() for _number in range(2)]
    for product in products:
        stock(product, 10, "80.00")
    return products, [_confirm(_draft(*products)), _confirm(_draft(*reversed(products)))]


@pytest.mark.case("C02")
def test_orders_over_the_same_products_in_opposite_order_never_deadlock(caplog: Any) -> None:
    caplog.set_level("INFO", logger="erp.core.service")
    for _round in range(ROUNDS):
        _products, race = _crossing_orders()
        assert codes(at_once(*race)) == ["ok", "ok"]
    assert "attempt" not in caplog.text  # not even one that a retry would have hidden
    assert_books_ok()


def _lock_in_entered_order(monkeypatch: pytest.MonkeyPatch, products: list[Product]) -> None:
    """Take the locks on stock one by one, each thread in its own order, instead of by key."""
    sort, place = QuerySet.order_by, Rendezvous(2)

    keys = [StockBalance.objects.get(product=product).pk for product in products]

    def one_by_one(self: Any, *fields: Any) -> Any:
        if self.model is not StockBalance or not self.query.select_for_update:
            return sort(self, *fields)
        rows = []
        for key in keys if threading.current_thread().name == "0" else reversed(keys):
            rows += list(sort(StockBalance.objects.select_for_update().filter(pk=key), "pk"))
            place.meet()  # both hold their first lock
        return rows

    monkeypatch.setattr(QuerySet, "order_by", one_by_one)


@pytest.mark.case("C02")
def test_without_the_order_of_locks_a_deadlock_reaches_the_caller(monkeypatch: Any) -> None:
    products, race = _crossing_orders()
    _lock_in_entered_order(monkeypatch, products)
    monkeypatch.setattr(service_module, "MAX_ATTEMPTS", 1)

    results = at_once(*race)

    failed = [result for result in results if isinstance(result, OperationalError)]
    assert [error.args[0] for error in failed] == [1213]


def test_the_victim_of_a_deadlock_is_run_again_as_a_whole(monkeypatch: Any, caplog: Any) -> None:
    caplog.set_level("INFO", logger="erp.core.service")
    products, race = _crossing_orders()
    _lock_in_entered_order(monkeypatch, products)

    results = at_once(*race)

    monkeypatch.undo()
    assert codes(results) == ["ok", "ok"]
    assert caplog.text.count("attempt 1 failed") == 1
    assert Reservation.objects.count() == 4
    assert_books_ok()


def test_shipping_from_a_bin_keeps_nobody_from_receiving_into_it() -> None:
    """What ships locks its own stock and reservations, never the bin they lie in."""
    product, other, keep = factories.ProductFactory(), factories.ProductFactory(), keeper()
    stock(product, 10, "80.00")
    order = orders.confirm_order(_draft(product, quantity=4).pk, by=seller())
    receipt = counted_receipt(sent_purchase(other, 5))

    def receive() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET innodb_lock_wait_timeout=1")
        orders.post_receipt(receipt.pk, by=keep)

    with transaction.atomic():
        release(Source.of(order))
        assert codes(at_once(receive)) == ["ok"]
    assert StockBalance.objects.get(product=other).on_hand == 5
    assert_books_ok()


# --- numbers -----------------------------------------------------------------------------------


class _ChangedHisMindError(Exception):
    pass


@service("test.draw")
def _draw(*, keep: bool) -> str:
    number = draw_number("T", date(2026, 11, 5))
    if not keep:
        raise _ChangedHisMindError
    return number


def _draw_ten(thread: int) -> list[str]:
    drawn = []
    for count in range(10):
        with contextlib.suppress(_ChangedHisMindError):
            drawn.append(_draw(keep=(thread + count) % 10 != 0))
    return drawn


@pytest.mark.case("C04")
def test_sixteen_threads_draw_numbers_without_gap_or_duplicate() -> None:
    """None was drawn this year yet, and every tenth transaction is rolled back."""
    results = at_once(*[lambda n=n: _draw_ten(n) for n in range(16)])

    codes(results)
    numbers = sorted(number for drawn in results for number in drawn)
    assert len(numbers) == 16 * 9
    assert numbers == [f"T-2026-{n:06d}" for n in range(1, 16 * 9 + 1)]
    assert NumberSequence.objects.get(series="T").last == 16 * 9


# --- allocations -------------------------------------------------------------------------------


def _allocate(payment: Payment, invoice: Invoice) -> Callable[[], Any]:
    by = accountant()
    return lambda: finance.allocate_payment(payment.pk, invoice.pk, Decimal("30.00"), by=by)


def _one_payment_to_eight_invoices() -> list[Callable[[], Any]]:
    customer = factories.CustomerFactory()
    payment = posted_payment("100.00", partner=customer)
    invoices = [simple_invoice("30.00", customer=customer) for _number in range(8)]
    return [_allocate(payment, invoice) for invoice in invoices]


def _eight_payments_to_one_invoice() -> list[Callable[[], Any]]:
    customer = factories.CustomerFactory()
    invoice = simple_invoice("100.00", customer=customer)
    payments = [posted_payment("30.00", partner=customer) for _number in range(8)]
    return [_allocate(payment, invoice) for payment in payments]


@pytest.mark.case("C03")
def test_eight_threads_allocate_no_more_than_the_payment() -> None:
    for _round in range(ROUNDS):
        Allocation.objects.all().delete()
        told = codes(at_once(*_one_payment_to_eight_invoices()))
        assert told == ["ok"] * 3 + ["over_allocated"] * 5
        assert Allocation.objects.aggregate(n=Sum("amount"))["n"] == Decimal("90.00")
    assert_books_ok()


@pytest.mark.case("C03")
def test_eight_threads_allocate_no_more_than_the_invoice() -> None:
    for _round in range(ROUNDS):
        Allocation.objects.all().delete()
        told = codes(at_once(*_eight_payments_to_one_invoice()))
        assert told == ["ok"] * 3 + ["over_paid"] * 5
        assert Allocation.objects.aggregate(n=Sum("amount"))["n"] == Decimal("90.00")
    assert_books_ok()


@pytest.mark.case("C03")
def test_without_the_lock_on_the_payment_it_is_allocated_several_times(monkeypatch: Any) -> None:
    race = _one_payment_to_eight_invoices()
    without_lock(monkeypatch, Payment)
    meet_before(monkeypatch, QuerySet, "create", Rendezvous(8), of=Allocation)

    assert codes(at_once(*race)) == ["ok"] * 8

    assert Allocation.objects.aggregate(n=Sum("amount"))["n"] == Decimal("240.00")  # of 100.00


@pytest.mark.case("C03")
def test_without_the_lock_on_the_invoice_it_is_paid_several_times(monkeypatch: Any) -> None:
    race = _eight_payments_to_one_invoice()
    without_lock(monkeypatch, Invoice)
    meet_before(monkeypatch, QuerySet, "create", Rendezvous(8), of=Allocation)

    assert codes(at_once(*race)) == ["ok"] * 8

    assert Allocation.objects.aggregate(n=Sum("amount"))["n"] == Decimal("240.00")  # of 100.00


# --- doing one thing twice at once -------------------------------------------------------------


def _order(quotation: Quotation) -> Callable[[], Any]:
    by, warehouse = seller(), main_warehouse()
    return lambda: orders.create_order_from_quotation(
        quotation.pk, warehouse_id=warehouse.pk, by=by
    )


def test_a_quotation_accepted_by_two_at_once_makes_one_order() -> None:
    for _round in range(ROUNDS):
        quotation = sent_quotation()
        assert codes(at_once(*[_order(quotation)] * 2)) == ["invalid_transition", "ok"]
        assert SalesOrder.objects.filter(quotation=quotation).count() == 1
    assert_books_ok()


def _invoice(delivery: Delivery) -> Callable[[], Any]:
    by = accountant()
    return lambda: finance.invoice_delivery(delivery.pk, by=by)


def test_a_delivery_invoiced_by_two_at_once_has_one_invoice() -> None:
    for _round in range(ROUNDS):
        product = factories.ProductFactory()
        stock(product, 10, "80.00")
        delivery = shipped_delivery(line(product, 10))
        assert codes(at_once(*[_invoice(delivery)] * 2)) == ["already_invoiced", "ok"]


def test_without_the_lock_on_the_delivery_it_is_invoiced_twice(monkeypatch: Any) -> None:
    product = factories.ProductFactory()
    stock(product, 10, "80.00")
    delivery = shipped_delivery(line(product, 10))
    without_lock(monkeypatch, Delivery)
    meet_before(monkeypatch, Invoice, "save", Rendezvous(2))

    assert codes(at_once(*[_invoice(delivery)] * 2)) == ["ok", "ok"]


def test_goods_shipped_by_two_at_once_leave_once() -> None:
    keep = keeper()
    for _round in range(ROUNDS):
        product = factories.ProductFactory()
        stock(product, 10, "80.00")
        delivery = planned_delivery(line(product, 4))
        race = [partial(orders.ship_delivery, delivery.pk, by=keep)] * 2

        assert codes(at_once(*race)) == ["invalid_transition", "ok"]

        assert StockBalance.objects.get(product=product).on_hand == 6
    assert_books_ok()


def test_a_receipt_posted_by_two_at_once_comes_in_once() -> None:
    keep = keeper()
    chart()
    for _round in range(ROUNDS):
        receipt = counted_receipt(sent_purchase(factories.ProductFactory(), 20))
        race = [lambda pk=receipt.pk: orders.post_receipt(pk, by=keep)] * 2
        assert codes(at_once(*race)) == ["invalid_transition", "ok"]
    assert set(StockBalance.objects.values_list("on_hand", flat=True)) == {Decimal(20)}
    assert_books_ok()


def test_two_receipts_of_one_order_at_once_take_in_no_more_than_was_ordered() -> None:
    keep = keeper()
    chart()
    for _round in range(ROUNDS):
        order = sent_purchase(factories.ProductFactory(), 20)
        receipts = [counted_receipt(order), counted_receipt(order)]
        race = [lambda pk=receipt.pk: orders.post_receipt(pk, by=keep) for receipt in receipts]
        assert codes(at_once(*race)) == ["ok", "over_receipt"]
    assert_books_ok()


def test_first_receipts_of_one_product_by_eight_at_once_all_count() -> None:
    """The balance and value rows do not exist yet: all eight want to make them."""
    keep = keeper()
    chart()
    product = factories.ProductFactory()
    receipts = [counted_receipt(sent_purchase(product, 5, "8.00")) for _number in range(8)]
    race = [lambda pk=receipt.pk: orders.post_receipt(pk, by=keep) for receipt in receipts]

    assert codes(at_once(*race)) == ["ok"] * 8

    assert StockBalance.objects.get(product=product).on_hand == 40
    assert StockValue.objects.get(product=product).value == Decimal("320.00")
    assert_books_ok()


def test_confirm_cancel_and_ship_at_once_end_in_a_legal_state() -> None:
    boss, keep = seller(), keeper()
    for _round in range(ROUNDS):
        product = factories.ProductFactory()
        stock(product, 10, "80.00")
        delivery = planned_delivery(line(product, 4))
        order = delivery.sales_order

        told = codes(
            at_once(
                partial(orders.cancel_order, order.pk, by=boss),
                partial(orders.confirm_order, order.pk, by=boss),
                partial(orders.ship_delivery, delivery.pk, by=keep),
                partial(orders.cancel_delivery, delivery.pk, by=keep),
            )
        )

        order.refresh_from_db()
        delivery.refresh_from_db()
        assert set(told) <= {"ok", "invalid_transition", "has_deliveries"}
        assert (order.status, delivery.status) in {
            ("done", "shipped"),
            ("confirmed", "cancelled"),
            ("cancelled", "cancelled"),
        }
    assert_books_ok()


def test_eight_requests_with_one_key_have_one_effect() -> None:
    def effect() -> tuple[int, dict[str, Any]]:
        return 201, {"number": _draw(keep=True)}

    for number in range(5):
        key = f"key-{number}"
        results = at_once(*[lambda k=key: once("app", "/orders", k, {"a": 1}, effect)] * 8)
        codes(results)
        assert sorted(replayed for _status, _answer, replayed in results) == [False] + [True] * 7
        assert {answer["number"] for _status, answer, _replayed in results} == {
            f"T-2026-{number + 1:06d}"
        }
    assert IdempotencyKey.objects.count() == 5


def test_of_two_runners_one_runs_the_periodic_job(monkeypatch: Any) -> None:
    ran: list[str] = []
    kind = jobs.JobKind(lambda: ran.append("x"), long=False, every=timedelta(hours=1))
    monkeypatch.setattr(jobs, "_jobs", {"test.hourly": kind})
    start = datetime(2026, 11, 5, 8, 0, tzinfo=UTC)

    for hour in range(5):
        now = start + timedelta(hours=hour)
        results = at_once(*[lambda now=now: jobs.run_due(now)] * 4)
        codes(results)
        assert sorted(results) == [[], [], [], ["test.hourly"]]
    assert ran == ["x"] * 5


def test_a_name_taken_by_two_at_once_is_given_to_one() -> None:
    def make() -> Any:
        try:
            return factories.SupplierFactory(code="TWIN", owner=boss)
        except IntegrityError as error:
            raise DomainError(str(error), code="taken") from error

    boss = seller()
    assert codes(at_once(make, make)) == ["ok", "taken"]


# --- a wording taught two ways ------------------------------------------------------------------


def _two_lessons() -> list[Callable[[], Any]]:
    customer, by = factories.CustomerFactory(), seller()
    products = [factories.ProductFactory() for _number in range(2)]
    return [partial(learn_code, customer.pk, "XK88-7", p.pk, by=by) for p in products]


def test_a_wording_taught_two_ways_at_once_means_one_product() -> None:
    for _round in range(ROUNDS):
        assert codes(at_once(*_two_lessons())) == ["ok", "ok"]
    per_customer = Counter(ProductCode.objects.active().values_list("customer_id", flat=True))
    assert list(per_customer.values()) == [1] * ROUNDS


def test_without_the_lock_on_the_customer_a_wording_means_two(monkeypatch: Any) -> None:
    race = _two_lessons()
    without_lock(monkeypatch, Customer)
    meet_before(monkeypatch, QuerySet, "create", Rendezvous(2), of=ProductCode)
    assert codes(at_once(*race)) == ["ok", "ok"]
    assert ProductCode.objects.active().count() == 2
