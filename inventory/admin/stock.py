"""The ledger and what is derived from it, to look at."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from erp.core.admin import (
    LedgerAdmin,
    ReadOnlyAdmin,
    VisibleFilter,
    figure,
    may_see_cost,
    plain,
    price,
)
from erp.core.periods import company_today
from inventory.models import (
    Inbound,
    InboundPromise,
    Reservation,
    StockBalance,
    StockMove,
    StockValue,
)
from products.search import products_named


class ByProduct(ReadOnlyAdmin[Any]):
    """Rows of one product: found by its designation."""

    search_fields = ("product__search_key",)
    search_help_text = _("Designation in any spelling")

    def search(self, request: HttpRequest, rows: QuerySet[Any], term: str) -> QuerySet[Any]:
        return rows.filter(product__in=products_named(term, user=request.user))


@admin.register(StockBalance)
class StockBalanceAdmin(ByProduct):
    list_display = ("product", "warehouse", "bin", "show_on_hand", "show_reserved", "available")
    show_on_hand = figure(StockBalance, "on_hand", plain)
    show_reserved = figure(StockBalance, "reserved", plain)
    list_select_related = ("product__brand", "bin__warehouse")
    ordering = ("product", "bin")
    fields = (("product", "warehouse", "bin"), ("show_on_hand", "show_reserved", "available"))

    @admin.display(description=_("warehouse"))
    def warehouse(self, obj: StockBalance) -> str:
        return str(obj.bin.warehouse)

    @admin.display(description=_("available"))
    def available(self, obj: StockBalance) -> Any:
        return plain(obj.available)


@admin.register(StockMove)
class StockMoveAdmin(ByProduct, LedgerAdmin[Any]):
    list_display = (
        "posted_at",
        "kind",
        "product",
        "show_quantity",
        "from_bin",
        "to_bin",
        "show_cost",
        "show_value",
        "document",
    )
    show_quantity = figure(StockMove, "quantity", plain)
    show_cost = figure(StockMove, "unit_cost", price)
    show_value = figure(StockMove, "value", price)
    list_filter = ("kind", "on")
    list_select_related = ("product__brand", "from_bin", "to_bin")
    cost_fields = ("show_cost", "show_value")
    ordering = ("-id",)
    fields = (
        ("product", "kind", "on"),
        ("show_quantity", "from_bin", "to_bin"),
        ("show_cost", "show_value"),
        ("document", "posted_at", "reverses"),
    )


@admin.register(StockValue)
class StockValueAdmin(ByProduct):
    """All of it is cost."""

    list_display = ("product", "warehouse", "show_quantity", "average_cost", "show_value")
    fields = (("product", "warehouse"), ("show_quantity", "average_cost", "show_value"))
    show_quantity = figure(StockValue, "quantity", plain)
    show_value = figure(StockValue, "value", price)
    list_filter = (("warehouse", VisibleFilter),)
    list_select_related = ("product__brand", "warehouse")
    ordering = ("product", "warehouse")

    @admin.display(description=_("average cost"))
    def average_cost(self, obj: StockValue) -> Any:
        return price(obj.average_cost)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may_see_cost(request) and super().has_view_permission(request, obj)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request)
        return rows if may_see_cost(request) else rows.none()


@admin.register(Reservation)
class ReservationAdmin(ByProduct, LedgerAdmin[Any]):
    list_display = ("created_at", "product", "bin", "show_quantity", "document")
    show_quantity = figure(Reservation, "quantity", plain)
    list_select_related = ("product__brand", "bin")
    ordering = ("-id",)
    fields = (("product", "bin", "show_quantity"), ("document", "created_at"))


class DelayFilter(admin.SimpleListFilter):
    """Delayed, overdue, or named by the maker's report no more."""

    title = _("delay")
    parameter_name = "delay"

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("delayed", _("confirmed later than requested")),
            ("overdue", _("should have come")),
            ("missing", _("not in the report any more")),
        ]

    def queryset(self, _request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        chosen: Any = rows
        if self.value() == "delayed":
            return chosen.delayed()  # type: ignore[no-any-return]
        if self.value() == "overdue":
            return chosen.overdue(company_today())  # type: ignore[no-any-return]
        return rows.exclude(missing_since=None) if self.value() == "missing" else rows


@admin.register(Inbound)
class InboundAdmin(ByProduct, LedgerAdmin[Any]):
    list_display = (
        "product",
        "warehouse",
        "show_quantity",
        "requested_on",
        "confirmed_on",
        "delay",
        "reference",
        "missing_since",
        "document",
    )
    show_quantity = figure(Inbound, "quantity", plain)
    list_filter = (DelayFilter, ("warehouse", VisibleFilter), "requested_on")
    list_select_related = ("product__brand", "warehouse")
    fields = (
        ("product", "warehouse", "show_quantity"),
        ("requested_on", "confirmed_on", "delay"),
        ("reference", "missing_since", "document"),
    )

    @admin.display(description=_("delay in days"))
    def delay(self, obj: Inbound) -> str:
        return "–" if obj.delay_days is None else f"{obj.delay_days:+d}"


@admin.register(InboundPromise)
class InboundPromiseAdmin(ByProduct, LedgerAdmin[Any]):
    """How the dates of goods on their way moved, the newest first."""

    list_display = (
        "noted_on",
        "product",
        "show_quantity",
        "previous_on",
        "confirmed_on",
        "moved",
        "is_gone",
        "reference",
        "noted_by",
        "document",
    )
    show_quantity = figure(InboundPromise, "quantity", plain)
    list_filter = ("is_gone", ("warehouse", VisibleFilter), "noted_on")
    list_select_related = ("product__brand", "warehouse", "noted_by")
    ordering = ("-id",)
    fields = (
        ("product", "warehouse", "show_quantity"),
        ("previous_on", "confirmed_on", "moved"),
        ("reference", "is_gone", "document"),
        ("noted_on", "noted_at", "noted_by"),
    )

    @admin.display(description=_("moved by days"))
    def moved(self, obj: InboundPromise) -> str:
        return "–" if obj.moved_days is None else f"{obj.moved_days:+d}"
