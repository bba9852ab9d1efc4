"""The main job, once from end to end on the demo company, through the same services as every page.

A second run finds the deal of the first one and reports it again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from customers.models import Customer, Supplier
from erp.core.errors import DomainError
from erp.core.invariants import verify
from erp.core.models import Company
from erp.core.money import plain, round_price
from erp.core.printing import pdf_available
from erp.demo import COMPANY
from finance import services as finance
from finance.models import Allocation, BankAccount, Invoice, Payment
from inventory.models import Bin, Warehouse
from inventory.services import available_by_product
from orders import services as orders
from orders.models import Delivery, PurchaseOrder, Receipt, SalesOrder
from orders.services import PurchaseLineInput
from quotations import services as quotations
from quotations.models import Enquiry, Quotation
from quotations.printing import quotation_pdf

TEXT = """王工，您好！麻烦报一下价（含税）：
6205-2RS1 SKF 40个
NSK　６３０８ＺＺ　×　１２０套
NU 2208 ECP  SKF  6套
22220EK/C3 斯凯孚 两套
FAG 22220-E1-XL-K-C3 4套
急，本周五前要，电话 13800138000
"""
CUSTOMER = "C0001"
_INVOICE_NAMES = {Invoice.Direction.OUT: "sales invoice", Invoice.Direction.IN: "purchase invoice"}


@dataclass(frozen=True, slots=True)
class Step:
    name: str
    ref: str
    figures: dict[str, str]

    def as_json(self) -> dict[str, Any]:
        return {"name": self.name, "ref": self.ref, "figures": self.figures}


def _person(username: str) -> User:
    found: User | None = User.objects.working().filter(username=username).first()
    if found is None:
        raise DomainError(_("Load the demo company first (manage.py demo)."), code="no_demo")
    return found


def run() -> tuple[list[Step], bool]:
    """Play the deal (or find it again); return its steps and whether the books are right.

    Raises DomainError no_demo on any other company: it would post into somebody's real books.
    """
    if not Company.objects.filter(tax_id=COMPANY["tax_id"]).exists():
        raise DomainError(_("Load the demo company first (manage.py demo)."), code="no_demo")
    enquiry = Enquiry.objects.filter(text=TEXT, status=Enquiry.Status.WON).first() or _sell()
    steps = _report(enquiry)
    outcomes = verify()
    bad = [outcome.name for outcome in outcomes if not outcome.ok]
    figures = {
        "checks": str(len(outcomes)),
        "rows": str(sum(o.rows for o in outcomes)),
        "differing": ", ".join(bad) or "0",
    }
    return [*steps, Step("books", "verify_books", figures)], not bad


def _sell() -> Enquiry:
    customer = Customer.objects.get(code=CUSTOMER)
    sales, manager = customer.owner, _person("manager")
    storekeeper, accountant = _person("storekeeper"), _person("accountant")
    enquiry, quotation = quotations.quote_text(TEXT, customer_id=customer.pk, by=sales)
    if quotation is None:
        raise DomainError(_("No line has a product yet."), code="nothing_matched")
    quotations.submit_quotation(quotation.pk, by=sales)
    quotations.approve_quotation(quotation.pk, by=manager)
    quotation = quotations.send_quotation(quotation.pk, by=sales)
    order = orders.create_order_from_quotation(quotation.pk, by=sales)
    _buy_shortage(order)
    order = orders.confirm_order(order.pk, by=sales)
    delivery = orders.create_delivery(order.pk, by=storekeeper)
    delivery = orders.ship_delivery(delivery.pk, by=storekeeper)
    invoice = finance.invoice_delivery(delivery.pk, by=accountant)
    invoice = finance.post_invoice(invoice.pk, by=accountant)
    _settle(Payment.Direction.IN, customer, invoice, by=accountant)
    enquiry.refresh_from_db()
    return enquiry


def _settle(direction: str, partner: Customer | Supplier, invoice: Invoice, *, by: User) -> None:
    bank = BankAccount.objects.get(code="ICBC")
    payment = finance.create_payment(
        direction, partner, invoice.gross_total, bank_account_id=bank.pk, by=by
    )
    finance.post_payment(payment.pk, by=by)
    finance.allocate_payment(payment.pk, invoice.pk, invoice.gross_total, by=by)


def _buy_shortage(order: SalesOrder) -> None:
    """Buy what the warehouse lacks for this order, receive it and pay for it."""
    lines = list(order.lines.all())
    free = available_by_product(
        [line.product_id for line in lines], warehouse_id=order.warehouse_id
    )
    wanted = [
        PurchaseLineInput(
            product_id=line.product_id,
            quantity=line.quantity - free.get(line.product_id, Decimal(0)),
            unit_price=round_price(line.net_amount / line.quantity * Decimal("0.8")),
            source_line_id=line.pk,
        )
        for line in lines
        if line.quantity > free.get(line.product_id, Decimal(0))
    ]
    if wanted:
        _buy(wanted, order.warehouse)


def _buy(wanted: Sequence[PurchaseLineInput], warehouse: Warehouse) -> None:
    buyer, manager = _person("purchaser"), _person("manager")
    storekeeper, accountant = _person("storekeeper"), _person("accountant")
    supplier = Supplier.objects.order_by("code")[0]
    place = Bin.objects.filter(warehouse=warehouse).order_by("code")[0]
    purchase = orders.create_purchase_order(
        supplier.pk, wanted, warehouse_id=warehouse.pk, by=buyer
    )
    orders.submit_purchase_order(purchase.pk, by=buyer, accept_prices=True)
    orders.approve_purchase_order(purchase.pk, by=manager)
    orders.send_purchase_order(purchase.pk, by=buyer)
    receipt = orders.create_receipt(purchase.pk, bin_id=place.pk, by=storekeeper)
    orders.count_receipt(receipt.pk, by=storekeeper)
    receipt = orders.post_receipt(receipt.pk, by=storekeeper)
    invoice = finance.invoice_receipt(receipt.pk, by=accountant)
    invoice = finance.post_invoice(invoice.pk, by=accountant)
    _settle(Payment.Direction.OUT, supplier, invoice, by=accountant)


# --- the report ------------------------------------------------------------------------------


def _money(document: Any) -> dict[str, str]:
    return {
        "net": str(document.net_total),
        "tax": str(document.tax_total),
        "gross": str(document.gross_total),
        "currency": document.currency_id,
    }


def _report(enquiry: Enquiry) -> list[Step]:
    quotation = Quotation.objects.get(enquiry=enquiry)
    order = SalesOrder.objects.get(quotation=quotation)
    delivery = Delivery.objects.get(sales_order=order)
    matched = enquiry.lines.exclude(product=None).count()
    return [
        Step(
            "enquiry",
            enquiry.ref,
            {
                "lines": str(enquiry.lines.count()),
                "matched": str(matched),
                "ignored": str(len(enquiry.ignored)),
            },
        ),
        Step("quotation", quotation.ref, _money(quotation)),
        _pdf_step(quotation),
        *_purchase_steps(order),
        Step("sales order", order.ref, _money(order)),
        Step("delivery", delivery.ref, _delivered(delivery)),
        *_invoice_steps(Invoice.objects.filter(lines__source_line__document=delivery)),
    ]


def _pdf_step(quotation: Quotation) -> Step:
    reason = pdf_available()
    if reason:
        return Step("quotation PDF", quotation.ref, {"skipped": reason})
    name, content = quotation_pdf(quotation, by=quotation.owner)
    return Step("quotation PDF", name, {"bytes": str(len(content))})


def _delivered(delivery: Delivery) -> dict[str, str]:
    lines = list(delivery.lines.all())
    return {
        "lines": str(len(lines)),
        "quantity": plain(sum((line.quantity for line in lines), Decimal(0))),
        "cost": str(sum((line.cost_amount or Decimal(0) for line in lines), Decimal(0))),
    }


def _purchase_steps(order: SalesOrder) -> list[Step]:
    purchase = PurchaseOrder.objects.filter(lines__source_line__document=order).first()
    if purchase is None:
        return []
    receipt = Receipt.objects.get(purchase_order=purchase)
    invoices = Invoice.objects.filter(lines__receipt_line__document=receipt)
    return [
        Step("purchase order", purchase.ref, _money(purchase)),
        Step("goods receipt", receipt.ref, _money(receipt)),
        *_invoice_steps(invoices),
    ]


def _invoice_steps(invoices: Any) -> list[Step]:
    steps = []
    for invoice in invoices.distinct():
        steps.append(Step(_INVOICE_NAMES[invoice.direction], invoice.ref, _money(invoice)))
        for allocation in Allocation.objects.filter(invoice=invoice).select_related("payment"):
            figures = {
                "amount": str(allocation.payment.amount),
                "allocated": str(allocation.amount),
            }
            steps.append(Step("payment", allocation.payment.ref, figures))
    return steps
