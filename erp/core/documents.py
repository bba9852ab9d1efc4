"""What every business document and every line of one has, from the first migration on.

Invariants: totals are sums of stored lines; a line's net + tax is its gross; a numbered document is
never deleted; one currency per document, its rate to the company's currency stored with it;
snapshots of partner and product so that a reprint never changes.

A concrete line adds ``document`` (its header), ``product`` and ``source_line`` (the line it came
from in a lower app); concrete documents add their partner and ``Status``.
"""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, ClassVar, Protocol, Self, TypeVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Round
from django.utils.translation import gettext_lazy as _

from erp.core.errors import DomainError, StaleVersionError
from erp.core.fields import (
    AmountField,
    CodeField,
    ExchangeRateField,
    QuantityField,
    RateField,
    UnitPriceField,
)
from erp.core.money import (
    MAX_AMOUNT,
    MAX_QUANTITY,
    MAX_UNIT_PRICE,
    ZERO,
    round_price,
    round_quantity,
    taxed_amount,
)
from erp.core.policy import Scoped, ScopedQuerySet
from erp.core.workflow import Workflow

# Payments and enquiries too: numbered and versioned, but without priced lines.
D = TypeVar("D", bound=Scoped)


class DocumentQuerySet(ScopedQuerySet[D]):
    """Documents of one type."""

    def locked(self, pk: int) -> D:
        """Return the document re-read under its row lock; DomainError ``not_found`` without it."""
        # Unordered: half of what ``first`` costs is sorting the one row.
        for document in self.select_for_update().filter(pk=pk).order_by():
            return document
        raise DomainError(_("There is no such document."), code="not_found")


def check_version(row: Any, seen: int | None) -> None:
    """Raise StaleVersionError unless the row has the version that was seen, or nobody looked."""
    if seen is not None and seen != row.version:
        raise StaleVersionError(
            _("%(ref)s was changed in the meantime (version %(now)d, you saw %(seen)d).")
            % {"ref": row.ref, "now": row.version, "seen": seen},
            code="stale_version",
        )


def lock_documents_naming(product_id: int, *line_models: Any) -> None:
    """Lock the headers of all documents with a line of this product, table by table, by key."""
    for model in line_models:
        header = model._meta.get_field("document").remote_field.model
        named = model._default_manager.filter(product=product_id).order_by()
        keys = sorted(set(named.values_list("document_id", flat=True)))
        for start in range(0, len(keys), 1000):
            rows = header._default_manager.select_for_update()
            rows = rows.filter(pk__in=keys[start : start + 1000])
            list(rows.order_by("pk").values_list("pk", flat=True))


class Numbered(Scoped):
    """The header of any document: number, version, states; goods that only move need no more."""

    # The series its numbers are drawn from, e.g. "SO"; drafts have a ref, no number.
    number_series: ClassVar[str] = ""
    WORKFLOW: ClassVar[Workflow]

    number = CodeField(_("number"), max_length=30, unique=True, null=True, editable=False)
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        editable=False,
        verbose_name=_("created by"),
    )
    dated_on = models.DateField(_("date"))
    notes = models.TextField(_("notes"), blank=True)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated at"), auto_now=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.ref

    @property
    def ref(self) -> str:
        """The legal number, or a provisional name while there is none."""
        return self.number or f"{self.number_series}-D{self.pk}"

    @property
    def source_type(self) -> str:
        """How ledger rows name this document's type."""
        return self._meta.label_lower

    def check_version(self, seen: int | None) -> None:
        """Refuse a change that was decided on an older version; None means nobody looked."""
        check_version(self, seen)

    def move_to(self, status: str) -> str:
        """Check the workflow, set the status, raise the version; return the old status.

        The caller holds the row's lock and saves.
        """
        document: Any = self
        old: str = document.status
        self.WORKFLOW.check(document.Status(old), document.Status(status))
        document.status = status
        self.version += 1
        return old


class Document(Numbered):
    """The header of a business document with a partner and prices."""

    scope_owner = "owner"

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("owner"),
    )
    currency = models.ForeignKey(
        "core.Currency", on_delete=models.PROTECT, related_name="+", verbose_name=_("currency")
    )
    exchange_rate = ExchangeRateField(_("exchange rate"), default=Decimal(1))
    partner_snapshot = models.JSONField(_("partner as issued"), default=dict, editable=False)
    partner_reference = models.CharField(_("partner's reference"), max_length=60, blank=True)
    net_total = AmountField(_("net"), default=ZERO, editable=False)
    tax_total = AmountField(_("tax"), default=ZERO, editable=False)
    gross_total = AmountField(_("gross"), default=ZERO, editable=False)

    class Meta:
        abstract = True

    @classmethod
    def priced_by_lines(cls) -> models.QuerySet[Any]:
        """Documents whose totals are the sums of their lines: all, unless a table has others."""
        rows: models.QuerySet[Any] = cls._default_manager.all()
        return rows

    def sum_lines(self, lines: Iterable["Line"]) -> None:
        """Set the totals to the sums of those of these lines that count."""
        rows = [line for line in lines if line.counts]
        self.net_total = sum((line.net_amount for line in rows), ZERO)
        self.tax_total = sum((line.tax_amount for line in rows), ZERO)
        self.gross_total = sum((line.gross_amount for line in rows), ZERO)
        check_total(self.gross_total, field="lines")


class PricedProduct(Protocol):
    """What a line copies from a product; ``products.Product`` has it."""

    designation: str
    name: str
    unit_id: Any

    @property
    def brand_label(self) -> str: ...


class Line(models.Model):
    """One priced line. ``unit_price`` is as entered, ``price_includes_tax`` says on which side."""

    line_no = models.PositiveIntegerField(_("line"))
    brand_name = models.CharField(_("brand"), max_length=60)
    designation = models.CharField(_("designation"), max_length=80)
    description = models.CharField(_("description"), max_length=120, blank=True)
    partner_wording = models.CharField(_("partner's wording"), max_length=200, blank=True)
    unit = models.ForeignKey(
        "core.Unit", on_delete=models.PROTECT, related_name="+", verbose_name=_("unit")
    )
    quantity = QuantityField(_("quantity"))
    unit_price = UnitPriceField(_("unit price"), default=ZERO)
    price_includes_tax = models.BooleanField(_("price includes tax"), default=True)
    tax_rate = RateField(_("tax rate"), default=ZERO)
    net_amount = AmountField(_("net"), default=ZERO, editable=False)
    tax_amount = AmountField(_("tax"), default=ZERO, editable=False)
    gross_amount = AmountField(_("gross"), default=ZERO, editable=False)

    class Meta:
        abstract = True
        ordering: ClassVar = ["line_no"]

    def __str__(self) -> str:
        return f"{self.line_no}. {self.brand_name} {self.designation}"

    @classmethod
    def counted(cls) -> models.QuerySet[Any]:
        """Lines that make up the totals: all, unless a table has others."""
        rows: models.QuerySet[Any] = cls._default_manager.all()
        return rows

    @property
    def counts(self) -> bool:
        """Whether it is one of them."""
        return True

    def describe(self, product: PricedProduct) -> Self:
        """Copy the product's description as it stands today."""
        self.brand_name = product.brand_label
        self.designation = product.designation
        self.description = product.name
        self.unit_id = product.unit_id
        return self

    def copy_terms(self, other: "Line") -> Self:
        """Copy description, wording and price of another line, not its quantity or amounts."""
        for name in (
            "brand_name",
            "designation",
            "description",
            "partner_wording",
            "unit_id",
            "unit_price",
            "price_includes_tax",
            "tax_rate",
        ):
            setattr(self, name, getattr(other, name))
        return self

    def compute_amounts(self) -> Self:
        """Check quantity and price, round once and store net, tax and gross."""
        check_quantity(self.quantity, field=f"lines[{self.line_no}].quantity")
        check_unit_price(self.unit_price, field=f"lines[{self.line_no}].unit_price")
        amounts = taxed_amount(
            self.quantity,
            self.unit_price,
            self.tax_rate,
            price_includes_tax=self.price_includes_tax,
        )
        check_total(amounts.gross, field=f"lines[{self.line_no}].unit_price")
        self.net_amount, self.tax_amount, self.gross_amount = (
            amounts.net,
            amounts.tax,
            amounts.gross,
        )
        return self


def check_quantity(quantity: Decimal, *, field: str) -> None:
    """Refuse a quantity that is not above zero, too large, or finer than 3 decimals."""
    if not quantity.is_finite() or not 0 < quantity <= MAX_QUANTITY:
        raise DomainError(
            _("The quantity %(value)s must be above 0 and at most %(most)s.")
            % {"value": quantity, "most": MAX_QUANTITY},
            code="bad_quantity",
            field=field,
        )
    if round_quantity(quantity) != quantity:
        raise DomainError(
            _("The quantity %(value)s has more than 3 decimals.") % {"value": quantity},
            code="bad_quantity",
            field=field,
        )


def check_unit_price(price: Decimal, *, field: str) -> None:
    """Refuse a unit price that is negative, endless, too large, or finer than 6 decimals."""
    if not price.is_finite() or not 0 <= price <= MAX_UNIT_PRICE:
        raise DomainError(
            _("The unit price %(value)s must be 0 or more and at most %(most)s.")
            % {"value": price, "most": MAX_UNIT_PRICE},
            code="bad_price",
            field=field,
        )
    if round_price(price) != price:
        raise DomainError(
            _("The unit price %(value)s has more than 6 decimals.") % {"value": price},
            code="bad_price",
            field=field,
        )


def check_total(amount: Decimal, *, field: str) -> None:
    """Refuse an amount of a line or a document that no column holds."""
    if amount > MAX_AMOUNT:
        raise DomainError(
            _("The amount %(value)s is above %(most)s.") % {"value": amount, "most": MAX_AMOUNT},
            code="amount_too_large",
            field=field,
        )


def status_check(name: str, statuses: type[models.TextChoices]) -> models.CheckConstraint:
    """The database's own check on a status column: choices do not constrain it."""
    return models.CheckConstraint(condition=Q(status__in=statuses.values), name=f"{name}_status")


def line_constraints(name: str) -> list[models.BaseConstraint]:
    """Constraints every table of lines has; ``name`` prefixes them.

    Sums are rounded before they are compared: SQLite adds floating-point numbers.
    """
    return [
        models.UniqueConstraint(fields=["document", "line_no"], name=f"{name}_line_no"),
        models.CheckConstraint(condition=Q(quantity__gt=0), name=f"{name}_quantity_positive"),
        models.CheckConstraint(
            condition=Q(gross_amount=Round(F("net_amount") + F("tax_amount"), precision=2)),
            name=f"{name}_amounts",
        ),
    ]
