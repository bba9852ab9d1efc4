"""What many buyers and storekeepers at once may not break, on the real database."""
# mypy: disable-error-code="comparison-overlap"
# (a Decimal and the same whole number are equal)

from collections import Counter
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from inventory.models import StockBalance
from orders import services
from orders.models import PurchaseOrder, PurchaseOrderLine, Receipt, SupplierReturn
from orders.services import Chosen, CountedLine, ReturnedLine, Wanted
from tests import factories
from tests.racing import ON_MARIADB, ROUNDS, THREADS, at_once, codes
from tests.support import (
    assert_books_ok,
    buyer,
    chart,
    draft_order,
    keeper,
    line,
    manager,
    posted_receipt,
    seller,
    sent_purchase,
)

pytestmark = ON_MARIADB


@pytest.fixture(autouse=True)
def _books() -> Any:
    chart()
    for person in (buyer, keeper, manager, seller):
        person()


def test_sixteen_receipts_of_one_line_take_in_what_was_ordered() -> None:
    by = keeper()
    for _round in range(ROUNDS):
        order = sent_purchase(factories.ProductFactory(), 5)
        row = order.lines.get()
        counted = [CountedLine(row.pk, Decimal(1))]
        drafts = [
            services.count_receipt(
                services.create_receipt(order.pk, lines=counted, by=by).pk, by=by
            )
            for _n in range(THREADS)
        ]
        results = at_once(*(partial(services.post_receipt, one.pk, by=by) for one in drafts))
        assert Counter(codes(results)) == {"ok": 5, "over_receipt": THREADS - 5}
        row.refresh_from_db()
        assert (row.received_quantity, row.document.status) == (5, "done")
        for one in Receipt.objects.filter(purchase_order=order, status="counted"):
            services.cancel_receipt(one.pk, by=by)
    assert_books_ok()


def test_receipt_close_and_cancel_end_in_a_legal_state() -> None:
    by, boss = keeper(), manager()
    for _round in range(ROUNDS):
        order = sent_purchase(factories.ProductFactory(), 10)
        row = order.lines.get()
        counted = [CountedLine(row.pk, Decimal(6))]
        receipt = services.count_receipt(
            services.create_receipt(order.pk, lines=counted, by=by).pk, by=by
        )
        verbs: list[Any] = [
            partial(services.post_receipt, receipt.pk, by=by),
            partial(services.close_purchase_order, order.pk, reason="x", by=boss),
            partial(services.cancel_purchase_order, order.pk, by=boss),
            partial(services.cancel_receipt, receipt.pk, by=by),
        ]
        calls = verbs * (THREADS // len(verbs))
        told = set(codes(at_once(*calls)))
        assert told <= {
            "ok",
            "over_receipt",
            "invalid_transition",
            "nothing_open",
            "has_receipts",
            "order_not_open",
        }, told
    assert_books_ok()


def test_a_reversal_meets_returns_and_other_reversals() -> None:
    by, boss = keeper(), manager()
    for _round in range(ROUNDS):
        product = factories.ProductFactory()
        receipt = posted_receipt(sent_purchase(product, 10))
        source = receipt.lines.get()
        backs = [
            services.create_supplier_return(
                receipt.pk, [ReturnedLine(source.pk, Decimal(4))], reason="x", by=by
            )
            for _n in range(8)
        ]
        calls: list[Any] = [partial(services.post_supplier_return, one.pk, by=by) for one in backs]
        calls += [partial(services.reverse_receipt, receipt.pk, by=boss) for _n in range(8)]
        told = Counter(codes(at_once(*calls)))
        assert set(told) <= {"ok", "over_return", "blocked", "insufficient_stock"}, told
        assert told["ok"] == 2
        assert StockBalance.objects.get(product=product).on_hand == 2
        for one in SupplierReturn.objects.filter(receipt=receipt, status="draft"):
            services.cancel_supplier_return(one.pk, by=by)
    assert_books_ok()


def test_one_shortage_is_bought_once() -> None:
    by = buyer()
    supplier = factories.SupplierFactory(owner=by)
    for _round in range(ROUNDS):
        sold = draft_order(line(factories.ProductFactory(), 10)).lines.get()
        wanted = [Wanted(sold.pk)]
        calls = [
            partial(services.order_shortages, wanted, supplier_id=supplier.pk, by=by)
            for _n in range(THREADS)
        ]
        assert Counter(codes(at_once(*calls))) == {"ok": 1, "nothing_lacking": THREADS - 1}
        assert PurchaseOrderLine.objects.filter(source_line=sold).count() == 1
    assert PurchaseOrder.objects.count() == ROUNDS
    assert_books_ok()


def test_one_proposal_is_ordered_once() -> None:
    by = buyer()
    supplier = factories.SupplierFactory(owner=by)
    for _round in range(ROUNDS):
        rule = factories.ReorderRuleFactory(
            product=factories.ProductFactory(), supplier=supplier, minimum=Decimal(10)
        )
        calls = [partial(services.order_proposals, [Chosen(rule.pk)], by=by)] * THREADS
        assert Counter(codes(at_once(*calls))) == {"ok": 1, "nothing_lacking": THREADS - 1}
    assert PurchaseOrder.objects.count() == ROUNDS
    assert_books_ok()


def _waiting_purchase(by: Any, boss: Any) -> Any:
    """Return a confirmed order that waits for 10 and the sent purchase order that brings them."""
    sold = draft_order(line(factories.ProductFactory(), 10))
    services.confirm_order(sold.pk, partial=True, by=by)
    supplier = factories.SupplierFactory(owner=by)
    wanted = [Wanted(sold.lines.get().pk)]
    (purchase,) = services.order_shortages(wanted, supplier_id=supplier.pk, by=by)
    services.submit_purchase_order(purchase.pk, accept_prices=True, by=by)
    services.approve_purchase_order(purchase.pk, by=boss)
    return sold, services.send_purchase_order(purchase.pk, by=by)


def test_bound_goods_come_while_the_order_is_closed_cancelled_or_reserved() -> None:
    by, boss, store = buyer(), manager(), keeper()
    for _round in range(ROUNDS):
        sold, purchase = _waiting_purchase(by, boss)
        row = purchase.lines.get()
        receipts = [
            services.count_receipt(
                services.create_receipt(
                    purchase.pk, lines=[CountedLine(row.pk, Decimal(5))], by=store
                ).pk,
                by=store,
            )
            for _n in range(2)
        ]
        calls: list[Any] = [partial(services.post_receipt, one.pk, by=store) for one in receipts]
        calls += [
            partial(services.close_order, sold.pk, reason="x", by=boss),
            partial(services.cancel_order, sold.pk, by=boss),
            partial(services.reserve_waiting, sold.pk, by=boss),
            partial(services.unreserve_order, sold.pk, by=boss),
            partial(services.reverse_receipt, receipts[0].pk, by=boss),
            partial(services.reopen_order, sold.pk, by=boss),
        ]
        told = set(codes(at_once(*calls)))
        assert told <= {
            "ok",
            "order_not_open",
            "invalid_transition",
            "nothing_to_reserve",
            "nothing_reserved",
            "nothing_to_close",
            "has_reservations",
        }, told
        sold.refresh_from_db()
        balance = StockBalance.objects.filter(product=row.product_id).first()
        if sold.status in {"cancelled", "done", "draft"} and balance is not None:
            assert balance.reserved == 0
    assert_books_ok()
