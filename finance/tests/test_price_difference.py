"""What a supplier charges otherwise than was received changes the cost of those goods."""
# mypy: disable-error-code="comparison-overlap"
# (a Decimal and the same whole number are equal)

from decimal import Decimal

import pytest

from finance import services
from finance.ledger import Role, account_balance
from finance.models import Invoice
from finance.services.purchases import price_purchase_invoice
from inventory.models import StockMove, StockValue
from products.models import Product
from tests import factories
from tests.support import (
    accountant,
    assert_books_ok,
    line,
    posted_receipt,
    refused,
    sent_purchase,
    shipped_delivery,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]


def charged(product: Product, price: str) -> Invoice:
    """Twenty received at 8.00 and charged at another price; a draft."""
    receipt = posted_receipt(sent_purchase(product, 20, "8.00"))
    invoice = services.invoice_receipt(receipt.pk, by=accountant())
    prices = {invoice.lines.get().pk: Decimal(price)}
    return price_purchase_invoice(invoice.pk, prices, by=accountant())


def post(invoice: Invoice) -> None:
    services.post_invoice(invoice.pk, by=accountant())
    assert account_balance(Role.RECEIVED_NOT_INVOICED) == 0
    assert account_balance(Role.PRICE_DIFFERENCE) == 0
    assert_books_ok()


def test_what_is_on_hand_becomes_dearer() -> None:
    product = factories.ProductFactory()
    post(charged(product, "9.00"))
    assert StockValue.objects.get(product=product).value == Decimal("180.00")
    assert account_balance(Role.COST_OF_GOODS) == 0


def test_the_part_sold_is_cost_of_goods() -> None:
    product = factories.ProductFactory()
    invoice = charged(product, "9.00")
    delivery = shipped_delivery(line(product, 5))
    post(invoice)
    assert StockValue.objects.get(product=product).value == Decimal("135.00")
    assert account_balance(Role.COST_OF_GOODS) == Decimal("45.00")
    assert delivery.lines.get().cost_amount == Decimal("40.00")  # frozen at shipment


def test_cheaper_than_received_lowers_both() -> None:
    product = factories.ProductFactory()
    invoice = charged(product, "7.00")
    shipped_delivery(line(product, 20))
    post(invoice)
    assert StockValue.objects.get(product=product).value == 0
    assert account_balance(Role.COST_OF_GOODS) == Decimal("140.00")


def test_at_the_price_received_nothing_is_revalued() -> None:
    post(charged(factories.ProductFactory(), "8.00"))
    assert not StockMove.objects.filter(kind="price_difference").exists()


def test_only_drafts_of_purchase_invoices_are_priced() -> None:
    invoice = charged(factories.ProductFactory(), "8.00")
    row = invoice.lines.get()
    by = accountant()
    with refused("unknown_line", field="lines"):
        price_purchase_invoice(invoice.pk, {row.pk + 1: Decimal(9)}, by=by)
    with refused("bad_price"):
        price_purchase_invoice(invoice.pk, {row.pk: Decimal(-1)}, by=by)
    with refused("stale_version"):
        price_purchase_invoice(invoice.pk, {row.pk: Decimal(9)}, by=by, version=1)
    services.post_invoice(invoice.pk, by=by)
    with refused("not_draft"):
        price_purchase_invoice(invoice.pk, {row.pk: Decimal(9)}, by=by)
