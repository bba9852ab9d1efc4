"""The credit check: what a customer owes and may come to owe stays within his limit.

Receivable + shipped and not invoiced (finance tells both) + confirmed and not shipped, in the
company's currency. A customer without a limit is not asked about.
"""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils import formats
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from customers.models import Customer
from erp.core.errors import DomainError
from erp.core.money import ZERO, round_money
from erp.core.periods import company, company_today
from erp.core.policy import allowed
from erp.core.registry import exposure_of
from orders.models import SalesOrder, SalesOrderLine

RIGHT = "orders.override_credit"


def not_shipped(customer_id: int, *, without: int | None = None) -> Decimal:
    """Return what is confirmed and still to be shipped, in the company's currency."""
    lines = SalesOrderLine.objects.filter(
        document__customer=customer_id, document__in=SalesOrder.objects.open()
    ).exclude(document=without)
    names = ("quantity", "delivered_quantity", "closed_quantity", "gross_amount")
    total = ZERO
    for quantity, done, closed, gross, rate in lines.order_by().values_list(
        *names, "document__exchange_rate"
    ):
        total += gross * max(ZERO, quantity - done - closed) / quantity * rate
    return round_money(total)


def check_credit(order: SalesOrder, *, by: User) -> None:
    """Refuse an order that goes over its customer's limit or whose customer is overdue too long.

    Locks the customer, so that two orders cannot both take the last of the limit. An order that
    was let go over it passes. Raises DomainError credit_limit, overdue_invoices.
    """
    hold_days = company().overdue_hold_days
    customer = order.customer
    if order.credit_override or (customer.credit_limit is None and hold_days is None):
        return
    customer = Customer.objects.select_for_update().get(pk=order.customer_id)
    today = company_today()
    told = exposure_of(customer.pk, on=today)
    if customer.credit_limit is not None:
        own = sum((_open_amount(line) for line in order.lines.all()), ZERO) * order.exchange_rate
        waiting = not_shipped(customer.pk, without=order.pk) + round_money(own)
        _check_limit(customer, told.amount, waiting, by=by)
    if hold_days is not None and told.overdue_since is not None:
        _check_overdue(told.overdue_since, today - timedelta(days=hold_days))


def _open_amount(line: SalesOrderLine) -> Decimal:
    return line.gross_amount * line.open_quantity / line.quantity


def _check_limit(customer: Customer, owed: Decimal, waiting: Decimal, *, by: User) -> None:
    limit = customer.credit_limit or ZERO
    if owed + waiting <= limit:
        return
    if not allowed(by, RIGHT):
        raise DomainError(
            _("This goes over the customer's credit limit; somebody who may has to allow it."),
            code="credit_limit",
        )
    figures: list[dict[str, Any]] = [
        {"limit": f"{limit:.2f}", "owed": f"{owed:.2f}", "to_ship": f"{waiting:.2f}"}
    ]
    raise DomainError(
        _("Credit limit %(limit)s: owed and shipped %(owed)s, to be shipped %(waiting)s.")
        % {"limit": f"{limit:,.2f}", "owed": f"{owed:,.2f}", "waiting": f"{waiting:,.2f}"},
        code="credit_limit",
        details=figures,
    )


def _check_overdue(since: date, oldest: date) -> None:
    if since < oldest:
        raise DomainError(
            _("The customer has invoices overdue since %(day)s; somebody who may has to allow it.")
            % {"day": formats.date_format(since, "Y-m-d")},
            code="overdue_invoices",
        )
