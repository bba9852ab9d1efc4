"""What the page for a new enquiry takes in."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from customers.models import Customer
from erp.core.errors import DomainError
from quotations.files import enquiry_text


class EnquiryForm(forms.Form):
    """A customer's text, pasted or in a file."""

    customer = forms.ModelChoiceField(
        queryset=Customer.objects.none(),
        widget=forms.HiddenInput,
        error_messages={
            "required": gettext_lazy("Choose the customer."),
            "invalid_choice": gettext_lazy("There is no such customer."),
        },
    )
    text = forms.CharField(required=False, strip=False, max_length=2_000_000)
    file = forms.FileField(required=False, allow_empty_file=True)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        customers: Any = self.fields["customer"]
        customers.queryset = Customer.objects.visible_to(user).active()

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        file = cleaned.get("file")
        texts = [cleaned.get("text", "")]
        if file is not None:
            try:
                texts.append(enquiry_text(file.name, file.read()))
            except DomainError as refusal:
                self.add_error("file", forms.ValidationError(refusal.message, refusal.code))
                return cleaned
        cleaned["text"] = "\n".join(text for text in texts if text.strip())
        if not cleaned["text"] and not self.errors:
            self.add_error("text", _("Paste the customer's text or choose a file."))
        return cleaned

    @property
    def typed(self) -> str:
        """The text to show again: what was typed, with what was in the file."""
        read = getattr(self, "cleaned_data", {}).get("text")
        return str(read or self.data.get("text", ""))
