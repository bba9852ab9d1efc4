"""Receipts: counted bin by bin, rejected apart, over tolerance, taken back; goods returned."""
# mypy: disable-error-code="comparison-overlap"
# (a Decimal and the same whole number are equal)

from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from erp.core.models import Company
from finance import services as finance
from inventory.models import Inbound, StockBalance, StockValue
from orders import services
from orders.models import PurchaseOrderLine, Receipt, ReceiptLine
from orders.services import CountedLine, ReturnedLine
from tests import factories
from tests.support import (
    accountant,
    actions,
    assert_books_ok,
    buyer,
    chart,
    confirmed_order,
    counted_receipt,
    keeper,
    line,
    main_bin,
    main_warehouse,
    manager,
    posted_receipt,
    refused,
    sent_purchase,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]


def sent(quantity: Any = 20) -> Any:
    return sent_purchase(factories.ProductFactory(), quantity)


def draft(order: Any, *lines: CountedLine) -> Receipt:
    return services.create_receipt(order.pk, lines=lines or None, by=keeper())


def posted(order: Any, *lines: CountedLine) -> Receipt:
    chart()
    receipt = services.count_receipt(draft(order, *lines).pk, by=keeper())
    return services.post_receipt(receipt.pk, by=keeper())


# --- counting ----------------------------------------------------------------------------------


def test_a_line_may_go_into_several_bins() -> None:
    order = sent()
    row, other = order.lines.get(), factories.BinFactory(warehouse=main_warehouse(), code="B-2")
    posted(
        order,
        CountedLine(row.pk, Decimal(12), main_bin().pk),
        CountedLine(row.pk, Decimal(8), other.pk),
    )
    held = dict(StockBalance.objects.values_list("bin__code", "on_hand"))
    assert (held["B-2"], held["A-010101"]) == (8, 12)
    row.refresh_from_db()
    assert row.received_quantity == 20
    assert_books_ok()


def test_a_part_is_proposed_where_most_of_it_lies() -> None:
    product = factories.ProductFactory()
    other = factories.BinFactory(warehouse=main_warehouse(), code="Z-9")
    order = sent_purchase(product, 20)
    posted(order, CountedLine(order.lines.get().pk, Decimal(5), other.pk))
    assert draft(order).lines.get().bin == other
    assert draft(sent()).lines.get().bin.code == "A-010101"


def test_rejected_goods_never_enter_stock_and_stay_open_on_the_order() -> None:
    order = sent()
    row = order.lines.get()
    receipt = posted(
        order, CountedLine(row.pk, Decimal(17), rejected=Decimal(3), reject_reason="rust")
    )
    assert StockBalance.objects.get().on_hand == 17
    assert StockValue.objects.get().value == Decimal("136.00")
    row.refresh_from_db()
    assert (row.received_quantity, row.open_quantity) == (17, 3)
    assert Inbound.objects.get().quantity == 3
    assert receipt.lines.get().reject_reason == "rust"
    assert_books_ok()


def test_all_of_a_line_may_be_rejected_and_is_not_invoiced() -> None:
    order = sent()
    row = order.lines.get()
    receipt = posted(
        order,
        CountedLine(row.pk, Decimal(5)),
        CountedLine(row.pk, Decimal(0), rejected=Decimal(4), reject_reason="rust"),
    )
    invoice = finance.invoice_receipt(receipt.pk, by=accountant())
    assert [one.quantity for one in invoice.lines.all()] == [5]
    assert_books_ok()


@pytest.mark.parametrize(
    ("code", "counted"),
    [
        ("bad_quantity", {"quantity": Decimal(0)}),
        ("bad_quantity", {"quantity": Decimal(1), "rejected": Decimal(-1), "reject_reason": "x"}),
        ("missing_reason", {"quantity": Decimal(1), "rejected": Decimal(1)}),
        ("unknown_bin", {"quantity": Decimal(1), "bin_id": 10**9}),
        ("unknown_line", {"quantity": Decimal(1), "source_line_id": 10**9}),
    ],
)
def test_a_wrong_count_is_named(code: str, counted: dict[str, Any]) -> None:
    order, by = sent(), keeper()
    entered = CountedLine(**{"source_line_id": order.lines.get().pk, **counted})
    with refused(code):
        services.create_receipt(order.pk, lines=[entered], by=by)


def test_a_receipt_is_edited_until_it_is_posted() -> None:
    order = sent()
    row = order.lines.get()
    receipt = services.count_receipt(draft(order).pk, by=keeper())
    entered = [CountedLine(row.pk, Decimal(19), rejected=Decimal(1), reject_reason="bent")]
    changed = services.change_receipt(
        receipt.pk, entered, version=receipt.version, partner_reference="LS-1", by=keeper()
    )
    assert (changed.status, changed.partner_reference) == ("counted", "LS-1")
    assert actions(receipt)[-1] == "receipt.changed"
    with refused("stale_version"):
        services.change_receipt(receipt.pk, entered, version=receipt.version, by=keeper())
    chart()
    services.post_receipt(receipt.pk, version=changed.version, by=keeper())
    with refused("not_a_draft"):
        services.change_receipt(receipt.pk, entered, by=keeper())


def test_a_counted_receipt_is_reopened_or_cancelled() -> None:
    order = sent()
    receipt = services.reopen_receipt(counted_receipt(order).pk, by=keeper())
    assert receipt.status == "draft"
    cancelled = services.cancel_receipt(receipt.pk, reason="wrong lorry", by=keeper())
    assert cancelled.status == "cancelled"
    assert services.cancel_purchase_order(order.pk, by=buyer()).status == "cancelled"


# --- more than ordered -------------------------------------------------------------------------


def test_the_supplier_s_tolerance_goes_before_the_company_s() -> None:
    Company.objects.update(receipt_tolerance=Decimal("0.05"))
    order = sent(20)
    posted(order, CountedLine(order.lines.get().pk, Decimal(21)))
    row = order.lines.get()
    assert (row.received_quantity, row.over_quantity, row.open_quantity) == (21, 1, 0)
    assert_books_ok()
    strict = factories.SupplierFactory(owner=buyer(), receipt_tolerance=Decimal(0))
    other = sent_purchase(factories.ProductFactory(), 20, supplier=strict)
    receipt = counted_receipt(other, 21)
    with refused("over_receipt", field="lines[1].quantity"):
        services.post_receipt(receipt.pk, by=keeper())


def test_the_right_to_exceed_is_used_with_a_trace() -> None:
    chart()
    order = sent(20)
    receipt = counted_receipt(order, 30)
    by = factories.UserFactory(rights=["orders.exceed_receipt"])
    services.post_receipt(receipt.pk, by=by)
    assert "purchase_order.exceeded" in actions(order)
    assert order.lines.get().over_quantity == 10
    assert_books_ok()


def test_the_database_holds_what_may_be_received() -> None:
    order = sent(20)
    with pytest.raises(IntegrityError), transaction.atomic():
        PurchaseOrderLine.objects.filter(document=order).update(received_quantity=21)


def test_the_database_holds_what_may_be_returned() -> None:
    receipt = posted_receipt(sent(20))
    with pytest.raises(IntegrityError), transaction.atomic():
        ReceiptLine.objects.filter(document=receipt).update(returned_quantity=21)


# --- taken back --------------------------------------------------------------------------------


def test_a_reversed_receipt_leaves_stock_and_order_as_they_were() -> None:
    order = sent(20)
    receipt = posted_receipt(order, 15)
    reversed_ = services.reverse_receipt(receipt.pk, reason="wrong goods", by=manager())
    assert reversed_.status == "reversed"
    assert StockBalance.objects.get().on_hand == 0
    assert StockValue.objects.get().value == 0
    order.refresh_from_db()
    assert (order.status, order.lines.get().open_quantity) == ("sent", 20)
    assert Inbound.objects.get().quantity == 20
    assert actions(receipt)[-1] == "receipt.reversed"
    assert_books_ok()


def test_a_finished_order_is_open_again_after_the_reversal() -> None:
    order = sent(20)
    posted_receipt(order, 15)
    last = posted_receipt(order)
    services.reverse_receipt(last.pk, by=manager())
    order.refresh_from_db()
    assert order.status == "partly_received"
    assert_books_ok()


def test_gone_goods_are_not_taken_back() -> None:
    product = factories.ProductFactory()
    receipt = posted_receipt(sent_purchase(product, 20))
    order = confirmed_order(line(product, 15))
    services.ship_delivery(services.create_delivery(order.pk, by=keeper()).pk, by=keeper())
    by = manager()
    with refused("insufficient_stock"):
        services.reverse_receipt(receipt.pk, by=by)


def test_an_invoiced_receipt_is_not_reversed_and_names_its_invoice() -> None:
    receipt = posted_receipt(sent(20))
    invoice = finance.invoice_receipt(receipt.pk, by=accountant())
    by = manager()
    with refused("blocked") as refusal:
        services.reverse_receipt(receipt.pk, by=by)
    assert invoice.ref in refusal.value.message


# --- returned to the supplier ------------------------------------------------------------------


def test_goods_go_back_at_the_cost_they_came_at() -> None:
    product = factories.ProductFactory()
    receipt = posted_receipt(sent_purchase(product, 3, "10.00"))
    posted_receipt(sent_purchase(product, 10, "4.00"))
    back = services.create_supplier_return(
        receipt.pk, [ReturnedLine(receipt.lines.get().pk, Decimal(1))], reason="noisy", by=buyer()
    )
    sent_back = services.post_supplier_return(back.pk, by=keeper())
    assert sent_back.lines.get().cost_amount == Decimal("10.00")
    value = StockValue.objects.get()
    assert (value.quantity, value.value) == (12, Decimal("60.00"))
    assert receipt.lines.get().returned_quantity == 1
    assert sent_back.number is not None
    assert_books_ok()
    by = manager()
    with refused("blocked"):
        services.reverse_receipt(receipt.pk, by=by)
    services.reverse_supplier_return(back.pk, reason="kept after all", by=by)
    assert receipt.lines.get().returned_quantity == 0
    assert StockValue.objects.get().value == Decimal("70.00")
    assert_books_ok()


def test_rejected_goods_go_back_without_moving_stock() -> None:
    order = sent(20)
    row = order.lines.get()
    receipt = posted(
        order, CountedLine(row.pk, Decimal(17), rejected=Decimal(3), reject_reason="rust")
    )
    source = receipt.lines.get()
    entered = [ReturnedLine(source.pk, Decimal(3), is_rejected=True)]
    back = services.create_supplier_return(receipt.pk, entered, reason="rust", by=buyer())
    services.post_supplier_return(back.pk, by=keeper())
    source.refresh_from_db()
    assert (source.returned_rejected, StockBalance.objects.get().on_hand) == (3, 17)
    services.reverse_supplier_return(back.pk, by=manager())
    source.refresh_from_db()
    assert source.returned_rejected == 0
    assert_books_ok()


def test_no_more_goes_back_than_came() -> None:
    receipt = posted_receipt(sent(20))
    source, by = receipt.lines.get(), buyer()
    for code, entered in [
        ("over_return", ReturnedLine(source.pk, Decimal(21))),
        ("over_return", ReturnedLine(source.pk, Decimal(1), is_rejected=True)),
        ("bad_quantity", ReturnedLine(source.pk, Decimal(0))),
        ("unknown_line", ReturnedLine(10**9, Decimal(1))),
        ("unknown_bin", ReturnedLine(source.pk, Decimal(1), 10**9)),
    ]:
        with refused(code):
            services.create_supplier_return(receipt.pk, [entered], reason="x", by=by)
    with refused("missing_reason"):
        services.create_supplier_return(receipt.pk, [], reason=" ", by=by)
    with refused("empty_return"):
        services.create_supplier_return(receipt.pk, [], reason="x", by=by)


def test_two_drafts_of_one_return_are_not_both_posted() -> None:
    receipt = posted_receipt(sent(20))
    entered = [ReturnedLine(receipt.lines.get().pk, Decimal(15))]
    first, second = (
        services.create_supplier_return(receipt.pk, entered, reason="x", by=buyer())
        for _n in range(2)
    )
    services.post_supplier_return(first.pk, by=keeper())
    by = keeper()
    with refused("over_return"):
        services.post_supplier_return(second.pk, by=by)
    assert services.cancel_supplier_return(second.pk, by=by).status == "cancelled"


def test_only_what_was_received_is_returned() -> None:
    receipt, by = counted_receipt(sent(20)), buyer()
    with refused("not_posted"):
        services.create_supplier_return(receipt.pk, [], reason="x", by=by)
