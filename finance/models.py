"""Invoices, payments and the general ledger.

Invariants (verify_books proves each):
- every journal entry balances, and is never changed or deleted;
- 0 ≤ Σ allocations ≤ payment, and Σ allocations ≤ invoice; same partner, same currency;
- the receivable and payable accounts equal the open items; the inventory account the stock value.
Journal amounts are in the company's currency, documents in their own.
"""

from decimal import Decimal
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.models import Customer, Supplier
from erp.core.documents import Document, DocumentQuerySet, Line, line_constraints, status_check
from erp.core.fields import AmountField, CodeField, ExchangeRateField
from erp.core.models import Currency
from erp.core.money import ZERO
from erp.core.policy import Scoped, ScopedQuerySet
from erp.core.workflow import Workflow
from finance.banking import BankAccount
from finance.chart import Account
from inventory.models import StockMove
from orders.models import DeliveryLine, ReceiptLine
from products.models import Product

__all__ = [
    "Account",
    "Allocation",
    "BankAccount",
    "Invoice",
    "InvoiceLine",
    "InvoiceStatus",
    "JournalEntry",
    "JournalLine",
    "Payment",
    "PaymentStatus",
]


class JournalEntry(Scoped):
    """One balanced posting, made by a document. Append-only."""

    on = models.DateField(_("date"))
    memo = models.CharField(_("text"), max_length=120)
    source_type = models.CharField(max_length=60)
    source_id = models.PositiveBigIntegerField()
    posted_at = models.DateTimeField(_("posted at"), auto_now_add=True)
    posted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("posted by"),
    )

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("journal entry")
        verbose_name_plural = _("journal entries")
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [
            models.Index(fields=["source_type", "source_id"], name="journal_source"),
            models.Index(fields=["on"], name="journal_on"),
        ]

    def __str__(self) -> str:
        return f"{self.on} {self.memo_text}"

    @property
    def memo_text(self) -> str:
        """The memo in the reader's language: postings store what made them."""
        names = {
            "invoice": _("invoice"),
            "open_item": _("opening item"),
            "payment": _("payment"),
            **dict(StockMove.Kind.choices),
        }
        return str(names.get(self.memo, self.memo))


class JournalLine(models.Model):
    """One side of a posting: exactly one of debit and credit is above zero."""

    entry = models.ForeignKey(JournalEntry, on_delete=models.PROTECT, related_name="lines")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, verbose_name=_("account"))
    debit = AmountField(_("debit"), default=ZERO)
    credit = AmountField(_("credit"), default=ZERO)
    customer = models.ForeignKey(
        Customer,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("customer"),
    )
    supplier = models.ForeignKey(
        Supplier,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("supplier"),
    )

    class Meta:
        verbose_name = _("journal line")
        verbose_name_plural = _("journal lines")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(debit__gt=0, credit=0) | Q(debit=0, credit__gt=0),
                name="journal_line_has_one_side",
            )
        ]

    def __str__(self) -> str:
        return f"{self.account_id}: {self.debit} / {self.credit}"


class InvoiceStatus(models.TextChoices):
    DRAFT = "draft", _("draft")
    POSTED = "posted", _("posted")
    CANCELLED = "cancelled", _("cancelled")


class InvoiceQuerySet(DocumentQuerySet["Invoice"]):
    def unfinished(self) -> Self:
        """Drafts, and what is not yet fully settled: somebody has to see to it."""
        return self.with_allocated().exclude(
            Q(status=InvoiceStatus.CANCELLED)
            | Q(status=InvoiceStatus.POSTED, gross_total__lte=F("allocated"))
        )

    def with_allocated(self) -> Self:
        """Annotate ``allocated``: what payments have settled, in the invoice's currency."""
        total = (
            Allocation.objects.filter(invoice=OuterRef("pk"))
            .order_by()
            .values("invoice")
            .annotate(total=Sum("amount"))
            .values("total")
        )
        return self.annotate(
            allocated=Coalesce(Subquery(total), ZERO, output_field=models.DecimalField())
        )

    def outstanding(self) -> Self:
        """Posted invoices not yet fully settled."""
        return (
            self.with_allocated()
            .filter(status=InvoiceStatus.POSTED)
            .filter(gross_total__gt=F("allocated"))
        )


class Invoice(Document):
    """An invoice we issue (out) or receive (in). Paid or not is answered by allocations."""

    class Direction(models.TextChoices):
        OUT = "out", _("sales invoice")
        IN = "in", _("purchase invoice")

    Status = InvoiceStatus
    WORKFLOW = Workflow({InvoiceStatus.DRAFT: [InvoiceStatus.POSTED, InvoiceStatus.CANCELLED]})

    class Opening:
        """An item of the former books begins posted; while nothing is paid it is taken back."""

        WORKFLOW = Workflow({InvoiceStatus.POSTED: [InvoiceStatus.CANCELLED]})

    number_series = "INV"

    direction = models.CharField(_("direction"), max_length=3, choices=Direction.choices)
    status = models.CharField(
        _("status"),
        max_length=10,
        choices=InvoiceStatus.choices,
        default=InvoiceStatus.DRAFT,
        editable=False,
    )
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("customer")
    )
    supplier = models.ForeignKey(
        Supplier, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("supplier")
    )
    due_on = models.DateField(_("due"))
    # An open item of the books kept before these: an amount and a date, no lines.
    is_opening = models.BooleanField(
        _("opening item"), default=False, db_default=False, editable=False
    )
    fapiao_number = models.CharField(_("fapiao number"), max_length=30, blank=True)

    objects = InvoiceQuerySet.as_manager()

    class Meta:
        verbose_name = _("invoice")
        verbose_name_plural = _("invoices")
        ordering: ClassVar = ["-id"]
        permissions: ClassVar = [
            ("view_all_invoice", _("Can see all invoices")),
            ("post_invoice", _("Can post invoices")),
            ("import_opening_balances", _("Can import opening balances")),
        ]
        constraints: ClassVar = [
            status_check("invoice", InvoiceStatus),
            models.CheckConstraint(
                condition=Q(direction="out", customer__isnull=False, supplier__isnull=True)
                | Q(direction="in", customer__isnull=True, supplier__isnull=False),
                name="invoice_partner_fits_direction",
            ),
        ]

    @classmethod
    def priced_by_lines(cls) -> models.QuerySet["Invoice"]:
        return cls.objects.filter(is_opening=False)

    @property
    def series(self) -> str:
        """Invoices we issue, those we receive and opening items are numbered apart."""
        if self.is_opening:
            return "OPN"
        return self.number_series if self.direction == self.Direction.OUT else "PINV"


class InvoiceLine(Line):
    document = models.ForeignKey(Invoice, on_delete=models.CASCADE, related_name="lines")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, verbose_name=_("product"))
    # The line it came from: what was delivered, or what was received.
    source_line = models.ForeignKey(
        DeliveryLine, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    receipt_line = models.ForeignKey(
        ReceiptLine, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )

    class Meta(Line.Meta):
        verbose_name = _("invoice line")
        verbose_name_plural = _("invoice lines")
        constraints: ClassVar = line_constraints("invoice")


class PaymentStatus(models.TextChoices):
    DRAFT = "draft", _("draft")
    POSTED = "posted", _("posted")
    REVERSED = "reversed", _("reversed")


class PaymentQuerySet(DocumentQuerySet["Payment"]):
    def drafts(self) -> "PaymentQuerySet":
        return self.filter(status=PaymentStatus.DRAFT)

    def posted(self) -> "PaymentQuerySet":
        return self.filter(status=PaymentStatus.POSTED)


class Payment(Scoped):
    """Money received (in) or paid (out). What it settles is told by its allocations."""

    class Direction(models.TextChoices):
        IN = "in", pgettext_lazy("payment", "received")
        OUT = "out", pgettext_lazy("payment", "paid")

    class Method(models.TextChoices):
        BANK = "bank", _("bank transfer")
        CASH = "cash", _("cash")
        CHEQUE = "cheque", _("cheque")
        BILL = "bill", _("acceptance bill")

    Status = PaymentStatus
    WORKFLOW = Workflow(
        {
            PaymentStatus.DRAFT: [PaymentStatus.POSTED],
            PaymentStatus.POSTED: [PaymentStatus.REVERSED],
        }
    )
    number_series = "PAY"
    scope_owner = "owner"

    number = CodeField(_("number"), max_length=30, unique=True, null=True, editable=False)
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)
    status = models.CharField(
        _("status"),
        max_length=10,
        choices=PaymentStatus.choices,
        default=PaymentStatus.DRAFT,
        editable=False,
    )
    direction = models.CharField(_("direction"), max_length=3, choices=Direction.choices)
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("customer")
    )
    supplier = models.ForeignKey(
        Supplier, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("supplier")
    )
    bank_account = models.ForeignKey(
        BankAccount, on_delete=models.PROTECT, verbose_name=_("bank account")
    )
    method = models.CharField(
        _("method"), max_length=8, choices=Method.choices, default=Method.BANK
    )
    dated_on = models.DateField(_("date"))
    amount = AmountField(_("amount"))
    currency = models.ForeignKey(
        Currency, on_delete=models.PROTECT, related_name="+", verbose_name=_("currency")
    )
    exchange_rate = ExchangeRateField(_("exchange rate"), default=Decimal(1))
    reference = models.CharField(_("bank reference"), max_length=60, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("entered by"),
    )
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    objects = PaymentQuerySet.as_manager()

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        ordering: ClassVar = ["-id"]
        permissions: ClassVar = [
            ("view_all_payment", _("Can see all payments")),
            ("post_payment", _("Can post payments")),
            ("allocate_payment", _("Can allocate payments")),
        ]
        constraints: ClassVar = [
            status_check("payment", PaymentStatus),
            models.CheckConstraint(condition=Q(amount__gt=0), name="payment_amount_positive"),
            models.CheckConstraint(
                condition=Q(customer__isnull=False, supplier__isnull=True)
                | Q(customer__isnull=True, supplier__isnull=False),
                name="payment_has_one_partner",
            ),
        ]

    def __str__(self) -> str:
        return self.ref

    @property
    def ref(self) -> str:
        return self.number or f"{self.number_series}-D{self.pk}"

    @property
    def source_type(self) -> str:
        return self._meta.label_lower


class Allocation(Scoped):
    """Part of a payment set against an invoice of the same partner and currency."""

    payment = models.ForeignKey(
        Payment, on_delete=models.PROTECT, related_name="allocations", verbose_name=_("payment")
    )
    invoice = models.ForeignKey(
        Invoice, on_delete=models.PROTECT, related_name="allocations", verbose_name=_("invoice")
    )
    amount = AmountField(_("amount"))
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("created by"),
    )

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("allocation")
        verbose_name_plural = _("allocations")
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="allocation_amount_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.payment} → {self.invoice}: {self.amount}"
