"""Purchase orders for what sales orders lack and for what is proposed to be bought again."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from erp.core.aggregates import ExactSum
from erp.core.errors import DomainError
from erp.core.money import ZERO
from erp.core.service import service
from inventory.models import ReorderRule
from inventory.services.reorder import Proposal, reorder_proposals
from orders.models import (
    PurchaseOrder,
    PurchaseOrderLine,
    PurchaseOrderStatus,
    SalesOrder,
    SalesOrderLine,
)
from orders.services.purchasing import PurchaseLineInput, create_purchase_order
from orders.shortages import shortages

_NOT_SENT = (
    PurchaseOrderStatus.DRAFT,
    PurchaseOrderStatus.SUBMITTED,
    PurchaseOrderStatus.APPROVED,
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A sales order line to buy for; without a quantity what it lacks."""

    line_id: int
    quantity: Decimal | None = None
    supplier_id: int | None = None


@service("purchase_order.create_for_lack")
def order_shortages(
    wanted: Collection[Wanted], *, supplier_id: int | None = None, by: User
) -> list[PurchaseOrder]:
    """Draft what these sales order lines lack: one order per supplier and warehouse, lines bound.

    A line goes to the supplier named with it, else to ``supplier_id``, else to its preferred one.
    Locks the sales orders by primary key first, so that two who order the same lack do not buy it
    twice. Raises DomainError no_supplier, nothing_lacking, and what ``create_purchase_order``
    raises.
    """
    asked = {one.line_id: one for one in wanted}
    named = SalesOrderLine.objects.filter(pk__in=asked).order_by()
    headers = sorted(set(named.values_list("document_id", flat=True)))
    list(SalesOrder.objects.select_for_update().filter(pk__in=headers).order_by("pk"))
    lacking = shortages(None, line_ids=asked.keys())
    if not lacking:
        raise DomainError(_("Nothing of this is lacking any more."), code="nothing_lacking")
    parts: dict[tuple[int, int], list[PurchaseLineInput]] = defaultdict(list)
    for shortage in lacking:
        line = shortage.line
        one = asked[line.pk]
        supplier = one.supplier_id or supplier_id or shortage.supplier_id
        if supplier is None:
            raise DomainError(
                _("Choose a supplier for %(line)s.") % {"line": line},
                code="no_supplier",
                field=str(line.pk),
            )
        parts[supplier, line.ships_from_id].append(
            PurchaseLineInput(
                line.product_id,
                one.quantity or shortage.lack,
                None,
                source_line_id=line.pk,
            )
        )
    return _draft(parts, by=by)


@service("purchase_order.create_for_proposals")
def order_proposals(
    rule_ids: Collection[int], *, supplier_id: int | None = None, by: User
) -> list[PurchaseOrder]:
    """Draft what these reorder rules propose now: one order per supplier and warehouse.

    Raises DomainError nothing_lacking, no_supplier, and what ``create_purchase_order`` raises.
    """
    keys = ReorderRule.objects.filter(pk__in=rule_ids).order_by("pk")
    list(keys.select_for_update().values_list("pk", flat=True))
    proposals = reorder_proposals(rule_ids=rule_ids)
    drafted = _drafted({proposal.rule.product_id for proposal in proposals})
    proposals = [one for one in proposals if one.quantity > drafted.get(_place(one), ZERO)]
    if not proposals:
        raise DomainError(_("Nothing of this is lacking any more."), code="nothing_lacking")
    parts: dict[tuple[int, int], list[PurchaseLineInput]] = defaultdict(list)
    for proposal in proposals:
        supplier = supplier_id or proposal.supplier_id
        if supplier is None:
            raise DomainError(
                _("Choose a supplier for %(line)s.") % {"line": proposal.rule.product},
                code="no_supplier",
                field=str(proposal.rule.pk),
            )
        quantity = proposal.quantity - drafted.get(_place(proposal), ZERO)
        line = PurchaseLineInput(proposal.rule.product_id, quantity, None)
        parts[supplier, proposal.rule.warehouse_id].append(line)
    return _draft(parts, by=by)


def _place(proposal: Proposal) -> tuple[int, int]:
    return proposal.rule.product_id, proposal.rule.warehouse_id


def _drafted(product_ids: Collection[int]) -> dict[tuple[int, int], Decimal]:
    """Return what orders not yet sent buy of each part for no sales order, by warehouse."""
    lines = PurchaseOrderLine.objects.filter(
        product__in=product_ids, source_line=None, document__status__in=_NOT_SENT
    )
    sums = lines.order_by().values_list("product_id", "document__warehouse_id")
    rows = sums.annotate(n=ExactSum(F("quantity"), places=3))
    return {(product, warehouse): n for product, warehouse, n in rows}


def _draft(
    parts: dict[tuple[int, int], list[PurchaseLineInput]], *, by: User
) -> list[PurchaseOrder]:
    return [
        create_purchase_order(supplier, lines, warehouse_id=warehouse, by=by)
        for (supplier, warehouse), lines in sorted(parts.items(), key=lambda part: part[0])
    ]
