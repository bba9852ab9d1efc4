"""Drafting a sales order and changing it: of a quotation, or by hand."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from customers.models import Address, Contact, Customer
from customers.services import check_not_blocked, default_contact
from erp.core import bulk
from erp.core.errors import DomainError
from erp.core.models import PaymentTerm
from erp.core.periods import company_today, exchange_rate_on
from erp.core.policy import warehouses_of
from erp.core.record import field_changes, record
from erp.core.service import service
from inventory.models import Warehouse
from orders.models import SalesOrder, SalesOrderLine
from orders.services.order_lines import OrderLineInput, build_lines, described, store_lines
from quotations.models import QuotationLine
from quotations.services import accept_lines

# What the head of an order says; what is agreed with the price is settled when it is confirmed.
_UNTIL_CONFIRMED = ("warehouse_id", "payment_term_id")
HEADER = (
    *("partner_reference", "requested_on", "contact_id", "delivery_address", "notes"),
    *_UNTIL_CONFIRMED,
)
_LONGEST = {"partner_reference": 60, "delivery_address": 300, "notes": 10_000}


@service("order.create")
def create_order_from_quotation(
    quotation_id: int,
    *,
    line_ids: Collection[int] | None = None,
    warehouse_id: int | None = None,
    by: User,
) -> SalesOrder:
    """Accept a sent quotation, all open lines or some, and draft the order.

    Raises DomainError no_warehouse and what ``accept_lines`` raises.
    """
    accepted = accept_lines(quotation_id, line_ids, by=by)
    quotation, lines = accepted.quotation, accepted.lines
    order = SalesOrder(
        customer=quotation.customer,
        quotation=quotation,
        warehouse=_warehouse(warehouse_id, by=by),
        contact_id=quotation.contact_id,
        delivery_address=delivery_address(quotation.customer),
        payment_term_id=quotation.customer.payment_term_id,
        owner_id=quotation.owner_id,
        created_by=by,
        dated_on=company_today(),
        currency_id=quotation.currency_id,
        exchange_rate=quotation.exchange_rate,
        partner_reference=quotation.partner_reference,
    )
    rows = [_order_line(order, number, line) for number, line in enumerate(lines, 1)]
    order.sum_lines(rows)
    order.save()
    for row in rows:
        row.document = order
    bulk.insert(rows)
    record("order.created", order, by=by)
    return order


def _warehouse(warehouse_id: int | None, *, by: User | None = None) -> Warehouse:
    """Return the warehouse named, or the first one, of those ``by`` is kept to if he is."""
    active = Warehouse.objects.active().order_by("pk")
    if warehouse_id is None:
        mine = warehouses_of(by) if by else None
        found = active.filter(pk__in=mine).first() if mine else active.first()
    else:
        found = active.filter(pk=warehouse_id).first()
    if found is None:
        raise DomainError(_("There is no such warehouse."), code="no_warehouse", field="warehouse")
    return found


def _order_line(order: SalesOrder, number: int, line: QuotationLine) -> SalesOrderLine:
    row = SalesOrderLine(
        document=order,
        line_no=number,
        product_id=line.product_id,
        source_line=line,
        quantity=line.quantity,
        lead_time_days=line.lead_time_days,
    )
    return row.copy_terms(line).compute_amounts()


def delivery_address(customer: Customer) -> str:
    """Return where his goods go unless he says otherwise: his own default, or none."""
    address = Address.objects.filter(customer=customer, is_default=True).first()
    if address is None:
        return ""
    parts = (address.text, address.recipient, address.phone)
    return " ".join(part for part in parts if part)[:300]


# --- by hand ---------------------------------------------------------------------------------


@service("order.create")
def create_order(
    customer_id: int,
    lines: Sequence[OrderLineInput] = (),
    *,
    header: Mapping[str, Any] | None = None,
    by: User,
) -> SalesOrder:
    """Draft an order; ``header`` says what differs from what is usual with this customer.

    Raises DomainError unknown_customer, partner_blocked, no_exchange_rate, what ``build_lines``
    and a wrong header raise.
    """
    customer = Customer.objects.active().filter(pk=customer_id).first()
    if customer is None:
        raise DomainError(
            _("There is no such customer."), code="unknown_customer", field="customer"
        )
    check_not_blocked(customer)
    today = company_today()
    rate = exchange_rate_on(customer.currency_id, today)
    order = SalesOrder(
        customer=customer,
        warehouse=_warehouse((header or {}).get("warehouse_id"), by=by),
        contact=default_contact(customer),
        delivery_address=delivery_address(customer),
        payment_term_id=customer.payment_term_id,
        owner=by,
        created_by=by,
        dated_on=today,
        currency_id=customer.currency_id,
        exchange_rate=rate,
    )
    _set_header(order, header or {})
    rows = build_lines(order, lines)
    order.sum_lines(rows)
    order.save()
    store_lines(order, rows)
    record("order.created", order, by=by)
    return order


@service("order.change")
def replace_lines(
    order_id: int, lines: Sequence[OrderLineInput], *, version: int | None, by: User
) -> SalesOrder:
    """Make these the lines of a draft.

    Raises DomainError not_a_draft, stale_version, line_in_use, or one naming the line that is
    wrong.
    """
    order = SalesOrder.objects.locked(order_id)
    order.check_version(version)
    check_draft(order)
    before = {"lines": described(order.lines.all()), "gross_total": order.gross_total}
    rows = build_lines(order, lines)
    store_lines(order, rows)
    order.sum_lines(rows)
    order.version += 1
    order.save()
    after = {"lines": described(rows), "gross_total": order.gross_total}
    record("order.changed", order, by=by, changes=field_changes(before, after))
    return order


def check_draft(order: SalesOrder) -> None:
    if order.status != SalesOrder.Status.DRAFT:
        raise DomainError(
            _("Only a draft can be edited; %(ref)s is %(status)s.")
            % {"ref": order.ref, "status": order.get_status_display()},
            code="not_a_draft",
        )


@service("order.change")
def change_order(
    order_id: int, header: Mapping[str, Any], *, version: int | None, by: User
) -> SalesOrder:
    """Change what the head of an order says (names as in ``HEADER``).

    Where it ships from and how it is paid only while it is a draft. Raises DomainError
    not_a_draft, order_not_open, stale_version, unknown_field, no_warehouse, unknown_contact,
    unknown_payment_term, too_long, bad_date.
    """
    order = SalesOrder.objects.locked(order_id)
    order.check_version(version)
    if order.status in {SalesOrder.Status.DONE, SalesOrder.Status.CANCELLED}:
        raise DomainError(_("The order is not open."), code="order_not_open")
    before = {name: getattr(order, name) for name in HEADER}
    _set_header(order, header)
    changes = field_changes(before, {name: getattr(order, name) for name in HEADER})
    if any(name in changes for name in _UNTIL_CONFIRMED):
        check_draft(order)
    if changes:
        order.version += 1
        order.save()
        record("order.changed", order, by=by, changes=changes)
    return order


def _set_header(order: SalesOrder, header: Mapping[str, Any]) -> None:
    for name, value in header.items():
        if name not in HEADER:
            raise DomainError(
                _("An order has no “%(field)s” to change.") % {"field": name},
                code="unknown_field",
                field=name,
            )
        _CHECKS.get(name, _check_text)(order, name, value)
        setattr(order, name, value)


def _check_text(_order: SalesOrder, name: str, value: Any) -> None:
    if not isinstance(value, str) or len(value) > _LONGEST[name] or "\x00" in value:
        raise DomainError(
            _("At most %(most)d characters fit in here.") % {"most": _LONGEST[name]},
            code="too_long",
            field=name,
        )


def _check_warehouse(order: SalesOrder, _name: str, value: Any) -> None:
    order.warehouse = _warehouse(value)


def _check_contact(order: SalesOrder, _name: str, value: Any) -> None:
    own = Contact.objects.filter(pk=value, customer=order.customer_id)
    if value is not None and not own.exists():
        raise DomainError(
            _("The customer has no such contact."), code="unknown_contact", field="contact"
        )


def _check_term(_order: SalesOrder, _name: str, value: Any) -> None:
    if value is not None and not PaymentTerm.objects.filter(pk=value).exists():
        raise DomainError(
            _("There is no such payment term."),
            code="unknown_payment_term",
            field="payment_term",
        )


def _check_date(_order: SalesOrder, name: str, value: Any) -> None:
    if value is not None and not isinstance(value, date):
        raise DomainError(_("Enter a date."), code="bad_date", field=name)


_CHECKS = {
    "warehouse_id": _check_warehouse,
    "contact_id": _check_contact,
    "payment_term_id": _check_term,
    "requested_on": _check_date,
}
