"""The head of a draft on its page: what was typed, checked, and what may be chosen."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from customers.models import Contact
from erp.core.errors import DomainError
from erp.core.models import PaymentTerm
from quotations.models import Quotation

LABELS = {
    "valid_until": gettext_lazy("Valid until"),
    "contact_id": gettext_lazy("Contact"),
    "partner_reference": gettext_lazy("The customer’s reference"),
    "payment_term_id": gettext_lazy("Payment term"),
    "terms": gettext_lazy("Terms"),
    "notes": gettext_lazy("Notes"),
}
_LONGEST = 4000


@dataclass(slots=True)
class Head:
    """The fields as typed."""

    typed: dict[str, str]
    errors: dict[str, str] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)

    def check(self) -> None:
        text = self.typed["valid_until"].strip()
        try:
            self.values["valid_until"] = date.fromisoformat(text)
        except ValueError:
            self.errors["valid_until"] = _("Enter a date.")
        for name in ("partner_reference", "terms", "notes"):
            self.values[name] = self.typed[name].replace("\x00", "").replace("\r\n", "\n").strip()
        contact = self.typed["contact_id"]
        known = contact.isascii() and contact.isdigit() and len(contact) < 19
        self.values["contact_id"] = int(contact) if known else None
        self.values["payment_term_id"] = self.typed["payment_term_id"][:20] or None

    def blame(self, refusal: DomainError) -> None:
        """Put a service's refusal on the field it names."""
        if refusal.field in LABELS:
            self.errors[refusal.field] = refusal.message


def stored_head(quotation: Quotation) -> Head:
    texts = {name: getattr(quotation, name) for name in LABELS}
    return Head({name: "" if value is None else str(value) for name, value in texts.items()})


def read_head(data: Mapping[str, str]) -> Head | None:
    """Return the head as sent, checked; None where only lines were sent."""
    if "valid_until" not in data:
        return None
    head = Head({name: data.get(name, "")[:_LONGEST] for name in LABELS})
    head.check()
    return head


def changed(head: Head | None, quotation: Quotation) -> dict[str, Any]:
    """Return the fields that say other than what is stored."""
    if head is None:
        return {}
    return {name: value for name, value in head.values.items() if value != getattr(quotation, name)}


def choices(quotation: Quotation, user: User) -> dict[str, list[Any]]:
    """Return the contacts and payment terms to choose from."""
    contacts = Contact.objects.visible_to(user).filter(customer=quotation.customer_id)
    return {
        "contacts": list(contacts.order_by("pk")),
        "payment_terms": list(PaymentTerm.objects.visible_to(user)),
    }
