"""What the pages of a sales order take in beside its lines."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from customers.models import Contact, Customer
from erp.core.models import PaymentTerm
from inventory.models import Warehouse
from orders.models import SalesOrder


class OrderHeadForm(forms.Form):
    """The head of an order; for one that is confirmed without what was agreed then."""

    partner_reference = forms.CharField(
        label=_("Customer’s order number"), max_length=60, required=False
    )
    requested_on = forms.DateField(
        label=_("Wanted on"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    warehouse = forms.ModelChoiceField(
        label=_("Ship from"), queryset=Warehouse.objects.none(), empty_label=None
    )
    contact = forms.ModelChoiceField(
        label=_("Contact"), queryset=Contact.objects.none(), required=False, empty_label="–"
    )
    payment_term = forms.ModelChoiceField(
        label=_("Payment term"), queryset=PaymentTerm.objects.all(), required=False, empty_label="–"
    )
    delivery_address = forms.CharField(label=_("Deliver to"), max_length=300, required=False)
    notes = forms.CharField(
        label=_("Notes"),
        max_length=10_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, order: SalesOrder, user: User, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {name: getattr(order, name) for name in self.base_fields})
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["warehouse"].queryset = Warehouse.objects.visible_to(user).active()
        fields["contact"].queryset = Contact.objects.filter(customer=order.customer_id)
        if order.status != SalesOrder.Status.DRAFT:
            for name in ("warehouse", "payment_term"):
                del fields[name]

    def header(self) -> dict[str, Any]:
        """Return the head for the service."""
        named = {"warehouse", "contact", "payment_term"}
        return {
            (f"{name}_id" if name in named else name): (
                (value.pk if value else None) if name in named else value
            )
            for name, value in self.cleaned_data.items()
        }


class NewOrderForm(forms.Form):
    customer = forms.ModelChoiceField(
        queryset=Customer.objects.none(),
        widget=forms.HiddenInput,
        error_messages={
            "required": _("Choose the customer."),
            "invalid_choice": _("There is no such customer."),
        },
    )
    partner_reference = forms.CharField(
        label=_("Customer’s order number"), max_length=60, required=False
    )
    requested_on = forms.DateField(
        label=_("Wanted on"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        customers: Any = self.fields["customer"]
        customers.queryset = Customer.objects.visible_to(user).active()
