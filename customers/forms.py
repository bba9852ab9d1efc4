"""Forms of partners: they warn when one seems to be entered already."""

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldBooleanWidget

from customers.services import check_similar
from erp.core.admin import VersionedForm
from erp.core.errors import DomainError

_TELLING = {"name", "tax_id", "phone", "shares_tax_id"}


class PartnerForm(VersionedForm):
    # Whoever fills it in; what he may be told of a twin depends on him.
    asked_by: ClassVar[Any] = None
    # What the operation log keeps of a likeness he has confirmed to be another firm.
    likeness = ""

    similar_confirmed = forms.BooleanField(
        required=False,
        widget=UnfoldBooleanWidget,
        label=_("This is another firm: save it all the same."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "code" in self.fields and not self.instance.pk:
            self.fields["code"].required = False
            self.fields["code"].help_text = _("Empty: the next free one.")

    @property
    def asks_to_confirm(self) -> bool:
        return "similar_confirmed" in self.errors

    def _post_clean(self) -> None:
        """Look for twins once the instance holds what was entered."""
        super()._post_clean()
        if self.errors or not _TELLING & set(self.changed_data):
            return
        confirmed = bool(self.cleaned_data.get("similar_confirmed"))
        try:
            self.likeness = check_similar(self.instance, by=self.asked_by, confirmed=confirmed)
        except DomainError as refusal:
            field = "similar_confirmed" if refusal.code == "similar_partner" else "tax_id"
            self.add_error(field, forms.ValidationError(refusal.message, code=refusal.code))


class FollowUpForm(VersionedForm):
    def clean(self) -> Any:
        cleaned = super().clean()
        chosen = [self.cleaned_data.get(name) for name in ("customer", "supplier")]
        if not self.instance.pk and sum(partner is not None for partner in chosen) != 1:
            raise forms.ValidationError(_("Choose a customer or a supplier."), code="one_partner")
        self._check_sight(next(filter(None, chosen), self.instance.partner))
        return cleaned

    def _check_sight(self, partner: Any) -> None:
        """Whoever is to do it has to see the partner."""
        owner = self.cleaned_data.get("owner")
        if owner is None or partner is None or "owner" not in self.changed_data:
            return
        if not type(partner)._default_manager.visible_to(owner).filter(pk=partner.pk).exists():
            message = _("%(owner)s does not see this partner.") % {"owner": owner}
            self.add_error("owner", forms.ValidationError(message, code="out_of_sight"))
