"""Pages of finance outside the admin."""

from django.urls import path

from finance import views

app_name = "finance"
urlpatterns = [
    path("invoices/<int:pk>/pdf/", views.invoice_pdf, name="invoice-pdf"),
]
