"""Pages of orders outside the admin."""

from django.urls import path

from orders import views

app_name = "orders"
urlpatterns = [
    path("quotations/<int:pk>/order/", views.order_from_quotation, name="from-quotation"),
    path("rfqs/<int:pk>/order/", views.orders_from_rfq, name="from-rfq"),
    path("sales-orders/<int:pk>/pdf/", views.sales_order_pdf, name="sales-order-pdf"),
    path("deliveries/<int:pk>/pdf/", views.delivery_pdf, name="delivery-pdf"),
]
