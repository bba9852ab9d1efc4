"""Orders, deliveries and returns over HTTP."""

from ninja import Router

from orders.api import (
    accepting,
    buying,
    deliveries,
    filling,
    purchases,
    receipts,
    returns,
    sales,
)

router = Router()
router.add_router("", accepting.router)
router.add_router("", buying.router)
router.add_router("/sales-orders", sales.router)
router.add_router("/sales-orders", filling.router)
router.add_router("/deliveries", deliveries.router)
router.add_router("/returns", returns.router)
router.add_router("/purchase-orders", purchases.router)
router.add_router("/receipts", receipts.router)
