"""What the sales pages take in: an enquiry, and the grid of a quotation's lines."""

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any, Self

from django import forms
from django.core.exceptions import BadRequest
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from customers.models import Customer
from erp.core.errors import DomainError
from erp.core.money import plain, taxed_amount
from quotations.models import QuotationLine
from quotations.reading import UnreadableFile, text_of_file
from quotations.services import LineInput

_UNREADABLE = {
    "empty_file": gettext_lazy("The file is empty."),
    "too_large": gettext_lazy("The file is larger than 10 MB."),
    "unsupported_type": gettext_lazy(
        "This type of file cannot be read; use .txt, .csv, .xlsx or .xls."
    ),
    "binary_file": gettext_lazy("The file is not text."),
    "zip_bomb": gettext_lazy("The workbook is too large when unpacked."),
    "bad_workbook": gettext_lazy("The workbook is damaged and cannot be read."),
}


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
                texts.append(text_of_file(file.name, file.read()))
            except UnreadableFile as error:
                self.add_error("file", str(_UNREADABLE.get(error.code, error)))
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


# --- the grid --------------------------------------------------------------------------------

COLUMNS = (
    "product",
    "source_line",
    "includes_tax",
    "wording",
    "quantity",
    "unit_price",
    "lead_time",
)
_GROUPED = re.compile(r"[0-9]{1,3}(,[0-9]{3})+(\.[0-9]*)?")
_PLAIN = re.compile(r"[0-9]{1,15}(\.[0-9]{0,9})?|\.[0-9]{1,9}")
_LINE_FIELD = re.compile(r"lines\[(\d+)\]\.(\w+)")


def read_number(text: str) -> Decimal:
    """Return a number as people type it: full-width digits, a sign of money, groups of three.

    ``1,5`` is refused: it may mean 1.5 or a slip. Raises ValueError.
    """
    folded = unicodedata.normalize("NFKC", text).strip().lstrip("¥$€").replace(" ", "")
    if _GROUPED.fullmatch(folded):
        folded = folded.replace(",", "")
    if not _PLAIN.fullmatch(folded):
        raise ValueError(text)
    try:
        return Decimal(folded)
    except InvalidOperation as error:
        raise ValueError(text) from error


@dataclass(slots=True)
class GridRow:
    """One line as typed; texts are kept until they are right."""

    product: str
    source_line: str = ""
    includes_tax: str = ""
    wording: str = ""
    quantity: str = ""
    unit_price: str = ""
    lead_time: str = ""
    errors: dict[str, str] = field(default_factory=dict)
    numbers: dict[str, Decimal | None] = field(default_factory=dict)

    @classmethod
    def of(cls, line: QuotationLine) -> Self:
        return cls(
            product=str(line.product_id),
            source_line=str(line.source_line_id or ""),
            includes_tax=str(int(line.price_includes_tax)),
            wording=line.partner_wording,
            quantity=plain(line.quantity),
            unit_price=plain(line.unit_price) if line.unit_price else "",
            lead_time="" if line.lead_time_days is None else str(line.lead_time_days),
        )

    @property
    def product_id(self) -> int:
        return int(self.product) if self.product.isascii() and self.product.isdigit() else 0

    def check(self) -> None:
        self._number("quantity", required=True)
        self._number("unit_price")
        self._number("lead_time")
        days = self.numbers.get("lead_time")
        if days is not None and (days != int(days) or days > 3650):
            self.errors["lead_time"] = _("Enter whole days.")

    def _number(self, name: str, *, required: bool = False) -> None:
        text = getattr(self, name).strip()
        self.numbers[name] = None
        if not text:
            if required:
                self.errors[name] = _("Enter a number.")
            return
        try:
            self.numbers[name] = read_number(text)
        except ValueError:
            self.errors[name] = _("Enter a number.")

    def entered(self, source_lines: Collection[int]) -> LineInput:
        """Return the line for the service; only the document's own source lines are kept."""
        days = self.numbers["lead_time"]
        source = int(self.source_line) if self.source_line.isdigit() else None
        return LineInput(
            product_id=self.product_id,
            quantity=self.numbers["quantity"] or Decimal(0),
            unit_price=self.numbers["unit_price"],
            price_includes_tax=bool(int(self.includes_tax)) if self.includes_tax else None,
            partner_wording=self.wording.strip()[:200],
            lead_time_days=int(days) if days is not None else None,
            source_line_id=source if source in source_lines else None,
        )

    def amount(self, tax_rate: Decimal, *, includes_tax: bool) -> Decimal | None:
        """Return the gross amount, or None while something is missing."""
        quantity, price = self.numbers.get("quantity"), self.numbers.get("unit_price")
        if quantity is None or price is None:
            return None
        return taxed_amount(quantity, price, tax_rate, price_includes_tax=includes_tax).gross


def read_grid(data: QueryDict) -> list[GridRow]:
    """Return the rows as sent, checked. Raises BadRequest when columns differ in length."""
    columns = {name: data.getlist(name) for name in COLUMNS}
    if len({len(values) for values in columns.values()}) != 1:
        raise BadRequest("columns differ in length")
    rows = [
        GridRow(**dict(zip(COLUMNS, values, strict=True)))
        for values in zip(*columns.values(), strict=True)
    ]
    for row in rows:
        if row.includes_tax not in {"", "0", "1"} or "\x00" in row.wording:
            raise BadRequest("bad value")
        row.check()
    return rows


def blame(rows: list[GridRow], refusal: DomainError) -> None:
    """Put a service's refusal on the cell it names."""
    found = _LINE_FIELD.fullmatch(refusal.field)
    if found and 0 < int(found[1]) <= len(rows):
        rows[int(found[1]) - 1].errors[found[2]] = refusal.message
