"""Sales orders: from an accepted quotation to reserved stock."""

from collections.abc import Collection

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from customers.services import check_not_blocked, partner_snapshot
from erp.core.errors import DomainError
from erp.core.numbering import draw_number
from erp.core.periods import company_today
from erp.core.record import record
from erp.core.service import service
from inventory.models import Warehouse
from inventory.services import Need, Source, keepers_of, release, reserve
from messaging.services import notify
from orders.models import Delivery, SalesOrder, SalesOrderLine
from products.models import PriceFact
from products.prices import record_price_facts
from quotations.models import QuotationLine
from quotations.services import accept_lines


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
        customer_id=quotation.customer_id,
        quotation=quotation,
        warehouse=_warehouse(warehouse_id),
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
    SalesOrderLine.objects.bulk_create(rows, batch_size=500)
    record("order.created", order, by=by)
    return order


def _warehouse(warehouse_id: int | None) -> Warehouse:
    """Return the warehouse named, or the first one."""
    active = Warehouse.objects.active().order_by("pk")
    found = active.first() if warehouse_id is None else active.filter(pk=warehouse_id).first()
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
    )
    return row.copy_terms(line).compute_amounts()


@service("order.confirm")
def confirm_order(order_id: int, *, by: User, version: int | None = None) -> SalesOrder:
    """Confirm a draft: reserve its stock, all or nothing, and draw its number.

    Locks the order, then its stock by key, then the number series; price facts are recorded and
    the storekeepers told. Raises DomainError invalid_transition, empty_order, insufficient_stock,
    partner_blocked.
    """
    order = SalesOrder.objects.locked(order_id)
    order.check_version(version)
    check_not_blocked(order.customer)
    if order.status in {SalesOrder.Status.IN_PROGRESS, SalesOrder.Status.DONE}:
        SalesOrder.WORKFLOW.check(SalesOrder.Status(order.status), SalesOrder.Status.DRAFT)
    old = order.move_to(SalesOrder.Status.CONFIRMED)
    lines = list(order.lines.all())
    if not lines:
        raise DomainError(_("An order needs at least one line."), code="empty_order")
    order.dated_on = company_today()
    order.partner_snapshot = partner_snapshot(order.customer)
    needs = [
        Need(line.pk, line.product_id, line.open_quantity, order.warehouse_id) for line in lines
    ]
    reserve(needs, source=Source.of(order))
    record_price_facts(
        PriceFact.Kind.SALE, order, lines, on=order.dated_on, customer=order.customer
    )
    order.number = draw_number(SalesOrder.number_series, order.dated_on)
    order.save()
    record("order.confirmed", order, by=by, changes={"status": (old, order.status)})
    places = {need.warehouse_id for need in needs}
    notify("order.confirmed", order, keepers_of("orders.ship_delivery", *places))
    return order


@service("order.cancel")
def cancel_order(
    order_id: int, *, by: User, reason: str = "", version: int | None = None
) -> SalesOrder:
    """Cancel an order of which nothing was shipped; its reservations are given up.

    Raises DomainError invalid_transition, has_deliveries.
    """
    order = SalesOrder.objects.locked(order_id)
    order.check_version(version)
    old = order.move_to(SalesOrder.Status.CANCELLED)
    live = Delivery.objects.filter(sales_order=order).exclude(
        status__in=[Delivery.Status.CANCELLED, Delivery.Status.REVERSED]
    )
    if live.exists():
        raise DomainError(_("Cancel or reverse its deliveries first."), code="has_deliveries")
    release(Source.of(order))
    order.save()
    record("order.cancelled", order, by=by, changes={"status": (old, order.status)}, reason=reason)
    return order
