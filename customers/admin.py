"""Customers and suppliers, each with contacts, addresses and invoice profiles on one page."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from customers.models import Address, Contact, Customer, InvoiceProfile, Supplier
from erp.core.admin import AuditedAdmin, MasterAdmin, ScopedInline, VisibleFilter, visible_rows


class ContactInline(ScopedInline[Contact, Customer]):
    model = Contact
    fields = ("name", "title", "phone", "email", "is_default")
    tab = True


class AddressInline(ScopedInline[Address, Customer]):
    model = Address
    fields = ("text", "is_default")
    tab = True


class InvoiceProfileInline(ScopedInline[InvoiceProfile, Customer]):
    model = InvoiceProfile
    fields = ("title", "tax_id", "address_phone", "bank_account", "is_default")
    tab = True


class PartnerAdmin(MasterAdmin[Any]):
    list_filter: ClassVar[Any] = (("owner", VisibleFilter),)
    list_select_related = ("owner", "payment_term")
    search_fields = ("code", "name", "short_name", "tax_id")
    search_help_text = _("Code, name or tax number")
    sortable_by = ("code", "name")
    ordering = ("code",)
    autocomplete_fields = ("owner",)
    inlines = (ContactInline, AddressInline, InvoiceProfileInline)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:  # noqa: FBT001
        """Free the place of the default first: it may pass from one row to another."""
        given_up = [
            row.instance.pk
            for row in formset.initial_forms
            if "is_default" in row.changed_data and not row.instance.is_default
        ]
        rows = formset.model._default_manager.filter(pk__in=given_up)
        rows.update(is_default=None)
        super().save_formset(request, form, formset, change)


@admin.register(Customer)
class CustomerAdmin(PartnerAdmin):
    list_display = ("code", "name", "short_name", "kind", "phone", "payment_term", "owner")
    list_filter = ("kind", ("owner", VisibleFilter))
    fieldsets = (
        (None, {"fields": (("code", "kind", "owner"), ("name", "short_name"))}),
        (None, {"fields": (("phone", "email"), "tax_id")}),
        (
            _("Terms"),
            {"fields": (("currency", "price_includes_tax"), ("payment_term", "credit_limit"))},
        ),
        (_("Notes"), {"fields": ("notes",)}),
    )


@admin.register(Supplier)
class SupplierAdmin(PartnerAdmin):
    list_display = (
        "code",
        "name",
        "short_name",
        "phone",
        "payment_term",
        "lead_time_days",
        "owner",
    )
    fieldsets = (
        (None, {"fields": (("code", "owner"), ("name", "short_name"))}),
        (None, {"fields": (("phone", "email"), "tax_id")}),
        (
            _("Terms"),
            {"fields": (("currency", "price_includes_tax"), ("payment_term", "lead_time_days"))},
        ),
        (_("Notes"), {"fields": ("notes",)}),
    )


@admin.register(InvoiceProfile)
class InvoiceProfileAdmin(AuditedAdmin[InvoiceProfile]):
    """For those who keep invoice profiles without the right to change the partner."""

    list_display = ("title", "tax_id", "customer", "supplier")
    list_select_related = ("customer", "supplier")
    fields = (("customer", "supplier"), ("title", "tax_id"), "address_phone", "bank_account")
    ordering = ("-id",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[InvoiceProfile]:
        mine = Q(customer__in=visible_rows(Customer, request).order_by())
        mine |= Q(supplier__in=visible_rows(Supplier, request).order_by())
        return super().get_queryset(request).filter(mine)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("customer", "supplier")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False
