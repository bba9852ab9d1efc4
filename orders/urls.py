"""Pages of orders outside the admin."""

from django.urls import path

from orders.views import filling, papers, sales

app_name = "orders"
urlpatterns = [
    path("rfqs/<int:pk>/order/", papers.orders_from_rfq, name="from-rfq"),
    path("quotations/<int:pk>/order/", papers.order_from_quotation, name="from-quotation"),
    path("sales-orders/", sales.order_list, name="sales-orders"),
    path("sales-orders/new/", sales.new_order, name="new-sales-order"),
    path("sales-orders/waiting/", filling.waiting, name="waiting"),
    path("sales-orders/<int:pk>/", sales.sales_order, name="sales-order"),
    path("sales-orders/<int:pk>/row/", sales.new_row, name="new-row"),
    path("sales-orders/<int:pk>/fill/", filling.fill, name="fill"),
    path("sales-orders/<int:pk>/pdf/", papers.sales_order_pdf, name="sales-order-pdf"),
    path("sales-orders/<int:pk>/<slug:step>/", sales.take_step, name="step"),
    path("deliveries/<int:pk>/pdf/", papers.delivery_pdf, name="delivery-pdf"),
    path("returns/<int:pk>/pdf/", papers.return_pdf, name="return-pdf"),
]
