"""What of orders, deliveries and receipts follows a merge or changes hands."""

from erp.core.documents import lock_documents_naming
from erp.core.owners import owner_hands_over
from erp.core.registry import follows_merge, locks_merge
from orders.models import (
    Delivery,
    DeliveryLine,
    PurchaseOrder,
    PurchaseOrderLine,
    Receipt,
    ReceiptLine,
    SalesOrder,
    SalesOrderLine,
)
from products.models import Product

follows_merge(SalesOrder, "customer")
follows_merge(Delivery, "customer")
follows_merge(PurchaseOrder, "supplier")
follows_merge(Receipt, "supplier")

owner_hands_over(SalesOrder.objects.unfinished)
owner_hands_over(Delivery.objects.to_ship)
owner_hands_over(PurchaseOrder.objects.unfinished)
owner_hands_over(Receipt.objects.unfinished)


def _lock_documents(gone_id: int, _kept_id: int) -> None:
    """A delivery before its order, a receipt before its purchase order."""
    lock_documents_naming(gone_id, DeliveryLine, SalesOrderLine, ReceiptLine, PurchaseOrderLine)


locks_merge(Product, _lock_documents)
for _line in (DeliveryLine, SalesOrderLine, ReceiptLine, PurchaseOrderLine):
    follows_merge(_line, "product")
