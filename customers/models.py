"""Customers and suppliers: the trading partners.

Invariants: a contact, address or invoice profile belongs to exactly one partner; a partner has at
most one default of each; a code is unique; credit limits are not negative.
"""

from typing import ClassVar, Self, TypeVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from erp.core.fields import AmountField
from erp.core.models import ArchivableQuerySet, Currency, Master, PaymentTerm
from erp.core.policy import Scoped, ScopedQuerySet

P = TypeVar("P", bound="Partner")


class PartnerQuerySet(ArchivableQuerySet[P]):
    def named(self, text: str) -> Self:
        """Partners meant by a code, an id or a name: exactly, or else by a part of the name."""
        text = text.strip()
        exact = Q(code__iexact=text) | Q(name=text) | Q(short_name=text)
        if text.isascii() and text.isdigit() and len(text) < 19:  # a bigint
            exact |= Q(pk=int(text))
        found = self.filter(exact)
        return found if found.exists() else self.filter(name__icontains=text)


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
    price_includes_tax = models.BooleanField(_("prices include tax"), default=True)
    notes = models.TextField(_("notes"), blank=True)

    objects = PartnerQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering: ClassVar = ["code"]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


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
        permissions: ClassVar = [("view_all_customer", _("Can see all customers"))]
        constraints: ClassVar = [
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

    class Meta(Partner.Meta):
        verbose_name = _("supplier")
        verbose_name_plural = _("suppliers")
        permissions: ClassVar = [("view_all_supplier", _("Can see all suppliers"))]


def _detail_constraints(name: str) -> list[models.BaseConstraint]:
    """One partner only; one default per partner (``is_default`` is true or null, never false)."""
    one_partner = Q(customer__isnull=False, supplier__isnull=True) | Q(
        customer__isnull=True, supplier__isnull=False
    )
    return [
        models.CheckConstraint(condition=one_partner, name=f"{name}_has_one_partner"),
        models.UniqueConstraint(fields=["customer", "is_default"], name=f"{name}_customer_default"),
        models.UniqueConstraint(fields=["supplier", "is_default"], name=f"{name}_supplier_default"),
        models.CheckConstraint(
            condition=Q(is_default__isnull=True) | Q(is_default=True),
            name=f"{name}_default_or_null",
        ),
    ]


class PartnerDetail(Scoped):
    """Something a partner has several of, at most one of them the default."""

    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, null=True, blank=True, verbose_name=_("customer")
    )
    supplier = models.ForeignKey(
        Supplier, on_delete=models.CASCADE, null=True, blank=True, verbose_name=_("supplier")
    )
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

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        constraints: ClassVar = _detail_constraints("contact")

    def __str__(self) -> str:
        return self.name


class Address(PartnerDetail):
    text = models.CharField(_("address"), max_length=200)

    class Meta:
        verbose_name = _("address")
        verbose_name_plural = _("addresses")
        constraints: ClassVar = _detail_constraints("address")

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
