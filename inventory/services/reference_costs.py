"""What goods cost last and should cost. Whoever shows it asks for the right."""

from decimal import Decimal
from typing import NamedTuple

from django.db.models import Exists, OuterRef, Subquery

from accounts.models import User
from erp.core.documents import check_unit_price
from erp.core.record import record
from erp.core.service import service
from inventory.models import ReferenceCost, StockMove
from products.models import Product


class Costs(NamedTuple):
    """Net per unit in the company's currency; None where it is not known."""

    latest: Decimal | None
    reference: Decimal | None


def costs_of(product_id: int) -> Costs:
    """Return what a product cost at the last receipt not taken back, and what a manager set."""
    taken_back = StockMove.objects.filter(reverses=OuterRef("pk"))
    receipts = StockMove.objects.filter(
        product=OuterRef("pk"), kind=StockMove.Kind.RECEIPT, reverses=None
    )
    latest = receipts.exclude(Exists(taken_back)).order_by("-on", "-pk").values("unit_cost")
    reference = ReferenceCost.objects.filter(product=OuterRef("pk")).values("unit_cost")
    rows = Product.objects.filter(pk=product_id).annotate(
        latest=Subquery(latest[:1]), reference=Subquery(reference[:1])
    )
    return Costs(*(rows.values_list("latest", "reference").first() or (None, None)))


@service("reference_cost.set")
def set_reference_cost(product_id: int, unit_cost: Decimal | None, *, by: User) -> Product:
    """Set what a product should cost; without a figure forget it. Raises DomainError bad_price."""
    product = Product.objects.select_for_update().get(pk=product_id)
    known = ReferenceCost.objects.filter(product=product).first()
    before = known.unit_cost if known is not None else None
    if unit_cost is None:
        ReferenceCost.objects.filter(product=product).delete()
    else:
        check_unit_price(unit_cost, field="unit_cost")
        ReferenceCost.objects.update_or_create(
            product=product, defaults={"unit_cost": unit_cost, "set_by": by}
        )
    record(
        "reference_cost.set",
        by=by,
        changes={"unit_cost": (before, unit_cost)},
        object_ref=(ReferenceCost._meta.label_lower, str(product.pk), str(product)),
    )
    return product
