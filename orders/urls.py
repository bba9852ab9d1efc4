"""Pages of orders outside the admin."""

from django.urls import path

from orders.views import (
    buying_papers,
    filling,
    papers,
    proposals,
    purchasing,
    receiving,
    sales,
    shortages,
)

app_name = "orders"
urlpatterns = [
    path("rfqs/<int:pk>/order/", papers.orders_from_rfq, name="from-rfq"),
    path("quotations/<int:pk>/order/", papers.order_from_quotation, name="from-quotation"),
    path("sales-orders/", sales.order_list, name="sales-orders"),
    path("sales-orders/export/", sales.export_list, name="export-sales-orders"),
    path("sales-orders/new/", sales.new_order, name="new-sales-order"),
    path("sales-orders/waiting/", filling.waiting, name="waiting"),
    path("sales-orders/<int:pk>/", sales.sales_order, name="sales-order"),
    path("sales-orders/<int:pk>/row/", sales.new_row, name="new-row"),
    path("sales-orders/<int:pk>/fill/", filling.fill, name="fill"),
    path("sales-orders/<int:pk>/pdf/", papers.sales_order_pdf, name="sales-order-pdf"),
    path("sales-orders/<int:pk>/copy/", sales.copy_order, name="copy-sales-order"),
    path("sales-orders/<int:pk>/<slug:step>/", sales.take_step, name="step"),
    path("deliveries/<int:pk>/pdf/", papers.delivery_pdf, name="delivery-pdf"),
    path("returns/<int:pk>/pdf/", papers.return_pdf, name="return-pdf"),
    path("purchase-orders/new/", purchasing.new_order, name="new-purchase-order"),
    path("purchase-orders/proposals/", proposals.order_proposals, name="order-proposals"),
    path("purchase-orders/suppliers/", purchasing.find_suppliers, name="find-suppliers"),
    path("purchase-orders/parts/", purchasing.find_parts, name="find-purchase-parts"),
    path("purchase-orders/row/<int:pk>/", purchasing.new_row, name="purchase-row"),
    path("purchase-orders/<int:pk>/", purchasing.purchase_order, name="purchase-order"),
    path(
        "purchase-orders/<int:pk>/pdf/",
        buying_papers.purchase_order_pdf,
        name="purchase-order-pdf",
    ),
    path("receipts/<int:pk>/", receiving.receipt, name="receipt"),
    path("receipts/<int:pk>/pdf/", buying_papers.receipt_pdf, name="receipt-pdf"),
    path(
        "supplier-returns/<int:pk>/pdf/",
        buying_papers.supplier_return_pdf,
        name="supplier-return-pdf",
    ),
    path("shortages/", shortages.shortage_list, name="shortages"),
    path("shortages/export/", shortages.export_shortages, name="export-shortages"),
]
