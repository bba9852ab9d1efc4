"""Faults planted in reversed documents and beside orders, and found by name."""

from decimal import Decimal

import pytest
from django.db.models import F

from erp.core.invariants import verify
from finance.models import JournalLine
from inventory.models import Inbound, StockMove
from orders import services
from orders.models import Delivery, DeliveryLine, ReceiptLine, SalesOrderLine
from orders.services import OrderLineInput
from quotations.models import QuotationLine
from tests import factories
from tests.support import (
    assert_books_ok,
    chart,
    full_deal,
    keeper,
    line,
    seller,
    sent_purchase,
    sent_quotation,
    shipped_delivery,
    stock,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]


def told(name: str) -> str:
    found = {outcome.name: outcome for outcome in verify() if not outcome.ok}
    return str(found[name].first_difference)


def reversed_delivery() -> Delivery:
    chart()
    product = factories.ProductFactory()
    stock(product, 10, "80.00")
    delivery = shipped_delivery(line(product, 4))
    services.reverse_delivery(delivery.pk, reason="x", by=keeper())
    assert_books_ok()
    return delivery


def test_a_reversal_that_left_goods_out_is_found() -> None:
    delivery = reversed_delivery()
    move = StockMove.objects.get(source_type="orders.delivery", reverses=None)
    StockMove.objects.filter(reverses=move).update(quantity=F("quantity") - 1)
    found = told("a reversed document is taken back whole")
    assert found == f"orders.Delivery move {move.pk}: 3.000 for 32.00 back of 4.000 for 32.00"
    assert delivery.pk


def test_a_document_reversed_in_name_only_is_found() -> None:
    product = factories.ProductFactory()
    stock(product, 10, "80.00")
    delivery = shipped_delivery(line(product, 4))
    Delivery.objects.filter(pk=delivery.pk).update(status="reversed")
    assert "0 for 0 back of 4.000" in told("a reversed document is taken back whole")


def test_a_posting_that_was_not_taken_back_is_found() -> None:
    delivery = reversed_delivery()
    lines = JournalLine.objects.filter(
        entry__source_type="orders.delivery", entry__source_id=delivery.pk, debit__gt=0
    )
    last = lines.latest("pk")
    JournalLine.objects.filter(pk=last.pk).update(debit=F("debit") + 1)
    found = told("the postings of a reversed document come to nothing")
    assert found.startswith(f"orders.Delivery {delivery.pk}, account {last.account.code}")


def test_a_delivery_line_whose_cost_is_not_that_of_its_moves_is_found() -> None:
    deal = full_deal()
    row = deal.delivery.lines.get()
    DeliveryLine.objects.filter(pk=row.pk).update(cost_amount=F("cost_amount") + 1)
    assert told("cost of a delivery line = its moves").startswith(f"delivery line {row.pk}: ")


def test_inbound_beside_what_an_order_has_open_is_found() -> None:
    order = sent_purchase(factories.ProductFactory())
    Inbound.objects.filter(source_type="orders.purchaseorder").update(quantity=F("quantity") + 1)
    found = told("inbound of a purchase order line = what it has open")
    assert found.startswith(f"line {order.lines.get().pk}: ")


def test_a_count_of_what_went_back_to_a_supplier_is_found() -> None:
    deal = full_deal()
    row = deal.receipt.lines.get()
    ReceiptLine.objects.filter(pk=row.pk).update(returned_quantity=1)
    found = told("returned to suppliers = posted returns <= received")
    assert found == f"receipt line {row.pk}: 1.000 instead of 0"


# --- an order and the quotation it was made of ---------------------------------------------------

TIED = "sales: what was ordered of a quotation stands on its order, no more without a trace"


def ordered() -> SalesOrderLine:
    quotation = sent_quotation(line(factories.ProductFactory(), 4))
    order = services.create_order_from_quotation(quotation.pk, by=seller())
    assert_books_ok()
    made: SalesOrderLine = order.lines.get()
    return made


def test_more_ordered_than_offered_is_found_unless_the_log_tells_it() -> None:
    row = ordered()
    SalesOrderLine.objects.filter(pk=row.pk).update(quantity=5)
    assert told(TIED) == f"quotation line {row.source_line_id}: 5.000 ordered of 4.000"
    SalesOrderLine.objects.filter(pk=row.pk).update(quantity=4)
    more = OrderLineInput(row.product_id, Decimal(5), unit_price=row.unit_price, line_id=row.pk)
    services.replace_lines(row.document_id, [more], version=None, by=seller())
    assert_books_ok()


def test_an_order_line_of_a_quotation_nobody_accepted_is_found() -> None:
    row = ordered()
    QuotationLine.objects.filter(pk=row.source_line_id or 0).update(
        outcome="open", ordered_quantity=0
    )
    assert told(TIED).startswith(f"line {row.pk}: nobody ordered")


def test_an_order_line_of_another_quotation_is_found() -> None:
    row = ordered()
    other = sent_quotation(line(factories.ProductFactory(), 4))
    SalesOrderLine.objects.filter(pk=row.pk).update(source_line=other.lines.get())
    assert told(TIED).startswith(f"line {row.pk}: it is of a quotation")
