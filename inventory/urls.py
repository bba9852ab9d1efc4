"""The pages of the stock and of the documents that move it."""

from typing import Any

from django.urls import URLPattern, path

from inventory.papers import COUNTS, PAPERS
from inventory.views import counts, documents, lookups, receiving, stock

app_name = "inventory"


def _of(slug: str) -> list[URLPattern]:
    """Return the routes every stock document has."""
    kind: dict[str, Any] = {"slug": slug}
    counts_lines = slug == COUNTS.slug
    page = (
        path(f"{slug}/<int:pk>/", counts.count, name=f"{slug}-page")
        if counts_lines
        else path(f"{slug}/<int:pk>/", documents.document, kind, name=f"{slug}-page")
    )
    routes = [
        path(f"{slug}/new/", documents.new_document, kind, name=f"{slug}-new"),
        page,
        path(f"{slug}/<int:pk>/pdf/", documents.pdf, kind, name=f"{slug}-pdf"),
        path(f"{slug}/<int:pk>/do/<slug:step>/", documents.take_step, kind, name=f"{slug}-step"),
    ]
    if not counts_lines:
        routes.append(path(f"{slug}/<int:pk>/rows/", lookups.rows, kind, name=f"{slug}-rows"))
    return routes


urlpatterns = [
    path("stock/", stock.stock, name="stock"),
    path("stock/total/", stock.stock_total, name="stock-total"),
    path("stock/export/", stock.export_stock, name="export-stock"),
    path("stock/reorder/", stock.reorder, name="reorder"),
    path("stock/reorder/export/", stock.export_reorder, name="export-reorder"),
    path("warehouse/", documents.home, name="home"),
    path("warehouse/parts/", lookups.parts, name="find-parts"),
    *(route for slug in PAPERS for route in _of(slug)),
    path("transfers/<int:pk>/receive/", receiving.receive, name="transfers-receive"),
    path("stock-counts/<int:pk>/sheet/", counts.sheet, name="stock-counts-sheet"),
    path("stock-counts/<int:pk>/upload/", counts.upload, name="stock-counts-upload"),
]
