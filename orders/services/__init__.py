"""Every change of orders, deliveries and goods receipts, by noun."""

from orders.services.buying_lack import (
    Chosen,
    Wanted,
    order_proposals,
    order_shortages,
)
from orders.services.copying import (
    copy_purchase_order,
    copy_sales_order,
)
from orders.services.customer_returns import (
    ReturnLineInput,
    cancel_return,
    create_return,
    post_return,
    reverse_return,
)
from orders.services.deliveries import (
    finish_delivery,
    reverse_delivery,
    ship_delivery,
)
from orders.services.delivery_planning import (
    cancel_delivery,
    change_delivery,
    create_deliveries,
    create_delivery,
    pick_delivery,
    reserve_delivery,
    step_back_delivery,
)
from orders.services.filling import (
    TakenPart,
    apply_fill_plan,
)
from orders.services.from_rfqs import (
    order_awards,
    request_for_order,
)
from orders.services.order_drafting import (
    change_order,
    create_order,
    create_order_from_quotation,
    replace_lines,
)
from orders.services.order_lines import (
    OrderLineInput,
)
from orders.services.purchase_steps import (
    Confirmed,
    approve_purchase_order,
    cancel_purchase_order,
    close_purchase_order,
    confirm_purchase_order,
    refuse_purchase_order,
    send_purchase_order,
    submit_purchase_order,
)
from orders.services.purchasing import (
    PurchaseLineInput,
    change_purchase_order,
    create_purchase_order,
)
from orders.services.receipts import (
    CountedLine,
    cancel_receipt,
    change_receipt,
    count_receipt,
    create_receipt,
    reopen_receipt,
)
from orders.services.receiving import (
    post_receipt,
    reverse_receipt,
)
from orders.services.sales import (
    allow_credit,
    cancel_order,
    close_order,
    confirm_order,
    reopen_order,
    reserve_waiting,
    unreserve_order,
)
from orders.services.supplier_returns import (
    ReturnedLine,
    cancel_supplier_return,
    create_supplier_return,
    post_supplier_return,
    reverse_supplier_return,
)

__all__ = [
    "Chosen",
    "Confirmed",
    "CountedLine",
    "OrderLineInput",
    "PurchaseLineInput",
    "ReturnLineInput",
    "ReturnedLine",
    "TakenPart",
    "Wanted",
    "allow_credit",
    "apply_fill_plan",
    "approve_purchase_order",
    "cancel_delivery",
    "cancel_order",
    "cancel_purchase_order",
    "cancel_receipt",
    "cancel_return",
    "cancel_supplier_return",
    "change_delivery",
    "change_order",
    "change_purchase_order",
    "change_receipt",
    "close_order",
    "close_purchase_order",
    "confirm_order",
    "confirm_purchase_order",
    "copy_purchase_order",
    "copy_sales_order",
    "count_receipt",
    "create_deliveries",
    "create_delivery",
    "create_order",
    "create_order_from_quotation",
    "create_purchase_order",
    "create_receipt",
    "create_return",
    "create_supplier_return",
    "finish_delivery",
    "order_awards",
    "order_proposals",
    "order_shortages",
    "pick_delivery",
    "post_receipt",
    "post_return",
    "post_supplier_return",
    "refuse_purchase_order",
    "reopen_order",
    "reopen_receipt",
    "replace_lines",
    "request_for_order",
    "reserve_delivery",
    "reserve_waiting",
    "reverse_delivery",
    "reverse_receipt",
    "reverse_return",
    "reverse_supplier_return",
    "send_purchase_order",
    "ship_delivery",
    "step_back_delivery",
    "submit_purchase_order",
    "unreserve_order",
]
