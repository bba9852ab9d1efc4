"""Customers and suppliers, each with everything that belongs to it on one page."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from customers import services
from customers.forms import FollowUpForm, PartnerForm
from customers.models import (
    Address,
    Contact,
    Customer,
    FollowUp,
    InvoiceProfile,
    OfPartner,
    Partner,
    PartnerDetail,
    Supplier,
)
from erp.core.admin import (
    AuditedAdmin,
    MasterAdmin,
    ObjectAction,
    ScopedInline,
    VisibleFilter,
    display,
    visible_rows,
)
from erp.core.periods import company_today
from erp.core.policy import allowed
from erp.core.record import record


class ContactInline(ScopedInline[Contact, Customer]):
    model = Contact
    fields = ("name", "title", "phone", "email", "is_default")
    tab = True


class AddressInline(ScopedInline[Address, Customer]):
    model = Address
    fields = ("kind", "text", "recipient", "phone", "is_default")
    tab = True


class InvoiceProfileInline(ScopedInline[InvoiceProfile, Customer]):
    model = InvoiceProfile
    fields = ("title", "tax_id", "address_phone", "bank_account", "is_default")
    tab = True


class FollowUpInline(ScopedInline[FollowUp, Customer]):
    """What is still to be done; what is done is in the list of follow-ups."""

    model = FollowUp
    fields = ("due_on", "note", "owner")
    readonly_fields = ("owner",)  # whoever adds it; given away on its own page
    tab = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[FollowUp]:
        return super().get_queryset(request).filter(done_at=None).select_related("owner")


class BlockedFilter(admin.SimpleListFilter):
    title = _("blocked")
    parameter_name = "blocked"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return [("yes", _("blocked")), ("no", _("not blocked"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        wanted = {
            "yes": queryset.exclude(blocked_reason=""),
            "no": queryset.filter(blocked_reason=""),
        }
        return wanted.get(self.value() or "", queryset)


def _merge_form(obj: Partner, request: HttpRequest) -> type[forms.Form]:
    field = type(obj)._meta.get_field("merged_into")
    rows: Any = visible_rows(type(obj), request)

    class MergeForm(forms.Form):
        kept = forms.ModelChoiceField(
            queryset=rows.active().exclude(pk=obj.pk),
            widget=AutocompleteSelect(field, admin.site),
            label=_("Keep this one"),
            help_text=_(
                "Documents, contacts, addresses, profiles, codes and prices move to it; the other"
                " is archived. This cannot be undone."
            ),
        )

    return MergeForm


def _merge(obj: Partner, request: HttpRequest, answers: dict[str, Any]) -> Partner:
    return services.merge_partners(
        type(obj), obj.pk, answers["kept"].pk, version=obj.version, by=request.user
    )


def merge_action(model: str) -> ObjectAction:
    return ObjectAction(
        "merge",
        f"customers.merge_{model}",
        _("merge into another"),
        _merge,
        lambda partner: partner.merged_into_id is None,
        icon="merge",
        in_list=False,
        ask=_merge_form,
    )


class PartnerAdmin(MasterAdmin[Any]):
    form = PartnerForm
    change_form_before_template = "admin/customers/before.html"
    list_filter: ClassVar[Any] = (("owner", VisibleFilter), BlockedFilter)
    list_select_related = ("owner", "payment_term")
    search_fields = ("code", "name", "short_name", "tax_id", "initials", "phone_key")
    search_help_text = _("Code, name, initials, tax number or phone")
    sortable_by = ("code", "name")
    ordering = ("code",)
    autocomplete_fields = ("owner",)
    inlines = (ContactInline, AddressInline, InvoiceProfileInline, FollowUpInline)

    @display(description=_("state"), label={"blocked": "danger", "merged": "default"})
    def state(self, obj: Partner) -> Any:
        if obj.merged_into_id is not None:
            return "merged", _("merged")
        return ("blocked", _("blocked")) if obj.is_blocked else None

    @display(description=_("merged into"))
    def show_merged(self, obj: Partner) -> str:
        return str(obj.merged_into or "–")

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        sets = super().get_fieldsets(request, obj)
        if obj is not None and obj.merged_into_id is not None:
            sets = [(None, {"fields": ("show_merged",)}), *sets]
        return sets

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        name = self.opts.model_name
        rights = {
            "blocked_reason": f"customers.block_{name}",
            "shares_tax_id": f"customers.share_tax_id_{name}",
            "credit_limit": f"customers.grant_credit_{name}",
        }
        held_back = [field for field, right in rights.items() if not allowed(request.user, right)]
        fixed = super().get_readonly_fields(request, obj)
        return (*fixed, "show_merged", *(name for name in held_back if name not in fixed))

    def get_form(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:  # type: ignore[override]
        form: Any = super().get_form(request, obj, **kwargs)
        return type(form.__name__, (form,), {"asked_by": request.user})

    def search(self, request: HttpRequest, rows: QuerySet[Any], term: str) -> QuerySet[Any]:
        return super().search(request, rows, term.casefold() if term.isascii() else term)

    # --- saving ---

    def save_model(self, request: HttpRequest, obj: Partner, form: Any, change: bool) -> None:  # noqa: FBT001
        if not obj.code:
            obj.code = services.draw_codes(type(obj), 1)[0]
        super().save_model(request, obj, form, change)
        if form.likeness:
            action = f"{obj._meta.label_lower}.similar_confirmed"
            record(action, obj, by=request.user, reason=form.likeness)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:  # noqa: FBT001
        super().save_related(request, form, formsets, change)
        services.keep_one_default(form.instance, by=request.user)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:  # noqa: FBT001
        """Free the place of the default first: it may pass from one row to another."""
        if formset.model is FollowUp:
            for row in formset.extra_forms:
                row.instance.owner = request.user
        elif issubclass(formset.model, PartnerDetail):
            given_up = [
                row.instance.pk
                for row in formset.initial_forms
                if "is_default" in row.changed_data and not row.instance.is_default
            ]
            formset.model._default_manager.filter(pk__in=given_up).update(is_default=None)
        super().save_formset(request, form, formset, change)


@admin.register(Customer)
class CustomerAdmin(PartnerAdmin):
    list_display = ("code", "name", "short_name", "kind", "phone", "payment_term", "owner", "state")
    list_filter = ("kind", ("owner", VisibleFilter), BlockedFilter)
    object_actions = (merge_action("customer"),)
    fieldsets = (
        (None, {"fields": (("code", "kind", "owner"), ("name", "short_name"))}),
        (None, {"fields": (("phone", "email"), ("tax_id", "shares_tax_id"))}),
        (
            _("Terms"),
            {
                "fields": (
                    ("currency", "price_includes_tax"),
                    ("payment_term", "cut_off_day", "credit_limit"),
                    "blocked_reason",
                )
            },
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
        "state",
    )
    object_actions = (merge_action("supplier"),)
    fieldsets = (
        (None, {"fields": (("code", "owner"), ("name", "short_name"))}),
        (None, {"fields": (("phone", "email"), ("tax_id", "shares_tax_id"))}),
        (
            _("Terms"),
            {
                "fields": (
                    ("currency", "price_includes_tax"),
                    ("payment_term", "cut_off_day", "lead_time_days", "receipt_tolerance"),
                    "blocked_reason",
                )
            },
        ),
        (_("Notes"), {"fields": ("notes",)}),
    )


def of_visible_partner(request: HttpRequest) -> Q:
    """Rows of customers and suppliers this user may see."""
    mine = Q(customer__in=visible_rows(Customer, request).order_by())
    return mine | Q(supplier__in=visible_rows(Supplier, request).order_by())


@admin.register(InvoiceProfile)
class InvoiceProfileAdmin(AuditedAdmin[InvoiceProfile]):
    """For those who keep invoice profiles without the right to change the partner."""

    list_display = ("title", "tax_id", "customer", "supplier")
    list_select_related = ("customer", "supplier")
    fields = (("customer", "supplier"), ("title", "tax_id"), "address_phone", "bank_account")
    ordering = ("-id",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[InvoiceProfile]:
        return super().get_queryset(request).filter(of_visible_partner(request))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("customer", "supplier")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False


class DueFilter(admin.SimpleListFilter):
    """What is due unless asked otherwise."""

    title = _("when")
    parameter_name = "when"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return [("open", _("all open")), ("done", _("done"))]

    def choices(self, changelist: Any) -> Any:
        due = {
            "selected": self.value() is None,
            "query_string": changelist.get_query_string(remove=[self.parameter_name]),
            "display": _("due"),
        }
        return [due, *list(super().choices(changelist))[1:]]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "open":
            return queryset.open()  # type: ignore[attr-defined, no-any-return]
        if self.value() == "done":
            return queryset.exclude(done_at=None)
        return queryset.due(company_today())  # type: ignore[attr-defined, no-any-return]


def _complete(obj: FollowUp, request: HttpRequest) -> FollowUp:
    return services.complete_follow_up(obj.pk, by=request.user)


@admin.register(FollowUp)
class FollowUpAdmin(AuditedAdmin[FollowUp]):
    form = FollowUpForm
    list_display = ("due_on", "note", "partner_name", "owner", "done_at")
    list_filter = (DueFilter, ("owner", VisibleFilter))
    list_select_related = ("customer", "supplier", "owner")
    fields = (("customer", "supplier"), ("due_on", "owner"), "note", "done_at")
    autocomplete_fields = ("customer", "supplier", "owner")
    sortable_by = ("due_on",)
    ordering = ("due_on", "id")
    object_actions = (
        ObjectAction(
            "done",
            "customers.change_followup",
            _("done"),
            _complete,
            lambda follow_up: not follow_up.is_done,
            icon="check",
        ),
    )

    @display(description=_("partner"))
    def partner_name(self, obj: OfPartner) -> str:
        return str(obj.partner or "–")

    def get_queryset(self, request: HttpRequest) -> QuerySet[FollowUp]:
        """What was noted for a partner that passed to somebody else is out of sight with it."""
        return super().get_queryset(request).filter(of_visible_partner(request))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fixed = super().get_readonly_fields(request, obj)
        return (*fixed, "done_at") if obj is None else (*fixed, "done_at", "customer", "supplier")
