"""Pages of orders outside the admin."""

from django.urls import path

from orders import views

app_name = "orders"
urlpatterns = [
    path("quotations/<int:pk>/order/", views.order_from_quotation, name="from-quotation"),
]
