"""Looking up a part, the part itself, and merging it with its duplicate."""

from decimal import Decimal
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.requests import AuthedRequest
from customers.models import Customer
from erp.core.errors import DomainError
from erp.core.money import plain
from erp.core.pages import change_once, new_token, page, refuse
from erp.core.periods import company
from erp.core.policy import allowed, authorize
from erp.core.registry import columns_following
from erp.parts.cockpit import Cockpit, by_kind, cockpit_of, expected_on
from erp.parts.kinds import kind_of
from erp.parts.section import Size, section_svg
from erp.parts.trend import trend_chart
from products.models import Product
from products.search import match
from products.services import Effects, effects_of_merge, merge_products
from quotations.sheets import facts_of

MOST_HITS = 40
_LONGEST_QUERY = 100


def _customer(request: AuthedRequest) -> Customer | None:
    """Return the customer whose codes and prices count, if the user may see him."""
    pk = _number(request.GET.get("customer", ""))
    return Customer.objects.visible_to(request.user).filter(pk=pk).first() if pk else None


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


def _may_choose_customer(request: AuthedRequest) -> bool:
    return allowed(request.user, "customers.view_customer")


@page("GET")
def search_parts(request: AuthedRequest) -> HttpResponse:
    """Parts by designation, code, name or size."""
    authorize(request.user, "products.view_product")
    asked = " ".join(request.GET.get("q", "").replace("\x00", "").split())[:_LONGEST_QUERY]
    customer = _customer(request)
    hits: Any = ()
    if asked:
        customer_id = customer.pk if customer else None
        (found,) = match([asked], user=request.user, customer_id=customer_id, limit=MOST_HITS)
        hits = found.hits
    facts = facts_of([hit.product.pk for hit in hits], customer=customer, user=request.user)
    context = {
        "asked": asked,
        "customer": customer,
        "may_choose_customer": _may_choose_customer(request),
        "rows": [(hit, facts[hit.product.pk]) for hit in hits if hit.product.pk in facts],
        "sees_prices": allowed(request.user, "quotations.view_quotation"),
    }
    return render(request, "erp/parts.html", context)


def _product(request: AuthedRequest, pk: int) -> Product:
    rows = Product.objects.select_related("brand", "unit", "category", "tax_rate", "merged_into")
    return rows.get_visible(request.user, pk)


@page("GET")
def part(request: AuthedRequest, pk: int) -> HttpResponse:
    """The cockpit; a part that was merged away leads to the one it became."""
    authorize(request.user, "products.view_product")
    product = _product(request, pk)
    customer = _customer(request)
    if product.merged_into_id is not None:
        query = f"?customer={customer.pk}" if customer else ""
        return redirect(reverse("parts:part", args=[product.merged_into_id]) + query)
    shown = cockpit_of(product, customer=customer, user=request.user)
    context = {
        "cockpit": shown,
        "product": product,
        "customer": customer,
        "facts": shown.facts,
        "section": _section(shown),
        "ratings": _ratings(product),
        "inbound": [(row, expected_on(row)) for row in shown.inbound],
        "chart": _chart(shown),
        "may_choose_customer": _may_choose_customer(request),
        "may_order": allowed(request.user, "orders.add_purchaseorder"),
        "may_merge": allowed(request.user, "products.merge_product"),
        "admin_url": reverse("admin:products_product_change", args=[product.pk]),
    }
    return render(request, "erp/part.html", context)


def _section(shown: Cockpit) -> Any:
    product = shown.product
    if product.bore_mm is None or product.outside_mm is None or product.width_mm is None:
        return None
    size = Size(product.bore_mm, product.outside_mm, product.width_mm)
    if not size.is_drawable:
        return None
    seals = 0
    if shown.said is not None:
        for value in (*shown.said.values("seal"), *shown.said.values("shield")):
            seals = max(seals, 1 if value.endswith("-1") else 2 if value.endswith("-2") else 0)
    title = _("Section of %(part)s: d %(d)s, D %(D)s, B %(B)s mm") % {
        "part": product,
        "d": plain(size.bore),
        "D": plain(size.outside),
        "B": plain(size.width),
    }
    return section_svg(size, kind_of(shown.said, product.category), seals=seals, title=title)


def _ratings(product: Product) -> list[tuple[str, str]]:
    """Return the figures that are known, with their unit in the label."""
    names = (
        "bore_mm",
        "outside_mm",
        "width_mm",
        "dynamic_load_kn",
        "static_load_kn",
        "speed_grease_rpm",
        "speed_oil_rpm",
        "mass_kg",
    )
    rows = []
    for name in names:
        value: Decimal | int | None = getattr(product, name)
        if value is not None:
            label: Any = Product._meta.get_field(name)
            shown = f"{value.normalize():,f}" if isinstance(value, Decimal) else f"{value:,}"
            rows.append((str(label.verbose_name), shown))
    return rows


def _chart(shown: Cockpit) -> Any:
    currency = shown.customer.currency_id if shown.customer else company().currency_id
    title = _("Net unit prices of %(part)s in %(currency)s") % {
        "part": shown.product,
        "currency": currency,
    }
    return trend_chart(by_kind(shown.trend, currency), title=title)


# --- merging ---------------------------------------------------------------------------------


@page("GET", "POST")
def merge_part(request: AuthedRequest, pk: int) -> HttpResponse:
    """Show what merging this part into another would do, and do it."""
    authorize(request.user, "products.merge_product")
    gone = _product(request, pk)
    if gone.merged_into_id is not None:
        return redirect("parts:part", pk=gone.merged_into_id)
    given = request.POST if request.method == "POST" else request.GET
    keep_id = _number(given.get("keep", ""))
    keep = None
    if keep_id:
        rows = Product.objects.select_related("brand", "unit", "category", "tax_rate")
        keep = rows.visible_to(request.user).filter(pk=keep_id).first()
    if request.method == "POST" and keep is not None:
        try:
            return change_once(
                request, "product.merge", lambda: _merge(request, keep, gone), object_id=gone.pk
            )
        except DomainError as refusal:
            refuse(request, refusal)
    effects = effects_of_merge(keep, gone) if keep else None
    context = {
        "gone": gone,
        "keep": keep,
        "effects": effects,
        "counts": _named(effects) if effects else [],
        "token": new_token(),
    }
    return render(
        request, "erp/merge.html", context, status=409 if request.method == "POST" else 200
    )


def _merge(request: AuthedRequest, keep: Product, gone: Product) -> tuple[str, str]:
    counts = merge_products(
        keep.pk,
        gone.pk,
        on_purpose=request.POST.get("on_purpose") == "yes",
        by=request.user,
    )
    rows = sum(counts.values())
    said = ngettext(
        "%(gone)s is now %(keep)s; %(rows)d row followed.",
        "%(gone)s is now %(keep)s; %(rows)d rows followed.",
        rows,
    ) % {"gone": gone, "keep": keep, "rows": rows}
    return reverse("parts:part", args=[keep.pk]), said


def _named(effects: Effects) -> list[tuple[str, int]]:
    """Return the tables' own names with the number of rows that would follow."""
    names = {
        name: model._meta.verbose_name_plural for name, model, _c in columns_following(Product)
    }
    totals: dict[str, int] = {}
    for name, count in effects.counts.items():
        label = str(names[name])
        totals[label] = totals.get(label, 0) + count
    return sorted(totals.items())
