"""How old the stock is, what lies dead and how it turns, as of the last night."""
# ruff: noqa: ARG002 (hooks take what Django hands them)

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.contrib import admin, messages
from django.db.models import Count, F, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from erp.core.admin import VisibleFilter, display, figure, may_see_cost, plain, price
from erp.core.aggregates import ExactSum
from erp.core.jobs import enqueue
from erp.core.money import ZERO
from erp.core.periods import company_today
from inventory.admin.stock import ByProduct
from inventory.models import StockAge
from inventory.models.ageing import AGES

BANDS = ("young", "middling", "old", "oldest")
_IDLE = (90, 180, 365, 730)


class _DaysFilter(admin.SimpleListFilter):
    """Rows whose date lies this many days back."""

    column = ""
    days: tuple[int, ...] = ()

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, Any]]:
        return [(str(n), ngettext("%(n)d day", "%(n)d days", n) % {"n": n}) for n in self.days]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value()
        if value not in {str(days) for days in self.days}:
            return queryset
        day = company_today() - timedelta(days=int(value))
        return queryset.filter(**{f"{self.column}__lt": day})


class IdleFilter(_DaysFilter):
    title = _("no issue for more than")
    parameter_name = "idle"
    column, days = "idle_since", _IDLE


class AgeFilter(_DaysFilter):
    title = _("some of it older than")
    parameter_name = "age"
    column, days = "oldest_on", AGES


@admin.register(StockAge)
class StockAgeAdmin(ByProduct):
    list_before_template = "inventory/ageing_summary.html"
    list_display = (
        "product",
        "warehouse",
        "show_quantity",
        "show_young",
        "show_middling",
        "show_old",
        "show_oldest",
        "oldest_on",
        "issued_on",
        "show_sold",
        "show_turnover",
        "show_value",
        "show_old_value",
    )
    show_quantity = figure(StockAge, "quantity", plain)
    show_young = figure(StockAge, "young", plain)
    show_middling = figure(StockAge, "middling", plain)
    show_old = figure(StockAge, "old", plain)
    show_oldest = figure(StockAge, "oldest", plain)
    show_sold = figure(StockAge, "sold_quantity", plain)
    show_turnover = figure(StockAge, "turnover", plain)
    show_value = figure(StockAge, "value", price)
    show_value.admin_order_field = "value"
    list_filter = (("warehouse", VisibleFilter), IdleFilter, AgeFilter)
    list_select_related = ("product__brand", "warehouse")
    sortable_by = ("oldest_on", "show_value")
    cost_fields = ("show_value", "show_old_value")
    ordering = ("oldest_on", "pk")
    fields = (
        ("product", "warehouse", "show_quantity"),
        ("show_young", "show_middling", "show_old", "show_oldest"),
        ("oldest_on", "issued_on", "idle_since"),
        ("show_sold", "show_turnover"),
        ("show_value", "show_old_value"),
        ("counted_on",),
    )

    @display(description=_("value over 365 days"))
    def show_old_value(self, obj: StockAge) -> Any:
        return price(obj.old_value)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.refresh_view)
        return [path("refresh/", view, name="inventory_stockage_refresh"), *super().get_urls()]

    def refresh_view(self, request: HttpRequest) -> HttpResponse:
        """Work the ages out again, in the background."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if self.has_view_permission(request):
            enqueue("inventory.refresh_stock_ages")
            messages.info(request, gettext("The ages are being worked out; look again shortly."))
        return redirect("admin:inventory_stockage_changelist")

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:
        answer = super().changelist_view(request, extra_context)
        shown: Any = getattr(answer, "context_data", None) or {}
        if "cl" in shown:
            shown["ages"] = _summary(shown["cl"].queryset, by_value=may_see_cost(request))
        return answer


def _summary(rows: QuerySet[StockAge], *, by_value: bool) -> dict[str, Any]:
    """Return a row per warehouse of the list, by value for those who may see it."""
    sums = {
        name: ExactSum(F("value") * F(name) / F("quantity"))
        if by_value
        else ExactSum(F(name), places=3)
        for name in BANDS
    }
    found = (
        rows.order_by("warehouse__code")
        .values("warehouse__code", "warehouse__name")
        .annotate(positions=Count("pk"), **{f"sum_{name}": one for name, one in sums.items()})
    )
    lines = [_line(dict(row), by_value=by_value) for row in found]
    newest = rows.order_by().values_list("counted_on", flat=True).first()
    columns: dict[str, Any] = {one.name: one for one in StockAge._meta.concrete_fields}
    labels = [columns[name].verbose_name for name in BANDS]
    return {"lines": lines, "labels": labels, "by_value": by_value, "counted_on": newest}


def _line(row: dict[str, Any], *, by_value: bool) -> dict[str, Any]:
    figures = [row[f"sum_{name}"] for name in BANDS]
    total = sum(figures, ZERO)
    shares = [float(100 * one / total) if total else 0.0 for one in figures]
    starts = [sum(shares[:number]) for number in range(len(shares))]
    show = price if by_value else plain
    return {
        "warehouse": f"{row['warehouse__code']} {row['warehouse__name']}",
        "positions": row["positions"],
        "figures": [show(one) for one in figures],
        "total": show(total),
        "bars": [
            (number, f"{start:.2f}", f"{share:.2f}")
            for number, (start, share) in enumerate(zip(starts, shares, strict=True))
        ],
    }
