"""Interchanges, on their own and on the page of a product."""

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from erp.core.admin import MasterAdmin, ScopedInline
from products.admin.sought import designated
from products.models import Interchange, Product


class InterchangeInline(ScopedInline[Interchange, Product]):
    model = Interchange
    fk_name = "from_product"
    fields = ("to_product", "grade", "one_way", "source")
    autocomplete_fields = ("to_product",)
    verbose_name_plural = _("may be replaced by")
    tab = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[Interchange]:
        return super().get_queryset(request).select_related("to_product__brand")


@admin.register(Interchange)
class InterchangeAdmin(MasterAdmin[Interchange]):
    list_display = ("from_product", "grade", "to_product", "one_way", "source")
    list_filter = ("grade", "one_way")
    list_select_related = ("from_product__brand", "to_product__brand")
    search_fields = ("from_product__search_key", "to_product__search_key")
    autocomplete_fields = ("from_product", "to_product")
    ordering = ("-id",)
    fields = (("from_product", "to_product"), ("grade", "one_way"), ("source", "approved_by"))

    def search(
        self, request: HttpRequest, rows: QuerySet[Interchange], term: str
    ) -> QuerySet[Interchange]:
        keys = Product.objects.visible_to(request.user).filter(designated(term)).order_by()
        named = list(keys.values_list("pk", flat=True)[:200])
        return rows.filter(Q(from_product__in=named) | Q(to_product__in=named))
