"""What finance knows of a customer's debts and of an order's invoices.

The receivable is the balance of his account, so that payments not yet allocated count. A delivery
counts until its invoice is posted.
"""

from collections.abc import Collection
from datetime import date
from decimal import Decimal

from django.db.models import Exists, F, OuterRef

from erp.core.aggregates import ExactSum
from erp.core.money import ZERO, round_money
from erp.core.registry import Exposure, adds_exposure, tells_invoiced
from finance.ledger import Role
from finance.models import Invoice, InvoiceLine, JournalLine
from orders.models import Delivery, DeliveryLine


@adds_exposure
def exposure(customer_id: int, on: date) -> Exposure:
    return Exposure(
        receivable(customer_id) + not_invoiced(customer_id), overdue_since(customer_id, on)
    )


def receivable(customer_id: int) -> Decimal:
    """Return the balance of a customer's account, in the company's currency."""
    lines = JournalLine.objects.filter(customer=customer_id, account__role=Role.RECEIVABLE)
    sums = lines.aggregate(debit=ExactSum("debit"), credit=ExactSum("credit"))
    balance: Decimal = sums["debit"] - sums["credit"]
    return balance


def not_invoiced(customer_id: int) -> Decimal:
    """Return what was shipped and is on no posted invoice, in the company's currency."""
    posted = InvoiceLine.objects.filter(
        source_line=OuterRef("pk"), document__status=Invoice.Status.POSTED
    )
    lines = DeliveryLine.objects.filter(
        ~Exists(posted),
        document__customer=customer_id,
        document__status__in=[Delivery.Status.SHIPPED, Delivery.Status.DONE],
    )
    sums = lines.order_by().values_list("document__exchange_rate")
    total = ZERO
    for rate, gross in sums.annotate(total=ExactSum(F("gross_amount"))):
        total += round_money(gross * rate)
    return total


def overdue_since(customer_id: int, on: date) -> date | None:
    """Return the day the oldest invoice fell due that is still open, where one is overdue."""
    due = Invoice.objects.outstanding().filter(
        customer=customer_id, direction=Invoice.Direction.OUT, due_on__lt=on
    )
    return due.order_by("due_on").values_list("due_on", flat=True).first()


@tells_invoiced
def invoiced(order_ids: Collection[int]) -> dict[int, Decimal]:
    """Return what posted invoices bill of each sales order, tax included."""
    lines = InvoiceLine.objects.filter(
        source_line__document__sales_order__in=order_ids, document__status=Invoice.Status.POSTED
    ).order_by()
    sums = lines.values_list("source_line__document__sales_order_id")
    return dict(sums.annotate(total=ExactSum(F("gross_amount"))))
