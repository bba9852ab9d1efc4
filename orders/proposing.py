"""What ordering chosen reorder proposals would make: tried and taken back, so nothing is left."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace

from django.db import transaction

from accounts.models import User
from customers.models import Supplier
from erp.core.errors import DomainError
from erp.core.policy import warehouses_of
from inventory.models import Warehouse
from inventory.services.reorder import Proposal, reorder_proposals
from orders import services
from orders.models import PurchaseOrder, PurchaseOrderLine
from orders.purchase_prices import PriceWarning, price_warnings
from orders.services import Chosen
from orders.services.buying_lack import parts_of
from orders.shortages import preferred_suppliers


@dataclass(frozen=True, slots=True)
class ProposalRow:
    """A chosen rule: what it proposes and what is to be ordered of it, from whom."""

    proposal: Proposal
    chosen: Chosen


@dataclass(slots=True)
class TriedOrder:
    """A purchase order as it would be drafted, or why it cannot be."""

    supplier: Supplier
    warehouse: Warehouse
    order: PurchaseOrder | None = None
    lines: list[tuple[PurchaseOrderLine, list[PriceWarning]]] = field(default_factory=list)
    against: str = ""


def chosen_rows(chosen: Collection[Chosen], *, user: User) -> list[ProposalRow]:
    """Return what is still proposed of the chosen rules in the user's sight, suppliers filled in.

    Where neither he nor the rule names a supplier, it is the one last bought from.
    """
    asked = {one.rule_id: one for one in chosen}
    found = reorder_proposals(rule_ids=asked.keys(), within=warehouses_of(user))
    last = preferred_suppliers({one.product_id for one in found})
    rows = []
    for one in found:
        given = asked[one.rule.pk]
        preferred = one.supplier_id or last.get(one.product_id, (None, ""))[0]
        rows.append(
            ProposalRow(
                one,
                replace(
                    given,
                    quantity=one.quantity if given.quantity is None else given.quantity,
                    supplier_id=given.supplier_id or preferred,
                ),
            )
        )
    return rows


def try_proposals(rows: Collection[ProposalRow], *, by: User) -> list[TriedOrder]:
    """Return the orders that the rows with a supplier would make, by supplier and warehouse."""
    ready = [row for row in rows if row.chosen.supplier_id is not None]
    if not ready:
        return []
    unseen = [replace(row.chosen, seen=None) for row in ready]
    parts = parts_of([row.proposal for row in ready], unseen)
    suppliers = Supplier.objects.in_bulk({supplier for supplier, _place in parts})
    warehouses = Warehouse.objects.in_bulk({place for _supplier, place in parts})
    tried = []
    for (supplier, place), lines in sorted(parts.items()):
        one = TriedOrder(suppliers[supplier], warehouses[place])
        try:
            with transaction.atomic():
                made = services.create_purchase_order(supplier, lines, warehouse_id=place, by=by)
                found = list(made.lines.select_related("product__brand", "unit"))
                warnings = price_warnings(made, found)
                transaction.set_rollback(True)
        except DomainError as refusal:
            one.against = refusal.message
        else:
            one.order = made
            one.lines = [
                (line, [w for w in warnings if w.line_no == line.line_no]) for line in found
            ]
        tried.append(one)
    return tried
