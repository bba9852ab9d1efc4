"""Protected items of the user's own customers; others' are told by ``products.protected``."""

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from erp.core.admin import MasterAdmin
from products.models import ProtectedItem
from products.search import products_named


@admin.register(ProtectedItem)
class ProtectedItemAdmin(MasterAdmin[ProtectedItem]):
    list_display = ("product", "customer", "since", "valid_until", "reason")
    list_filter = ("since",)
    list_select_related = ("product__brand", "customer")
    search_fields = ("product__search_key",)
    search_help_text = _("Designation in any spelling, or the customer's code")
    autocomplete_fields = ("product", "customer")
    ordering = ("-id",)
    fields = (("product", "customer"), ("since", "valid_until"), "reason")

    def search(
        self, request: HttpRequest, rows: QuerySet[ProtectedItem], term: str
    ) -> QuerySet[ProtectedItem]:
        named = products_named(term, user=request.user)
        return rows.filter(Q(product__in=named) | Q(customer__code__istartswith=term))
