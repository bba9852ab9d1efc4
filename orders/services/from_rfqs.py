"""Purchase orders made of what was awarded, and requests for what a sales order lacks."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from itertools import groupby

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from erp.core.aggregates import ExactSum
from erp.core.errors import DomainError
from erp.core.money import ZERO
from erp.core.service import service
from inventory.models import Reservation
from orders.models import AwardOrder, PurchaseOrder, SalesOrder, SalesOrderLine
from orders.services.purchasing import PurchaseLineInput, create_purchase_order
from quotations.models import Rfq, RfqAward
from quotations.services import RfqLineInput, create_rfq, take_awards


@service("rfq.order")
def order_awards(
    rfq_id: int, *, warehouse_id: int, version: int | None = None, by: User
) -> list[PurchaseOrder]:
    """Draft a purchase order for each supplier to whom something was awarded.

    What was asked for a sales order is bought for its lines. Raises DomainError invalid_transition,
    stale_version and what ``create_purchase_order`` raises.
    """
    rfq, awards = take_awards(rfq_id, version=version, by=by)
    orders = []
    for _key, group in groupby(awards, key=lambda award: award.reply.invitation_id):
        share = list(group)
        invitation = share[0].reply.invitation
        order = create_purchase_order(
            invitation.supplier_id,
            [_line(rfq, award) for award in share],
            warehouse_id=warehouse_id,
            requested_on=_soonest(share),
            partner_reference=invitation.reference,
            currency=invitation.currency_id,
            by=by,
        )
        AwardOrder.objects.bulk_create(AwardOrder(award=award, order=order) for award in share)
        orders.append(order)
    return orders


def _line(rfq: Rfq, award: RfqAward) -> PurchaseLineInput:
    line, reply = award.line, award.reply
    is_same = reply.offered_id is None
    for_order = rfq.origin_type == SalesOrder._meta.label_lower and is_same
    return PurchaseLineInput(
        product_id=line.product_id if is_same else reply.offered_id,  # type: ignore[arg-type]
        quantity=award.quantity,
        unit_price=reply.unit_price,
        price_includes_tax=reply.price_includes_tax,
        source_line_id=line.origin_line_id if for_order else None,
    )


def _soonest(awards: Sequence[RfqAward]) -> date | None:
    days = [award.line.wanted_on for award in awards if award.line.wanted_on is not None]
    return min(days, default=None)


@service("sales_order.request")
def request_for_order(order_id: int, *, by: User) -> Rfq:
    """Draft a request for what a sales order has neither delivered nor reserved.

    Raises DomainError nothing_short.
    """
    order = SalesOrder.objects.locked(order_id)
    held = _reserved(order)
    lines = []
    for line in order.lines.all():
        missing = open_of(line) - held.get(line.pk, ZERO)
        if missing > 0:
            wanted = order.requested_on
            lines.append(
                RfqLineInput(line.product_id, missing, line.partner_wording, wanted, line.pk)
            )
    if not lines:
        raise DomainError(_("Nothing is short in this order."), code="nothing_short")
    return create_rfq(lines, origin=order, by=by)


def open_of(line: SalesOrderLine) -> Decimal:
    return line.quantity - line.delivered_quantity - line.closed_quantity


def _reserved(order: SalesOrder) -> dict[int, Decimal]:
    rows = Reservation.objects.filter(source_type=order.source_type, source_id=order.pk)
    sums = rows.order_by().values_list("source_line_id")
    return dict(sums.annotate(n=ExactSum(F("quantity"), places=3)))
