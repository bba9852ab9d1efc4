"""Tables every app shares: the company, currencies, rates, units, terms, periods, files, numbers.

Invariants: one Company row; a rate is positive; at most one exchange rate a day and currency; tax
rates carry validity dates; a number is drawn once.
"""

import hashlib
from datetime import date
from decimal import Decimal
from typing import ClassVar, Self, TypeVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from erp.core.fields import CodeField, ExchangeRateField, RateField
from erp.core.kept_exports import Export as Export  # noqa: PLC0414 (a table of ours)
from erp.core.machinery import IdempotencyKey as IdempotencyKey  # noqa: PLC0414
from erp.core.machinery import Job as Job  # noqa: PLC0414
from erp.core.machinery import ScheduledRun as ScheduledRun  # noqa: PLC0414
from erp.core.money import ZERO
from erp.core.policy import Scoped, ScopedQuerySet

M = TypeVar("M", bound=models.Model)


class ArchivableQuerySet(ScopedQuerySet[M]):
    """Master data that is archived instead of deleted once something refers to it."""

    def active(self) -> Self:
        return self.filter(archived_at=None)


class Master(Scoped):
    """Master data: archived when no longer used, versioned, never deleted while referred to."""

    archived_at = models.DateTimeField(_("archived at"), null=True, blank=True, editable=False)
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated at"), auto_now=True)

    class Meta:
        abstract = True


class Currency(Scoped):
    code = models.CharField(_("code"), max_length=3, primary_key=True)
    name = models.CharField(_("name"), max_length=60)
    minor_units = models.PositiveSmallIntegerField(_("decimals"), default=2)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("currency")
        verbose_name_plural = _("currencies")
        ordering: ClassVar = ["code"]

    def __str__(self) -> str:
        return self.code


class ExchangeRate(Scoped):
    """Units of the company's currency for one unit of a foreign one, from a day on."""

    currency = models.ForeignKey(Currency, on_delete=models.PROTECT, verbose_name=_("currency"))
    on = models.DateField(_("date"))
    rate = ExchangeRateField(_("rate"))
    source = models.CharField(_("source"), max_length=60, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("exchange rate")
        verbose_name_plural = _("exchange rates")
        ordering: ClassVar = ["-on", "currency"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["currency", "on"], name="one_rate_a_day"),
            models.CheckConstraint(condition=Q(rate__gt=0), name="exchange_rate_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.currency_id} {self.on}: {self.rate}"


class TaxRate(Scoped):
    """A rate of value added tax, valid for a span of days (13 % since 2019-04-01)."""

    code = models.CharField(_("code"), max_length=20)
    name = models.CharField(_("name"), max_length=60)
    rate = RateField(pgettext_lazy("tax", "rate"))
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid to"), null=True, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("tax rate")
        verbose_name_plural = _("tax rates")
        ordering: ClassVar = ["code", "-valid_from"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["code", "valid_from"], name="tax_rate_once"),
            models.CheckConstraint(
                condition=Q(rate__gte=0) & Q(rate__lt=1), name="tax_rate_in_range"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.rate * 100:.0f}%"


class Unit(Scoped):
    """A unit of quantity: piece 个, pair 对, set 套, box 盒."""

    code = models.CharField(_("code"), max_length=10, primary_key=True)
    name_zh = models.CharField(_("Chinese name"), max_length=20)
    name_en = models.CharField(_("English name"), max_length=20)
    decimals = models.PositiveSmallIntegerField(_("decimals"), default=0)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("unit")
        verbose_name_plural = _("units")
        ordering: ClassVar = ["code"]

    def __str__(self) -> str:
        return self.name_zh if (get_language() or "").startswith("zh") else self.name_en


class PaymentTerm(Scoped):
    """When an invoice falls due: an anchor date and a rule."""

    class Rule(models.TextChoices):
        PREPAID = "prepaid", _("prepaid")
        ON_DELIVERY = "cod", _("cash on delivery")
        DAYS = "days", _("days after the invoice")
        MONTH_END = "month_end", _("days after the end of the month")

    code = models.CharField(_("code"), max_length=20, primary_key=True)
    name = models.CharField(_("name"), max_length=60)
    rule = models.CharField(_("rule"), max_length=12, choices=Rule.choices)
    days = models.PositiveSmallIntegerField(_("days"), default=0)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("payment term")
        verbose_name_plural = _("payment terms")
        ordering: ClassVar = ["code"]

    def __str__(self) -> str:
        return self.name


class Company(Scoped):
    """Our own company: letterhead, bank, base currency, clauses. One row."""

    singleton = models.PositiveSmallIntegerField(default=1, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=120)
    name_en = models.CharField(_("English name"), max_length=120, blank=True)
    address = models.CharField(_("address"), max_length=200, blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    tax_id = models.CharField(_("tax number"), max_length=30, blank=True)
    bank_name = models.CharField(_("bank"), max_length=120, blank=True)
    bank_account = models.CharField(_("bank account"), max_length=40, blank=True)
    currency = models.ForeignKey(Currency, on_delete=models.PROTECT, verbose_name=_("currency"))
    quotation_clauses = models.TextField(_("quotation clauses"), blank=True)
    quotation_validity_days = models.PositiveSmallIntegerField(
        _("days a quotation is valid"), default=7
    )
    markup_rate = RateField(
        _("markup on what suppliers ask"), default=Decimal("0.25"), db_default=Decimal("0.25")
    )
    contract_clauses = models.TextField(
        _("contract clauses"),
        blank=True,
        db_default="",
        default="",
        help_text=_("One a line: quality, transport, packing, inspection, breach, disputes …"),
    )
    over_delivery_rate = RateField(
        _("over-delivery allowed"),
        default=ZERO,
        db_default=ZERO,
        help_text=_(
            "0.05 is 5 %. What is agreed with a customer or fixed for a product goes first."
        ),
    )
    under_delivery_rate = RateField(
        _("under-delivery allowed"),
        default=ZERO,
        db_default=ZERO,
        help_text=_("0.05 is 5 %: what is left of a line is closed when no more than that is."),
    )
    overdue_hold_days = models.PositiveSmallIntegerField(
        _("hold orders when invoices are overdue for days"),
        null=True,
        blank=True,
        help_text=_("Empty: overdue invoices hold no order."),
    )
    # Purchasing: shares of 1 (0.1 is 10 %), the limit in the company's currency.
    purchase_price_warning = RateField(
        _("warn of purchase prices above the known ones by"),
        default=Decimal("0.1"),
        db_default=Decimal("0.1"),
    )
    receipt_tolerance = RateField(
        _("receive more than ordered by at most"), default=Decimal(0), db_default=Decimal(0)
    )
    purchase_approval_limit = models.DecimalField(
        _("purchases above this need the right to approve large ones (0: none)"),
        max_digits=18,
        decimal_places=2,
        default=Decimal(0),
        db_default=Decimal(0),
    )

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("company")
        verbose_name_plural = _("company")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(singleton=1), name="one_company"),
            models.CheckConstraint(
                condition=Q(
                    over_delivery_rate__gte=0,
                    over_delivery_rate__lte=1,
                    under_delivery_rate__gte=0,
                    under_delivery_rate__lte=1,
                ),
                name="company_delivery_rates",
            ),
            models.CheckConstraint(condition=Q(markup_rate__gte=0), name="company_markup"),
            models.CheckConstraint(
                condition=Q(purchase_price_warning__gte=0)
                & Q(receipt_tolerance__gte=0, receipt_tolerance__lte=1)
                & Q(purchase_approval_limit__gte=0),
                name="company_purchasing_limits",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Period(Scoped):
    """A span of days in one area of the books; a closed one admits nothing dated inside it."""

    class Area(models.TextChoices):
        STOCK = "stock", _("stock")
        FINANCE = "finance", _("finance")

    area = models.CharField(_("area"), max_length=10, choices=Area.choices)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"))
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("period")
        verbose_name_plural = _("periods")
        ordering: ClassVar = ["-starts_on", "area"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["area", "starts_on"], name="period_once"),
            models.CheckConstraint(
                condition=Q(ends_on__gte=models.F("starts_on")), name="period_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_area_display()} {self.starts_on} – {self.ends_on}"


class NumberSequence(models.Model):
    """The last number drawn in a series and year; locked while a document takes effect."""

    series = CodeField(max_length=10)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["series", "year"], name="one_sequence_a_year"),
        ]

    def __str__(self) -> str:
        return f"{self.series}-{self.year}: {self.last}"


class NumberVoid(models.Model):
    """A number that was drawn and given up, with the reason an auditor will ask for."""

    number = CodeField(max_length=30, unique=True)
    reason = models.CharField(max_length=200)
    voided_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.number


def _storage_path(attachment: "Attachment", _name: str) -> str:
    """Return a path that owes nothing to the name the client gave."""
    return f"{attachment.kind}/{attachment.sha256[:2]}/{attachment.sha256}"


class Attachment(models.Model):
    """A stored file and the document it belongs to; issued ones are kept byte for byte."""

    class Kind(models.TextChoices):
        ISSUED = "issued", _("issued document")
        UPLOADED = "uploaded", _("uploaded file")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    name = models.CharField(_("name"), max_length=120)
    content_type = models.CharField(_("type"), max_length=100)
    file = models.FileField(_("file"), upload_to=_storage_path, max_length=120)
    size = models.PositiveIntegerField(_("size"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    object_type = models.CharField(max_length=60)
    object_id = models.PositiveBigIntegerField()
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("created by"),
    )
    # Of an uploaded file: since when it is kept without being shown.
    withdrawn_at = models.DateTimeField(_("removed at"), null=True, editable=False)

    class Meta:
        verbose_name = _("file")
        verbose_name_plural = _("files")
        indexes: ClassVar = [
            models.Index(fields=["object_type", "object_id"], name="attachment_object"),
        ]

    def __str__(self) -> str:
        return self.name

    def is_intact(self) -> bool:
        """Return whether the stored bytes still have the hash they were issued with."""
        try:
            with self.file.open("rb") as stored:
                return hashlib.sha256(stored.read()).hexdigest() == self.sha256
        except FileNotFoundError:
            return False


def rate_on(currency_code: str, company: Company, on: date) -> Decimal | None:
    """Return units of the company's currency for one unit of another, or None when unknown."""
    if currency_code == company.currency_id:
        return Decimal(1)
    rates = ExchangeRate.objects.filter(currency_id=currency_code, on__lte=on)
    return rates.order_by("-on").values_list("rate", flat=True).first()
