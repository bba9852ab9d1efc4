"""What of orders, deliveries and receipts follows a merge, changes hands or stands in the way."""

from collections.abc import Collection, Iterator

from django.db import models
from django.utils.translation import gettext as _

from erp.core.documents import lock_documents_naming
from erp.core.owners import owner_hands_over
from erp.core.periods import company_today
from erp.core.registry import Repoint, blocks_change, follows_merge, goes_along, locks_merge
from orders.models import (
    Delivery,
    DeliveryLine,
    DeliveryTolerance,
    LandedCost,
    PurchaseOrder,
    PurchaseOrderLine,
    Receipt,
    ReceiptLine,
    Return,
    ReturnLine,
    SalesOrder,
    SalesOrderLine,
    SupplierReturn,
    SupplierReturnLine,
)
from orders.performance import performances
from products.models import Product
from quotations.sourcing import Reliability, tells_reliability

follows_merge(SalesOrder, "customer")
follows_merge(SalesOrder, "contact")
follows_merge(Delivery, "customer")
follows_merge(Return, "customer")
follows_merge(PurchaseOrder, "supplier")
follows_merge(Receipt, "supplier")
follows_merge(SupplierReturn, "supplier")
follows_merge(LandedCost, "supplier")

owner_hands_over(SalesOrder.objects.unfinished)
owner_hands_over(Delivery.objects.to_ship)
owner_hands_over(Return.objects.unfinished)
owner_hands_over(PurchaseOrder.objects.unfinished)
owner_hands_over(Receipt.objects.unfinished)
owner_hands_over(SupplierReturn.objects.unfinished)


def _lock_documents(gone_id: int, _kept_id: int) -> None:
    """A return before its delivery or receipt, these before their orders."""
    lock_documents_naming(
        gone_id,
        ReturnLine,
        DeliveryLine,
        SalesOrderLine,
        SupplierReturnLine,
        ReceiptLine,
        PurchaseOrderLine,
    )


locks_merge(Product, _lock_documents)
for _line in (
    ReturnLine,
    DeliveryLine,
    SalesOrderLine,
    SupplierReturnLine,
    ReceiptLine,
    PurchaseOrderLine,
):
    follows_merge(_line, "product")


def _one_tolerance(column: str) -> Repoint:
    """The row that stays keeps its own tolerance; without one it takes the other's."""

    def repoint(gone_id: int, kept_id: int) -> int:
        rows = DeliveryTolerance.objects.filter(**{f"{column}_id": gone_id})
        if DeliveryTolerance.objects.filter(**{f"{column}_id": kept_id}).exists():
            gone = rows.count()
            rows.delete()
            return gone
        return rows.update(**{f"{column}_id": kept_id})

    return repoint


follows_merge(DeliveryTolerance, "customer", repoint=_one_tolerance("customer"))
follows_merge(DeliveryTolerance, "product", repoint=_one_tolerance("product"))
goes_along(DeliveryTolerance, "customer", "product")


@blocks_change
def _returned(obj: models.Model) -> Iterator[str]:
    """Goods of a delivery or receipt that went back stand against reversing it."""
    if isinstance(obj, Delivery):
        for back in Return.objects.live().filter(delivery=obj).order_by("pk"):
            yield _("Goods of it came back by %(ref)s.") % {"ref": back.ref}
    elif isinstance(obj, Receipt):
        for sent_back in SupplierReturn.objects.live().filter(receipt=obj).order_by("pk"):
            yield _("Goods of it are returned by %(ref)s.") % {"ref": sent_back.ref}
        for cost in LandedCost.objects.live().filter(lines__receipt_line__document=obj).distinct():
            yield _("It bears the landed cost %(ref)s.") % {"ref": cost.ref}


@blocks_change
def _made_of_a_quotation(obj: models.Model) -> Iterator[str]:
    """The quotation is taken as ordered: its order is cancelled, not deleted."""
    if isinstance(obj, SalesOrder) and obj.quotation_id is not None:
        yield _("It was made of a quotation; cancel it instead.")


@tells_reliability
def _reliabilities(supplier_ids: Collection[int]) -> dict[int, Reliability]:
    """How soon and how punctually suppliers delivered, for whoever chooses whom to ask."""
    found = performances(supplier_ids, on=company_today())
    return {pk: Reliability(row.average_days, row.on_time_percent) for pk, row in found.items()}
