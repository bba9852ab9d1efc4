"""What of orders, deliveries and receipts follows a merge or changes hands."""

from erp.core.owners import owner_hands_over
from erp.core.registry import follows_merge
from orders.models import Delivery, PurchaseOrder, Receipt, SalesOrder

follows_merge(SalesOrder, "customer")
follows_merge(Delivery, "customer")
follows_merge(PurchaseOrder, "supplier")
follows_merge(Receipt, "supplier")

owner_hands_over(SalesOrder.objects.unfinished)
owner_hands_over(Delivery.objects.to_ship)
owner_hands_over(PurchaseOrder.objects.unfinished)
owner_hands_over(Receipt.objects.unfinished)
