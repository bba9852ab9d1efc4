"""What was offered, agreed and paid."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from erp.core.admin import ReadOnlyAdmin, figure, may_see_cost, plain, price
from products.models import COST_KINDS, PriceFact
from products.search import products_named


@admin.register(PriceFact)
class PriceFactAdmin(ReadOnlyAdmin[PriceFact]):
    """What was offered, agreed and paid. Buying prices are cost."""

    list_display = (
        "on",
        "kind",
        "product",
        "customer",
        "supplier",
        "show_quantity",
        "show_price",
        "currency",
    )
    fields = (
        ("kind", "on", "product"),
        ("customer", "supplier"),
        ("show_quantity", "show_price", "currency"),
    )
    show_quantity = figure(PriceFact, "quantity", plain)
    show_price = figure(PriceFact, "net_unit_price", price)
    list_filter = ("kind", "on")
    list_select_related = ("product__brand", "customer", "supplier", "currency")
    search_fields = ("product__search_key",)
    search_help_text = _("Designation in any spelling")
    ordering = ("-id",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[PriceFact]:
        rows = super().get_queryset(request)
        if may_see_cost(request):
            return rows
        return rows.exclude(kind__in=COST_KINDS)

    def search(
        self, request: HttpRequest, rows: QuerySet[PriceFact], term: str
    ) -> QuerySet[PriceFact]:
        return rows.filter(product__in=products_named(term, user=request.user))
