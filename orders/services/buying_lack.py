"""Purchase orders for what sales orders lack and for what is proposed to be bought again."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from erp.core.errors import DomainError
from erp.core.money import ZERO, plain
from erp.core.service import service
from inventory.models import ReorderRule
from inventory.services.reorder import Proposal, reorder_proposals
from orders.models import PurchaseOrder, SalesOrder, SalesOrderLine, SalesOrderStatus
from orders.services.purchasing import PurchaseLineInput, create_purchase_order
from orders.shortages import shortages
from products.models import Product


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
    only_open = not named.filter(document__status=SalesOrderStatus.DRAFT).exists()
    lacking = shortages(None, line_ids=asked.keys(), only_open=only_open)
    if not lacking:
        raise DomainError(_("Nothing of this is lacking any more."), code="nothing_lacking")
    parts: Parts = defaultdict(list)
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


@dataclass(frozen=True, slots=True)
class Chosen:
    """A reorder rule to buy for; without a quantity what it proposes now.

    ``seen`` is what the buyer saw proposed: the order is refused where that is no longer so.
    """

    rule_id: int
    quantity: Decimal | None = None
    supplier_id: int | None = None
    seen: Decimal | None = None


Parts = dict[tuple[int, int], list[PurchaseLineInput]]  # by supplier and warehouse


@service("purchase_order.create_for_proposals")
def order_proposals(
    chosen: Collection[Chosen], *, supplier_id: int | None = None, by: User
) -> list[PurchaseOrder]:
    """Draft what these reorder rules propose now: one order per supplier and warehouse.

    A rule's goods come from the supplier named with it, else from ``supplier_id``, else from its
    preferred one. What is drafted counts as on order, so nothing is proposed twice. Locks the rules
    by primary key first, so that two who order one proposal do not both. Raises DomainError
    nothing_lacking, proposal_changed, no_supplier, and what ``create_purchase_order`` raises.
    """
    keys = ReorderRule.objects.filter(pk__in={one.rule_id for one in chosen}).order_by("pk")
    list(keys.select_for_update().values_list("pk", flat=True))
    proposals = reorder_proposals(rule_ids={one.rule_id for one in chosen})
    return _draft(parts_of(proposals, chosen, supplier_id=supplier_id), by=by)


def parts_of(
    proposals: Collection[Proposal], chosen: Collection[Chosen], *, supplier_id: int | None = None
) -> Parts:
    """Return the lines to order of what is proposed now. Raises as ``order_proposals``."""
    now = {proposal.rule.pk: proposal for proposal in proposals}
    if not now:
        raise DomainError(_("Nothing of this is lacking any more."), code="nothing_lacking")
    parts: Parts = defaultdict(list)
    once = {one.rule_id: one for one in chosen}
    for one in sorted(once.values(), key=lambda one: one.rule_id):
        proposal = now.get(one.rule_id)
        if one.seen is not None and (proposal is None or proposal.quantity != one.seen):
            raise _changed(one, proposal)
        if proposal is None:
            continue
        supplier = one.supplier_id or supplier_id or proposal.supplier_id
        if supplier is None:
            raise DomainError(
                _("Choose a supplier for %(line)s.") % {"line": proposal.rule.product},
                code="no_supplier",
                field=str(one.rule_id),
            )
        quantity = proposal.quantity if one.quantity is None else one.quantity
        line = PurchaseLineInput(proposal.product_id, quantity, None)
        parts[supplier, proposal.warehouse_id].append(line)
    return parts


def _changed(one: Chosen, proposal: Proposal | None) -> DomainError:
    product = Product.objects.filter(reorderrule=one.rule_id).select_related("brand").first()
    return DomainError(
        _("%(part)s: %(seen)s was proposed, now it is %(now)s. Somebody ordered meanwhile.")
        % {
            "part": product or one.rule_id,
            "seen": plain(one.seen or ZERO),
            "now": plain(proposal.quantity if proposal else ZERO),
        },
        code="proposal_changed",
        field=str(one.rule_id),
    )


def _draft(parts: Parts, *, by: User) -> list[PurchaseOrder]:
    return [
        create_purchase_order(supplier, lines, warehouse_id=warehouse, by=by)
        for (supplier, warehouse), lines in sorted(parts.items(), key=lambda part: part[0])
    ]
