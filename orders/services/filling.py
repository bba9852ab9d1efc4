"""Applying parts of a fill plan: a draft's lines ship from elsewhere, or are another product."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from erp.core.errors import DomainError
from erp.core.money import ZERO
from erp.core.periods import company_today
from erp.core.service import service
from orders.models import SalesOrder, SalesOrderLine
from orders.services.order_drafting import check_draft, replace_lines
from orders.services.order_lines import OrderLineInput
from products.offers import offers


@dataclass(frozen=True, slots=True)
class TakenPart:
    """So much of a line is to ship from this warehouse, as this product."""

    line_id: int
    warehouse_id: int
    product_id: int
    quantity: Decimal


@service("order.fill")
def apply_fill_plan(
    order_id: int, taken: Sequence[TakenPart], *, version: int | None, by: User
) -> SalesOrder:
    """Split a draft's lines by the parts chosen; what is not chosen stays as it was.

    Price and terms of a line go along. Raises DomainError not_a_draft, stale_version,
    nothing_chosen, unknown_line, bad_quantity, no_interchange and what ``replace_lines`` raises.
    """
    order = SalesOrder.objects.locked(order_id)
    order.check_version(version)
    check_draft(order)
    if not taken:
        raise DomainError(_("Nothing was chosen."), code="nothing_chosen")
    lines = {line.pk: line for line in order.lines.all()}
    by_line: dict[int, list[TakenPart]] = defaultdict(list)
    for part in taken:
        if part.line_id not in lines:
            raise DomainError(_("The order has no such line."), code="unknown_line", field="lines")
        by_line[part.line_id].append(part)
    _check_products(lines, taken)
    inputs = [
        entered for line in lines.values() for entered in _split(line, by_line.get(line.pk, []))
    ]
    return replace_lines(order_id, inputs, version=order.version, by=by)


def _check_products(lines: dict[int, SalesOrderLine], taken: Sequence[TakenPart]) -> None:
    """Refuse another product that is no approved interchange of the line's."""
    others = [part for part in taken if part.product_id != lines[part.line_id].product_id]
    if not others:
        return
    found = offers({lines[part.line_id].product_id for part in others}, on=company_today())
    for part in others:
        line = lines[part.line_id]
        if part.product_id not in {one.product_id for one in found.get(line.product_id, ())}:
            raise DomainError(
                _("Line %(line)s: that is no approved interchange.") % {"line": line},
                code="no_interchange",
                field=f"lines[{line.line_no}].product_id",
            )


def _split(line: SalesOrderLine, parts: Sequence[TakenPart]) -> list[OrderLineInput]:
    rest = line.quantity - sum((part.quantity for part in parts), ZERO)
    if rest < 0 or any(part.quantity <= 0 for part in parts):
        raise DomainError(
            _("Line %(line)s has less than that open.") % {"line": line},
            code="bad_quantity",
            field=f"lines[{line.line_no}].quantity",
        )
    pieces = [(line.product_id, line.warehouse_id, rest)] if rest else []
    pieces += [(part.product_id, part.warehouse_id, part.quantity) for part in parts]
    return [
        OrderLineInput(
            product_id=product_id,
            quantity=quantity,
            unit_price=line.unit_price,
            price_includes_tax=line.price_includes_tax,
            partner_wording=line.partner_wording,
            lead_time_days=line.lead_time_days,
            issue=line.issue,
            warehouse_id=warehouse_id,
            line_id=line.pk if number == 0 else None,
        )
        for number, (product_id, warehouse_id, quantity) in enumerate(pieces)
    ]
