"""What the tests of services and books say often: people, stock, a deal's way, refusals.

``refused("code")`` proves more than the code: not one row of any of our tables may have changed
but for the single entry of the operation log that tells of the refusal.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection, transaction
from django.db.models import Model

from accounts.models import User
from audit.models import AuditEntry
from customers.models import Customer, Supplier
from erp.core.errors import DomainError
from erp.core.invariants import verify
from erp.core.periods import company_today
from finance import services as finance
from finance.models import Account, Allocation, BankAccount, Invoice, Payment
from inventory.models import Bin, StockMove, Warehouse
from inventory.services import Movement, Source, post_movements
from orders import services as orders
from orders.models import Delivery, PurchaseOrder, Receipt, SalesOrder
from products.models import Product
from quotations import services as quotations
from quotations.models import Quotation
from quotations.services import LineInput
from tests import factories
from tests.racing import FIGURES

# --- people, places, accounts ------------------------------------------------------------------


def person(username: str) -> User:
    """Return the employee of this name, hired when first asked for; he holds no rights."""
    found = User.objects.filter(username=username).first()
    return found or factories.UserFactory(username=username)


def seller() -> User:
    return person("seller")


def manager() -> User:
    return person("manager")


def buyer() -> User:
    return person("buyer")


def keeper() -> User:
    return person("keeper")


def accountant() -> User:
    return person("accountant")


def chart() -> None:
    """Give every role of the software its account."""
    for role in Account.Role:
        Account.objects.get_or_create(role=role, defaults={"code": role[:20], "name": role})


def main_bin() -> Bin:
    return Bin.objects.get(warehouse__code="MAIN", code="A-010101")


def main_warehouse() -> Warehouse:
    return main_bin().warehouse


def stock(
    product: Product,
    quantity: Any,
    value: Any,
    place: Bin | None = None,
    *,
    on: date | None = None,
) -> None:
    """Post opening stock: ledger, balance, value and journal entry."""
    chart()
    movement = Movement(
        line_id=product.pk,
        product_id=product.pk,
        quantity=Decimal(quantity),
        to_bin=place or main_bin(),
        value=Decimal(value),
    )
    source = Source("inventory.opening", 1)
    with transaction.atomic():
        post_movements(
            [movement],
            source=source,
            kind=StockMove.Kind.OPENING,
            on=on or company_today(),
            by=keeper(),
        )


# --- a deal's way ------------------------------------------------------------------------------


def line(product: Product, quantity: Any = 10, price: Any = "11.30", **more: Any) -> LineInput:
    """A quotation line, tax included unless said otherwise."""
    more.setdefault("price_includes_tax", True)
    return LineInput(product.pk, Decimal(quantity), Decimal(price), **more)


def draft_quotation(*lines: LineInput, customer: Customer | None = None) -> Quotation:
    customer = customer or factories.CustomerFactory(owner=seller())
    entered = lines or (line(factories.ProductFactory()),)
    return quotations.create_quotation(customer.pk, entered, by=seller())


def approved_quotation(*lines: LineInput, customer: Customer | None = None) -> Quotation:
    quotation = draft_quotation(*lines, customer=customer)
    quotations.submit_quotation(quotation.pk, by=seller())
    return quotations.approve_quotation(quotation.pk, by=manager())


def sent_quotation(*lines: LineInput, customer: Customer | None = None) -> Quotation:
    quotation = approved_quotation(*lines, customer=customer)
    return quotations.send_quotation(quotation.pk, by=seller())


def draft_order(*lines: LineInput, customer: Customer | None = None) -> SalesOrder:
    quotation = sent_quotation(*lines, customer=customer)
    return orders.create_order_from_quotation(
        quotation.pk, warehouse_id=main_warehouse().pk, by=seller()
    )


def confirmed_order(*lines: LineInput, customer: Customer | None = None) -> SalesOrder:
    return orders.confirm_order(draft_order(*lines, customer=customer).pk, by=seller())


def planned_delivery(*lines: LineInput, customer: Customer | None = None) -> Delivery:
    return orders.create_delivery(confirmed_order(*lines, customer=customer).pk, by=keeper())


def shipped_delivery(*lines: LineInput, customer: Customer | None = None) -> Delivery:
    delivery = planned_delivery(*lines, customer=customer)
    return orders.ship_delivery(delivery.pk, by=keeper())


def posted_invoice(*lines: LineInput, customer: Customer | None = None) -> Invoice:
    delivery = shipped_delivery(*lines, customer=customer)
    invoice = finance.invoice_delivery(delivery.pk, by=accountant())
    return finance.post_invoice(invoice.pk, by=accountant())


def simple_invoice(gross: Any, *, customer: Customer) -> Invoice:
    """Post a sales invoice of one tax-free piece, with nothing delivered behind it."""
    chart()
    with transaction.atomic():  # readers of the books see all of it or nothing
        invoice = factories.InvoiceFactory(owner=seller(), customer=customer, lines=0)
        row = factories.InvoiceLineFactory(
            document=invoice, quantity=1, unit_price=Decimal(gross), tax_rate=Decimal(0)
        )
        invoice.sum_lines([row])
        invoice.save()
    return finance.post_invoice(invoice.pk, by=accountant())


def sent_purchase(
    product: Product, quantity: Any = 20, price: Any = "8.00", *, supplier: Supplier | None = None
) -> PurchaseOrder:
    """Send a purchase order of one line, price without tax."""
    supplier = supplier or factories.SupplierFactory(owner=buyer())
    entered = [orders.PurchaseLineInput(product.pk, Decimal(quantity), Decimal(price))]
    order = orders.create_purchase_order(
        supplier.pk, entered, warehouse_id=main_warehouse().pk, by=buyer()
    )
    orders.submit_purchase_order(order.pk, accept_prices=True, by=buyer())
    orders.approve_purchase_order(order.pk, by=manager())
    return orders.send_purchase_order(order.pk, by=buyer())


def counted_receipt(order: PurchaseOrder, quantity: Any = None) -> Receipt:
    """Count what came of a purchase order's first line (all that is open without a quantity)."""
    first = order.lines.get(line_no=1)
    quantities = {first.pk: Decimal(quantity)} if quantity is not None else None
    receipt = orders.create_receipt(
        order.pk, bin_id=main_bin().pk, quantities=quantities, by=keeper()
    )
    return orders.count_receipt(receipt.pk, by=keeper())


def posted_receipt(order: PurchaseOrder, quantity: Any = None) -> Receipt:
    chart()
    return orders.post_receipt(counted_receipt(order, quantity).pk, by=keeper())


def posted_payment(
    amount: Any, *, partner: Customer | Supplier, account: BankAccount | None = None
) -> Payment:
    """Post money received from a customer or paid to a supplier."""
    chart()
    direction = "in" if isinstance(partner, Customer) else "out"
    account = account or factories.BankAccountFactory()
    payment = finance.create_payment(
        direction, partner, Decimal(amount), bank_account_id=account.pk, by=accountant()
    )
    return finance.post_payment(payment.pk, by=accountant())


@dataclass
class Deal:
    """One whole small deal: bought, stocked, quoted, ordered, delivered, invoiced and paid."""

    product: Product
    place: Bin
    receipt: Receipt
    purchase_invoice: Invoice
    quotation: Quotation
    order: SalesOrder
    delivery: Delivery
    invoice: Invoice
    payment: Payment
    allocation: Allocation
    waiting_order: SalesOrder  # confirmed and not yet delivered: it holds the reservation


def full_deal() -> Deal:
    """Tell a deal from opening stock to the allocated payment; a second order still waits."""
    product = factories.ProductFactory()
    customer = factories.CustomerFactory(owner=seller())
    stock(product, 10, "75.00")
    purchase = sent_purchase(product, 20, "8.00")
    receipt = posted_receipt(purchase)
    purchase_invoice = finance.invoice_receipt(receipt.pk, by=accountant())
    finance.post_invoice(purchase_invoice.pk, by=accountant())
    invoice = posted_invoice(line(product, 7, "11.30"), customer=customer)
    delivery = Delivery.objects.get(customer=customer)
    order = delivery.sales_order
    assert order.quotation is not None
    # More than the invoice: so much was paid in advance.
    payment = posted_payment("500.00", partner=customer)
    allocation = finance.allocate_payment(payment.pk, invoice.pk, Decimal("79.10"), by=accountant())
    return Deal(
        product=product,
        place=main_bin(),
        receipt=receipt,
        purchase_invoice=purchase_invoice,
        quotation=order.quotation,
        order=order,
        delivery=delivery,
        invoice=invoice,
        payment=payment,
        allocation=allocation,
        waiting_order=confirmed_order(line(product, 3), customer=customer),
    )


# --- proofs ------------------------------------------------------------------------------------


def assert_books_ok() -> None:
    """Every registered invariant holds."""
    FIGURES.proofs_of_books += 1
    assert [outcome.as_json() for outcome in verify() if not outcome.ok] == []


def everything() -> dict[str, list[tuple[Any, ...]]]:
    """Return every row of every table of ours, as the database holds it."""
    with connection.cursor() as cursor:
        rows = {}
        for label, statement in _every_table():
            cursor.execute(statement)
            rows[label] = list(cursor.fetchall())
    return rows


@cache
def _every_table() -> list[tuple[str, str]]:
    first_party = {apps.get_containing_app_config(name) for name in settings.FIRST_PARTY_APPS}
    models = [model for model in apps.get_models() if model._meta.app_config in first_party]
    return [(model._meta.label, _rows_of(model)) for model in models]


def _rows_of(model: type[Model]) -> str:
    quote, meta = connection.ops.quote_name, model._meta
    key = quote(str(meta.pk.column))
    return f"SELECT * FROM {quote(meta.db_table)} ORDER BY {key}"  # noqa: S608 (our own tables)


@contextmanager
def refused(code: str, *, field: str | None = None) -> Iterator[pytest.ExceptionInfo[DomainError]]:
    """The service inside refuses with this code and leaves nothing but its audit entry."""
    before = everything()
    with pytest.raises(DomainError) as refusal:
        yield refusal
    assert refusal.value.code == code
    if field is not None:
        assert refusal.value.field == field
    after = everything()
    log = AuditEntry._meta.label
    known, entries = before.pop(log), after.pop(log)
    assert after == before
    assert entries[: len(known)] == known
    told = AuditEntry.objects.order_by("pk").last()
    assert len(entries) == len(known) + 1
    assert told is not None
    assert told.action.endswith(".refused")
    assert told.reason.startswith(f"{code}: ")


def outcome(call: Callable[[], Any]) -> str:
    """Return "ok", or the code of the refusal."""
    try:
        call()
    except DomainError as refusal:
        return refusal.code
    return "ok"


def actions(obj: Any) -> list[str]:
    """Return what the operation log tells of an object, oldest first."""
    rows = AuditEntry.objects.filter(object_type=obj._meta.label_lower, object_id=str(obj.pk))
    return list(rows.order_by("pk").values_list("action", flat=True))


# --- other processes ---------------------------------------------------------------------------


def url_of_test_database() -> str:
    """Return the URL by which another process reaches the database of this test."""
    base: dict[str, Any] = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{base['NAME']}"
    who = base["USER"] + (f":{base['PASSWORD']}" if base["PASSWORD"] else "")
    return f"mysql://{who}@{base['HOST']}:{base['PORT'] or 3306}/{base['NAME']}"
