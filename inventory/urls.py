"""The pages of the stock."""

from django.urls import path

from inventory import views

app_name = "inventory"
urlpatterns = [
    path("stock/", views.stock, name="stock"),
    path("stock/total/", views.stock_total, name="stock-total"),
    path("stock/export/", views.export_stock, name="export-stock"),
    path("stock/reorder/", views.reorder, name="reorder"),
    path("stock/reorder/export/", views.export_reorder, name="export-reorder"),
]
