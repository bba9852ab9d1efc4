"""Interchanges, on their own and on the page of a product; a customer's forbidden brands."""
# ruff: noqa: ARG002 (hooks take what Django hands them)

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from erp.core.admin import (
    MasterAdmin,
    ObjectAction,
    ScopedInline,
    VersionedForm,
    add_inlines,
    display,
)
from erp.core.errors import DomainError
from erp.core.periods import company_today
from products.grading import check_grade, verdict_on
from products.models import ForbiddenBrand, Interchange, Product
from products.search import products_named
from products.services import (
    approve_interchange,
    reject_interchange,
    reopen_interchange,
    set_validity,
)

_APPROVE = "products.approve_interchange"


class ProposalForm(forms.ModelForm[Interchange]):
    """The grade must not contradict what the grammar knows of the two."""

    def clean(self) -> Any:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        asked, offered = self._product("from_product"), self._product("to_product")
        if asked and offered and cleaned.get("grade"):
            try:
                check_grade(verdict_on(asked, offered), cleaned["grade"])
            except DomainError as refusal:
                self.add_error("grade", ValidationError(refusal.message, code=refusal.code))
        return cleaned

    def _product(self, name: str) -> Product | None:
        """Return what is chosen, or in an inline the product of the page."""
        if name in self.fields:
            chosen: Product | None = self.cleaned_data.get(name)
            return chosen
        has_one = getattr(self.instance, f"{name}_id") is not None
        return getattr(self.instance, name) if has_one else None


class InterchangeForm(ProposalForm, VersionedForm):
    """On its own page it carries the version it showed."""


class InterchangeInline(ScopedInline[Interchange, Product]):
    """New rows are proposals; what is there is changed on its own page."""

    model = Interchange
    form = ProposalForm
    fk_name = "from_product"
    fields = ("to_product", "grade", "one_way", "source", "valid_until", "show_state")
    readonly_fields = ("show_state",)
    autocomplete_fields = ("to_product",)
    verbose_name_plural = _("may be replaced by")
    tab = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[Interchange]:
        return super().get_queryset(request).select_related("to_product__brand")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @display(description=_("state"))
    def show_state(self, row: Interchange) -> str:
        return state_of(row) if row.pk else ""


class StateFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, Any]]:
        return [
            ("proposal", _("proposal")),
            ("approved", _("approved")),
            ("expired", _("expired")),
            ("rejected", _("rejected")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        rows: Any = queryset
        today = company_today()
        wanted = {
            "proposal": rows.proposals,
            "approved": lambda: rows.in_force(today),
            "expired": lambda: rows.expired(today),
            "rejected": rows.rejected,
        }.get(self.value() or "")
        found: QuerySet[Any] = wanted() if wanted else rows
        return found


def state_of(row: Interchange) -> str:
    if row.rejected_at is not None:
        return str(_("rejected"))
    if row.approved_at is None:
        return str(_("proposal"))
    return str(_("expired") if row.is_expired(company_today()) else _("approved"))


def _approve(row: Any, request: HttpRequest) -> Any:
    return approve_interchange(row.pk, version=row.version, by=request.user)


def _reject(row: Any, request: HttpRequest) -> Any:
    return reject_interchange(row.pk, version=row.version, by=request.user)


def _reopen(row: Any, request: HttpRequest) -> Any:
    return reopen_interchange(row.pk, version=row.version, by=request.user)


def _end(row: Any, request: HttpRequest) -> Any:
    yesterday = company_today() - timedelta(days=1)
    return set_validity(row.pk, yesterday, version=row.version, by=request.user)


def _is_proposal(row: Any) -> bool:
    return bool(row.is_proposal and row.archived_at is None)


def _is_decided(row: Any) -> bool:
    return not row.is_proposal


def _is_in_force(row: Any) -> bool:
    return row.approved_at is not None and not row.is_expired(company_today())


@admin.register(Interchange)
class InterchangeAdmin(MasterAdmin[Interchange]):
    list_display = ("from_product", "grade", "to_product", "one_way", "show_state", "valid_until")
    list_filter = (StateFilter, "grade", "one_way")
    list_select_related = ("from_product__brand", "to_product__brand")
    search_fields = ("from_product__search_key", "to_product__search_key")
    search_help_text = _("Designation in any spelling")
    autocomplete_fields = ("from_product", "to_product")
    ordering = ("-id",)
    form = InterchangeForm
    fields = (
        ("from_product", "to_product"),
        ("grade", "one_way"),
        ("source", "valid_until"),
        ("show_state", "approved_by", "approved_at"),
        ("show_differences", "reject_reason"),
    )
    readonly_fields = (
        "show_state",
        "approved_by",
        "approved_at",
        "reject_reason",
        "show_differences",
    )
    object_actions = (
        ObjectAction(
            "approve", _APPROVE, _("approve"), _approve, _is_proposal, "check", variant="primary"
        ),
        ObjectAction("reject", _APPROVE, _("reject"), _reject, _is_proposal, "block"),
        ObjectAction("reopen", _APPROVE, _("take the decision back"), _reopen, _is_decided, "undo"),
        ObjectAction("end", _APPROVE, _("no longer offer"), _end, _is_in_force, "event_busy"),
    )

    @display(description=_("state"))
    def show_state(self, row: Interchange) -> str:
        return state_of(row)

    @display(description=_("differences"))
    def show_differences(self, row: Interchange) -> str:
        if not row.pk:
            return ""
        return "; ".join(str(d) for d in verdict_on(row.from_product, row.to_product).differences)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """A decision was about these two and this grade: take it back to change them."""
        fixed = super().get_readonly_fields(request, obj)
        if obj is None or obj.is_proposal:
            return fixed
        return (*fixed, "from_product", "to_product", "grade", "one_way", "source", "valid_until")

    def search(
        self, request: HttpRequest, rows: QuerySet[Interchange], term: str
    ) -> QuerySet[Interchange]:
        named = products_named(term, user=request.user)
        return rows.filter(Q(from_product__in=named) | Q(to_product__in=named))


class ForbiddenBrandInline(ScopedInline[ForbiddenBrand, Customer]):
    """On the page of the customer, to whoever sees that."""

    model = ForbiddenBrand
    fields = ("brand", "reason")
    autocomplete_fields = ("brand",)
    tab = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[ForbiddenBrand]:
        return super().get_queryset(request).select_related("brand")


add_inlines(Customer, ForbiddenBrandInline)
