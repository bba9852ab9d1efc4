"""Customers and suppliers: the trading partners.

Invariants: a contact, address or invoice profile belongs to exactly one partner; a partner that has
any of a kind has exactly one default of it; a code is unique; one tax number is held by one
partner, unless it says that it shares it; the keys are always what ``set_keys`` derives; credit
limits are not negative; a merged partner is archived and names the one it became.
"""

from collections.abc import Collection
from datetime import date
from typing import ClassVar, Self, TypeVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.identity import initials, is_chinese, name_key, phone_key, read_tax_number
from erp.core.fields import AmountField, CodeField, RateField
from erp.core.models import ArchivableQuerySet, Currency, Master, PaymentTerm
from erp.core.policy import Scoped, ScopedQuerySet

P = TypeVar("P", bound="Partner")


def bad_tax_number(text: str) -> ValidationError:
    return ValidationError(
        _("%(number)s is no tax number: its length or its check digit is wrong."),
        code="bad_tax_id",
        params={"number": text},
    )


class PartnerQuerySet(ArchivableQuerySet[P]):
    def named(self, text: str) -> Self:
        """Partners meant by a code, an id or a name: exactly, or else by a part of the name."""
        text = text.strip()
        exact = Q(code__iexact=text) | Q(name=text) | Q(short_name=text)
        if text.isascii() and text.isdigit() and len(text) < 19:  # a bigint
            exact |= Q(pk=int(text))
        found = self.filter(exact)
        if found.exists():
            return found
        part = Q(name__icontains=text)
        if text.isascii() and text.isalnum():
            part |= Q(initials__startswith=text.lower())
        return self.filter(part)


class Partner(Master):
    """What customers and suppliers have in common."""

    scope_owner = "owner"

    code = models.CharField(_("code"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=120, db_index=True)
    short_name = models.CharField(_("short name"), max_length=40, blank=True)
    tax_id = models.CharField(_("tax number"), max_length=30, blank=True, db_index=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("responsible"),
    )
    currency = models.ForeignKey(
        Currency, on_delete=models.PROTECT, related_name="+", verbose_name=_("currency")
    )
    payment_term = models.ForeignKey(
        PaymentTerm,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("payment term"),
    )
    cut_off_day = models.PositiveSmallIntegerField(
        _("cut-off day"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(31)],
        help_text=_("What is invoiced later in a month counts to the next month's statement."),
    )
    price_includes_tax = models.BooleanField(_("prices include tax"), default=True)
    shares_tax_id = models.BooleanField(
        _("shares its tax number"),
        default=False,
        db_default=False,
        help_text=_(
            "Another partner has the same tax number, such as the head office of a branch."
        ),
    )
    blocked_reason = models.CharField(
        _("blocked because"),
        max_length=200,
        blank=True,
        db_default="",
        help_text=_("Empty: not blocked. A blocked partner gets no quotation, order or delivery."),
    )
    notes = models.TextField(_("notes"), blank=True)
    # A partner entered twice, merged into the one that is kept.
    merged_into = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("merged into"),
    )
    merged_into_id: int | None
    # What a partner is found by, derived by ``set_keys``.
    name_key = models.CharField(
        max_length=120, blank=True, db_default="", editable=False, db_index=True
    )
    initials = models.CharField(
        max_length=60, blank=True, db_default="", editable=False, db_index=True
    )
    phone_key = models.CharField(
        max_length=40, blank=True, db_default="", editable=False, db_index=True
    )
    # Null where there is no number, or where it is somebody else's.
    tax_key = CodeField(max_length=30, null=True, editable=False)

    objects = PartnerQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering: ClassVar = ["code"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tax_key"],
                name="one_%(class)s_per_tax_number",
                violation_error_message=_("Another partner has this tax number."),
                violation_error_code="duplicate_tax_id",
            ),
            models.CheckConstraint(
                condition=Q(cut_off_day__isnull=True) | Q(cut_off_day__range=(1, 31)),
                name="%(class)s_cut_off_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    @property
    def is_blocked(self) -> bool:
        return bool(self.blocked_reason)

    def set_keys(self) -> None:
        """Derive the keys; whoever changes name, tax number or phone calls this before saving."""
        number = read_tax_number(self.tax_id, chinese=is_chinese(self.name))
        self.tax_id = number.text
        held = bool(number.key) and not self.shares_tax_id and self.merged_into_id is None
        self.tax_key = number.key if held else None
        self.name_key = name_key(self.name)
        self.initials = initials(self.short_name or self.name)[:60]
        self.phone_key = phone_key(self.phone)

    def clean_fields(self, exclude: Collection[str] | None = None) -> None:
        self.name = " ".join(self.name.split())
        super().clean_fields(exclude=exclude)
        self.set_keys()
        wrong = read_tax_number(self.tax_id, chinese=is_chinese(self.name)).is_wrong
        if wrong and "tax_id" not in (exclude or ()):
            raise ValidationError({"tax_id": bad_tax_number(self.tax_id)})


class Customer(Partner):
    class Kind(models.TextChoices):
        RESELLER = "reseller", _("reseller")
        END_USER = "end_user", _("end user")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.END_USER)
    credit_limit = AmountField(
        _("credit limit"), null=True, blank=True, help_text=_("Empty: no limit.")
    )

    class Meta(Partner.Meta):
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        permissions: ClassVar = [
            ("view_all_customer", _("Can see all customers")),
            ("block_customer", _("Can block customers")),
            ("merge_customer", _("Can merge customers")),
            ("share_tax_id_customer", _("Can enter a customer's tax number twice")),
            ("grant_credit_customer", _("Can set credit limits")),
        ]
        constraints: ClassVar = [
            *Partner.Meta.constraints,
            models.CheckConstraint(
                condition=Q(credit_limit__isnull=True) | Q(credit_limit__gte=0),
                name="credit_limit_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["reseller", "end_user"]), name="customer_kind"
            ),
        ]


class Supplier(Partner):
    lead_time_days = models.PositiveSmallIntegerField(_("lead time in days"), null=True, blank=True)
    # A share of 1; without one the company's holds.
    receipt_tolerance = RateField(
        _("may deliver more than ordered by"),
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(1)],
    )

    class Meta(Partner.Meta):
        verbose_name = _("supplier")
        verbose_name_plural = _("suppliers")
        permissions: ClassVar = [
            ("view_all_supplier", _("Can see all suppliers")),
            ("block_supplier", _("Can block suppliers")),
            ("merge_supplier", _("Can merge suppliers")),
            ("share_tax_id_supplier", _("Can enter a supplier's tax number twice")),
        ]


def _one_partner(name: str) -> models.BaseConstraint:
    one = Q(customer__isnull=False, supplier__isnull=True) | Q(
        customer__isnull=True, supplier__isnull=False
    )
    return models.CheckConstraint(condition=one, name=f"{name}_has_one_partner")


def _detail_constraints(name: str) -> list[models.BaseConstraint]:
    """One partner only; one default per partner (``is_default`` is true or null, never false)."""
    return [
        _one_partner(name),
        models.UniqueConstraint(fields=["customer", "is_default"], name=f"{name}_customer_default"),
        models.UniqueConstraint(fields=["supplier", "is_default"], name=f"{name}_supplier_default"),
        models.CheckConstraint(
            condition=Q(is_default__isnull=True) | Q(is_default=True),
            name=f"{name}_default_or_null",
        ),
    ]


class OfPartner(Scoped):
    """Something a customer or a supplier has several of."""

    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, null=True, blank=True, verbose_name=_("customer")
    )
    supplier = models.ForeignKey(
        Supplier, on_delete=models.CASCADE, null=True, blank=True, verbose_name=_("supplier")
    )

    class Meta:
        abstract = True

    @property
    def partner(self) -> Partner | None:
        return self.customer or self.supplier


class PartnerDetail(OfPartner):
    """Something of which one is the default."""

    # Null instead of false: both databases let a unique constraint hold many nulls.
    is_default = models.BooleanField(
        _("default"), null=True, blank=True, choices=[(None, _("no")), (True, _("yes"))]
    )

    objects = ScopedQuerySet.as_manager()

    class Meta:
        abstract = True


class Contact(PartnerDetail):
    name = models.CharField(_("name"), max_length=60)
    title = models.CharField(_("title"), max_length=60, blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    phone_key = models.CharField(
        max_length=40, blank=True, db_default="", editable=False, db_index=True
    )

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        constraints: ClassVar = _detail_constraints("contact")

    def __str__(self) -> str:
        return self.name

    def clean_fields(self, exclude: Collection[str] | None = None) -> None:
        super().clean_fields(exclude=exclude)
        self.phone_key = phone_key(self.phone)


class Address(PartnerDetail):
    class Kind(models.TextChoices):
        DELIVERY = "delivery", pgettext_lazy("address", "delivery")
        OFFICE = "office", _("office")
        INVOICE = "invoice", _("invoices and letters")

    kind = models.CharField(
        _("kind"),
        max_length=10,
        choices=Kind.choices,
        default=Kind.DELIVERY,
        db_default=Kind.DELIVERY,
    )
    text = models.CharField(_("address"), max_length=200)
    recipient = models.CharField(_("recipient"), max_length=60, blank=True, db_default="")
    phone = models.CharField(_("phone"), max_length=40, blank=True, db_default="")

    class Meta:
        verbose_name = _("address")
        verbose_name_plural = _("addresses")
        constraints: ClassVar = [
            *_detail_constraints("address"),
            models.CheckConstraint(
                condition=Q(kind__in=["delivery", "office", "invoice"]), name="address_kind"
            ),
        ]

    def __str__(self) -> str:
        return self.text


class InvoiceProfile(PartnerDetail):
    """What an invoice to this partner must carry (开票资料)."""

    title = models.CharField(pgettext_lazy("invoice", "title"), max_length=120)
    tax_id = models.CharField(_("tax number"), max_length=30)
    address_phone = models.CharField(_("address and phone"), max_length=200, blank=True)
    bank_account = models.CharField(_("bank and account"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("invoice profile")
        verbose_name_plural = _("invoice profiles")
        constraints: ClassVar = _detail_constraints("invoice_profile")

    def __str__(self) -> str:
        return self.title


class FollowUpQuerySet(ScopedQuerySet["FollowUp"]):
    def open(self) -> Self:
        return self.filter(done_at=None)

    def due(self, on: date) -> Self:
        """What is to be done by this day and is not."""
        return self.open().filter(due_on__lte=on)


class FollowUp(OfPartner):
    """Something to come back to with a partner, by a day."""

    scope_owner = "owner"

    due_on = models.DateField(_("due"), db_index=True)
    note = models.CharField(_("what to do"), max_length=200)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("responsible"),
    )
    done_at = models.DateTimeField(_("done at"), null=True, editable=False)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    objects = FollowUpQuerySet.as_manager()

    class Meta:
        verbose_name = _("follow-up")
        verbose_name_plural = _("follow-ups")
        ordering: ClassVar = ["due_on", "id"]
        permissions: ClassVar = [("view_all_followup", _("Can see all follow-ups"))]
        constraints: ClassVar = [_one_partner("follow_up")]
        indexes: ClassVar = [
            models.Index(fields=["owner", "done_at", "due_on"], name="follow_up_due")
        ]

    def __str__(self) -> str:
        return f"{self.due_on} {self.note}"

    @property
    def is_done(self) -> bool:
        return self.done_at is not None
