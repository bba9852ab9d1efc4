"""What may replace a product, over HTTP."""

from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema

from erp.core.api import DateText, TimeText, utc
from erp.core.periods import company_today
from erp.core.policy import allowed, authorize
from products.models import Interchange, Product
from products.offers import Offer, grade_back, offers_with_hops

router = Router(tags=["products"])


class ReplacementProduct(Schema):
    id: int
    brand: str
    designation: str
    name: str


class InterchangeOut(Schema):
    id: int
    product: ReplacementProduct
    grade: str
    one_way: bool
    source: str
    approved: TimeText | None
    approved_by: str | None
    valid_until: DateText | None
    chain: list[str]
    proposal: bool
    reason: str


class InterchangeList(Schema):
    items: list[InterchangeOut]
    next: str | None


@router.get(
    "/{int:product_id}/interchanges", response=InterchangeList, summary="What may replace it"
)
def list_interchanges(request: HttpRequest, product_id: int) -> dict[str, Any]:
    """The best grade first. Proposals come last, and only to who may approve them."""
    authorize(request.user, "products.view_interchange")
    visible = Product.objects.visible_to(request.user).select_related("brand")
    product = visible.get_visible(request.user, product_id)
    found = offers_with_hops(product, on=company_today())
    waiting: list[Offer] = []
    if allowed(request.user, "products.approve_interchange"):
        waiting = _proposals(request, product)
    return {"items": _items(request, product, found, waiting), "next": None}


def _proposals(request: HttpRequest, product: Product) -> list[Offer]:
    rows = Interchange.objects.visible_to(request.user).proposals().order_by("pk")
    ahead = rows.filter(from_product=product)
    back = rows.filter(to_product=product, one_way=False)
    return [Offer(row.to_product_id, row.grade, row.pk) for row in ahead] + [
        Offer(row.from_product_id, grade_back(row.grade), row.pk) for row in back
    ]


def _items(
    request: HttpRequest, product: Product, found: list[Offer], waiting: list[Offer]
) -> list[dict[str, Any]]:
    every = [*found, *waiting]
    visible = Interchange.objects.visible_to(request.user).select_related("approved_by")
    rows = visible.in_bulk([offer.interchange_id for offer in every])
    ids = {pk for offer in every for pk in (offer.product_id, *offer.way)}
    shown = Product.objects.visible_to(request.user).select_related("brand").in_bulk(ids)
    return [
        _item(product, offer, rows[offer.interchange_id], shown)
        for offer in every
        if offer.product_id in shown and shown[offer.product_id].archived_at is None
    ]


def _item(
    asked: Product, offer: Offer, row: Interchange, shown: dict[int, Product]
) -> dict[str, Any]:
    offered = shown[offer.product_id]
    way = [asked, *(shown[pk] for pk in offer.way if pk in shown), offered]
    label = Interchange.Grade(offer.grade).label
    return {
        "id": row.pk,
        "product": {
            "id": offered.pk,
            "brand": offered.brand_label,
            "designation": offered.designation,
            "name": offered.name,
        },
        "grade": offer.grade,
        "one_way": row.one_way,
        "source": row.source,
        "approved": utc(row.approved_at) if row.approved_at else None,
        "approved_by": str(row.approved_by) if row.approved_by else None,
        "valid_until": row.valid_until.isoformat() if row.valid_until else None,
        "chain": [str(one) for one in way] if offer.way else [],
        "proposal": row.is_proposal,
        "reason": f"{label}: " + " → ".join(str(one) for one in way),
    }
