"""What the pages ask before a stock document is drafted."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from erp.core.money import MAX_AMOUNT, ZERO
from erp.core.policy import allowed
from inventory.models import Assembly, Bin, StockEntryKind, Warehouse
from products.models import Product
from products.search import match


class NewDocument(forms.Form):
    """Warehouses are those the user may see; the first is proposed."""

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        warehouses = Warehouse.objects.visible_to(user).active()
        for name, field in self.fields.items():
            if isinstance(field, forms.ModelChoiceField):
                field.queryset = warehouses
                field.empty_label = None
                self.initial.setdefault(name, warehouses.values_list("pk", flat=True).first())


class NewTransfer(NewDocument):
    warehouse = forms.ModelChoiceField(Warehouse.objects.none(), label=_("From warehouse"))
    to_warehouse = forms.ModelChoiceField(
        Warehouse.objects.none(),
        label=_("To warehouse"),
        help_text=_("The same one: goods only change their bin, at once."),
    )
    notes = forms.CharField(label=_("notes"), required=False, max_length=500)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Goods may go to a warehouse of somebody else.
        target: Any = self.fields["to_warehouse"]
        target.queryset = Warehouse.objects.visible_to(self.user).active()


class NewCount(NewDocument):
    warehouse = forms.ModelChoiceField(Warehouse.objects.none(), label=_("Warehouse"))
    zone = forms.CharField(
        label=_("Zone"),
        required=False,
        max_length=20,
        help_text=_("Bins whose code begins so, e.g. A-01; empty is the whole warehouse."),
    )
    products = forms.CharField(
        label=_("Only these products"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("One designation a line; empty is all that lies there."),
    )
    is_blind = forms.BooleanField(
        label=_("Blind"),
        required=False,
        help_text=_("Who counts does not see what the books say."),
    )
    notes = forms.CharField(label=_("notes"), required=False, max_length=500)

    def clean_products(self) -> list[int]:
        """Return the products meant; a designation that fits none or several is told."""
        typed = [line.strip() for line in self.cleaned_data["products"].splitlines()]
        wanted = [text[:120] for text in typed if text][:500]
        ids: list[int] = []
        unknown: list[str] = []
        for text, found in zip(wanted, match(wanted, user=self.user), strict=True):
            sure = {h.product.pk for h in found.hits if h.match in {"exact", "normalised", "code"}}
            ids.extend(sure)
            if not sure:
                unknown.append(text)
        if unknown:
            raise forms.ValidationError(
                _("No part was found for: %(wording)s") % {"wording": ", ".join(unknown)}
            )
        return sorted(set(ids))


class NewEntry(NewDocument):
    kind = forms.ChoiceField(label=_("Kind"), choices=StockEntryKind.choices)
    warehouse = forms.ModelChoiceField(Warehouse.objects.none(), label=_("Warehouse"))
    reason = forms.CharField(label=_("Reason"), max_length=200)
    customer = forms.CharField(
        label=_("Customer"),
        required=False,
        max_length=120,
        help_text=_("Of a sample: his code or the beginning of his name."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not allowed(self.user, "customers.view_customer"):
            del self.fields["customer"]

    def clean_customer(self) -> int | None:
        text = self.cleaned_data["customer"].strip()
        if not text:
            return None
        rows = Customer.objects.visible_to(self.user).active()
        found = list(rows.filter(code__iexact=text)[:1] or rows.filter(name__istartswith=text)[:2])
        if len(found) != 1:
            raise forms.ValidationError(_("There is no such customer."))
        return found[0].pk


class NewAssembly(NewDocument):
    kind = forms.ChoiceField(label=_("Kind"), choices=Assembly.Kind.choices)
    product = forms.CharField(
        label=_("Set"), max_length=120, help_text=_("The designation of what is made.")
    )
    quantity = forms.DecimalField(label=_("Quantity"), min_value=0, max_digits=12, decimal_places=3)
    warehouse = forms.ModelChoiceField(Warehouse.objects.none(), label=_("Warehouse"))
    bin = forms.CharField(label=_("Bin of the set"), max_length=20)
    labour = forms.DecimalField(
        label=_("Labour"),
        required=False,
        min_value=0,
        max_value=MAX_AMOUNT,
        max_digits=18,
        decimal_places=2,
        help_text=_("Added to the cost of the set."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not allowed(self.user, "products.view_cost"):
            del self.fields["labour"]

    def clean_product(self) -> Product:
        text = self.cleaned_data["product"].strip()
        (found,) = match([text], user=self.user)
        sure = {h.product for h in found.hits if h.match in {"exact", "normalised", "code"}}
        if len(sure) > 1:
            several = _("%(wording)s is made by several brands. Write the brand, too.")
            raise forms.ValidationError(several % {"wording": text})
        if not sure:
            raise forms.ValidationError(_("No part was found for: %(wording)s") % {"wording": text})
        return sure.pop()

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        cleaned["labour"] = cleaned.get("labour") or ZERO
        warehouse, code = cleaned.get("warehouse"), cleaned.get("bin", "")
        if warehouse is not None and code:
            places = Bin.objects.visible_to(self.user).active().filter(warehouse=warehouse)
            place = places.filter(code__iexact=code.strip()).first()
            if place is None:
                self.add_error("bin", _("The warehouse has no bin “%(code)s”.") % {"code": code})
            cleaned["bin"] = place
        return cleaned
