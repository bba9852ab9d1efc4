"""Finding partners by what people call them, and their snapshot for documents."""

from typing import Any

from django.db.models import FilteredRelation, Q
from django.utils.translation import gettext_lazy as _

from customers.models import Contact, Customer, Partner
from erp.core.errors import DomainError


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
    default = {
        name: FilteredRelation(name, condition=Q(**{f"{name}__is_default": True}))
        for name in ("invoiceprofile", "contact")
    }
    names = ("tax_id", "address_phone", "bank_account")
    row = (
        type(partner)
        .objects.order_by()
        .annotate(profile=default["invoiceprofile"], person=default["contact"])
        .values_list(*(f"profile__{name}" for name in names), "person__name", "person__phone")
        .get(pk=partner.pk)
    )
    tax_id, address, bank, contact, phone = row
    return {
        "code": partner.code,
        "name": partner.name,
        "phone": partner.phone,
        "tax_id": partner.tax_id if tax_id is None else tax_id,
        "address": address or "",
        "bank": bank or "",
        "contact": contact or "",
        "contact_phone": phone or "",
    }
