"""Finding partners by what people call them, and their snapshot for documents."""

from typing import Any, TypeVar

from django.db.models import F, FilteredRelation, Q
from django.utils.translation import gettext_lazy as _

from customers.models import Contact, Customer, Partner
from erp.core.errors import DomainError

P = TypeVar("P", bound=Partner)


def customer_named(text: str) -> Customer:
    """Return the one active customer meant by a code, an id or a name (or a part of it).

    Raises DomainError unknown_customer, ambiguous_customer (naming the first few).
    """
    found = list(Customer.objects.active().named(text)[:6])
    if not found:
        raise DomainError(
            _("There is no customer “%(text)s”.") % {"text": text},
            code="unknown_customer",
            field="customer",
        )
    if len(found) > 1:
        names = "; ".join(str(customer) for customer in found[:5])
        raise DomainError(
            _("“%(text)s” may mean several customers: %(names)s") % {"text": text, "names": names},
            code="ambiguous_customer",
            field="customer",
        )
    return found[0]


def check_not_blocked(partner: Partner) -> None:
    """Refuse new business with a blocked partner. Raises DomainError partner_blocked."""
    if partner.is_blocked:
        raise DomainError(
            _("%(partner)s is blocked: %(reason)s")
            % {"partner": partner, "reason": partner.blocked_reason},
            code="partner_blocked",
            field=partner._meta.model_name or "",
        )


def default_contact(customer: Customer) -> Contact | None:
    return Contact.objects.filter(customer=customer, is_default=True).first()


def partner_snapshot(partner: Partner) -> dict[str, Any]:
    """Return what a document keeps of its partner, so that a reprint never changes."""
    return partner_with_snapshot(type(partner), partner.pk)[1]


def partner_with_snapshot(
    model: type[P], partner_id: int, *related: str
) -> tuple[P, dict[str, Any]]:
    """Return a partner, with what he refers to, and what a document keeps of him (one query)."""
    default = {
        name: FilteredRelation(name, condition=Q(**{f"{name}__is_default": True}))
        for name in ("invoiceprofile", "contact")
    }
    more = {
        "profile_tax_id": F("profile__tax_id"),
        "profile_address": F("profile__address_phone"),
        "profile_bank": F("profile__bank_account"),
        "person_name": F("person__name"),
        "person_phone": F("person__phone"),
    }
    found = model._default_manager.annotate(
        profile=default["invoiceprofile"], person=default["contact"]
    )
    if related:
        found = found.select_related(*related)
    partner: Any = found.annotate(**more).get(pk=partner_id)
    tax_id = partner.profile_tax_id
    return partner, {
        "code": partner.code,
        "name": partner.name,
        "phone": partner.phone,
        "tax_id": partner.tax_id if tax_id is None else tax_id,
        "address": partner.profile_address or "",
        "bank": partner.profile_bank or "",
        "contact": partner.person_name or "",
        "contact_phone": partner.person_phone or "",
    }
