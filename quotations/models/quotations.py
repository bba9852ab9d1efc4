"""Quotations and the leave to quote protected items."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.models import Contact, Customer
from erp.core.documents import Document, DocumentQuerySet, Line, line_constraints, status_check
from erp.core.fields import AmountField, QuantityField, UnitPriceField
from erp.core.models import PaymentTerm
from erp.core.money import ZERO
from erp.core.workflow import Workflow
from products.models import Product, ProtectedItem
from quotations.models.enquiries import Enquiry, EnquiryLine
from quotations.models.rules import OutcomeReason


class QuotationStatus(models.TextChoices):
    DRAFT = "draft", _("draft")
    SUBMITTED = "submitted", _("submitted")
    APPROVED = "approved", _("approved")
    SENT = "sent", _("sent")
    ACCEPTED = "accepted", _("accepted")
    ORDERED = "ordered", _("ordered")
    REVISED = "revised", _("revised")
    LOST = "lost", _("lost")
    EXPIRED = "expired", _("expired")
    CANCELLED = "cancelled", _("cancelled")


# Before the customer has it: what may be quoted is still to be decided.
OPEN_TO_LEAVE = frozenset(
    {QuotationStatus.DRAFT, QuotationStatus.SUBMITTED, QuotationStatus.APPROVED}
)


# The customer may still order of it.
ORDERABLE = frozenset({QuotationStatus.SENT, QuotationStatus.ACCEPTED})


class QuotationQuerySet(DocumentQuerySet["Quotation"]):
    def open(self) -> "QuotationQuerySet":
        return self.filter(status__in=[*OPEN_TO_LEAVE, *ORDERABLE])

    def orderable(self) -> "QuotationQuerySet":
        """With the customer, nothing or some of it ordered."""
        return self.filter(status__in=ORDERABLE)


class Quotation(Document):
    """An offer. ``accepted`` means that some lines were ordered and others are still open."""

    Status = QuotationStatus
    WORKFLOW = Workflow(
        {
            QuotationStatus.DRAFT: [QuotationStatus.SUBMITTED, QuotationStatus.CANCELLED],
            QuotationStatus.SUBMITTED: [
                QuotationStatus.APPROVED,
                QuotationStatus.DRAFT,
                QuotationStatus.CANCELLED,
            ],
            QuotationStatus.APPROVED: [QuotationStatus.SENT, QuotationStatus.CANCELLED],
            QuotationStatus.SENT: [
                QuotationStatus.ACCEPTED,
                QuotationStatus.REVISED,
                QuotationStatus.LOST,
                QuotationStatus.EXPIRED,
                QuotationStatus.CANCELLED,
            ],
            # All lines: on to ordered at once. The rest: ordered, lost or expired, line by line.
            QuotationStatus.ACCEPTED: [QuotationStatus.ORDERED],
        }
    )
    number_series = "QUO"

    status = models.CharField(
        _("status"),
        max_length=10,
        choices=QuotationStatus.choices,
        default=QuotationStatus.DRAFT,
        editable=False,
    )
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, verbose_name=_("customer"))
    contact = models.ForeignKey(
        Contact, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("contact")
    )
    enquiry = models.ForeignKey(
        Enquiry, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("enquiry")
    )
    valid_until = models.DateField(_("valid until"))
    revision = models.PositiveSmallIntegerField(_("revision"), default=0, editable=False)
    supersedes = models.OneToOneField(
        "self",
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="superseded_by",
        verbose_name=_("supersedes"),
    )
    payment_term = models.ForeignKey(
        PaymentTerm,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("payment term"),
    )
    terms = models.TextField(_("terms"), blank=True, db_default="")
    # What its counted lines cost, in the company's currency; None while one of them is unknown.
    cost_total = AmountField(_("cost"), null=True, editable=False)
    # How it ended: when, why, and who got it instead.
    decided_on = models.DateField(_("decided on"), null=True, editable=False)
    outcome_reason = models.ForeignKey(
        OutcomeReason,
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("reason"),
    )
    outcome_note = models.CharField(
        _("remark on the outcome"), max_length=300, db_default="", editable=False
    )
    competitor = models.CharField(_("competitor"), max_length=120, db_default="", editable=False)
    competitor_price = UnitPriceField(_("competitor's price"), null=True, editable=False)
    # Until when its owner was told that it is about to expire: a later date is told again.
    expiry_told_for = models.DateField(null=True, editable=False)

    objects = QuotationQuerySet.as_manager()

    class Meta:
        verbose_name = _("quotation")
        verbose_name_plural = _("quotations")
        ordering: ClassVar = ["-id"]
        permissions: ClassVar = [
            ("view_all_quotation", _("Can see all quotations")),
            ("submit_quotation", _("Can submit quotations")),
            ("approve_quotation", _("Can approve quotations")),
            ("approve_own_quotation", _("Can approve quotations of his own")),
            ("send_quotation", _("Can send quotations")),
        ]
        constraints: ClassVar = [status_check("quotation", QuotationStatus)]
        indexes: ClassVar = [
            models.Index(fields=["status", "valid_until"], name="quotation_expiry"),
            models.Index(fields=["dated_on", "status"], name="quotation_by_day"),
        ]

    @property
    def root_number(self) -> str:
        """The number its revisions share: QUO-2026-000001 of QUO-2026-000001-R2."""
        return (self.number or "").partition("-R")[0]


class LineOutcome(models.TextChoices):
    OPEN = "open", pgettext_lazy("quotation", "open")
    ORDERED = "ordered", _("ordered")
    LOST = "lost", _("lost")
    EXPIRED = "expired", _("expired")
    PASSED = "passed", _("not chosen")


class QuotationLineQuerySet(models.QuerySet["QuotationLine"]):
    def open(self) -> "QuotationLineQuerySet":
        """Neither ordered nor given up."""
        return self.filter(outcome=LineOutcome.OPEN)


class QuotationLine(Line):
    """A line offered for sure, instead of another line, or on top.

    The last two count in no total before the customer has chosen them.
    """

    Outcome = LineOutcome

    document = models.ForeignKey(Quotation, on_delete=models.CASCADE, related_name="lines")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, verbose_name=_("product"))
    source_line = models.ForeignKey(
        EnquiryLine, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    lead_time_days = models.PositiveSmallIntegerField(_("lead time in days"), null=True, blank=True)
    suggested_price = UnitPriceField(_("suggested price"), null=True, editable=False)
    # The number of the line it is offered instead of.
    alternative_to = models.PositiveIntegerField(_("alternative to line"), null=True, blank=True)
    is_optional = models.BooleanField(_("optional"), default=False, db_default=False)
    is_counted = models.BooleanField(
        _("counts in the total"), default=True, db_default=True, editable=False
    )
    outcome = models.CharField(
        _("outcome"),
        max_length=8,
        choices=LineOutcome.choices,
        default=LineOutcome.OPEN,
        db_default=LineOutcome.OPEN,
        editable=False,
    )
    ordered_quantity = QuantityField(_("ordered"), default=ZERO, db_default=ZERO, editable=False)
    # Net, in the company's currency, as known when it was last saved or submitted.
    unit_cost = UnitPriceField(_("cost"), null=True, editable=False)

    objects = QuotationLineQuerySet.as_manager()

    class Meta(Line.Meta):
        verbose_name = _("quotation line")
        verbose_name_plural = _("quotation lines")
        constraints: ClassVar = [
            *line_constraints("quotation"),
            models.CheckConstraint(
                condition=Q(outcome__in=LineOutcome.values), name="quotation_line_outcome"
            ),
            models.CheckConstraint(
                condition=Q(alternative_to__isnull=True)
                | Q(alternative_to__lt=F("line_no"), is_optional=False),
                name="quotation_alternative_after_its_line",
            ),
            models.CheckConstraint(
                condition=Q(ordered_quantity__gte=0, ordered_quantity__lte=F("quantity")),
                name="quotation_line_ordered_once",
            ),
            models.CheckConstraint(
                condition=Q(is_counted=False) | ~Q(outcome=LineOutcome.PASSED),
                name="quotation_counts_what_is_chosen",
            ),
        ]

    @classmethod
    def counted(cls) -> models.QuerySet[Any]:
        return cls.objects.filter(is_counted=True)

    @property
    def counts(self) -> bool:
        return self.is_counted

    @property
    def is_sure(self) -> bool:
        """Whether it is neither an alternative nor optional."""
        return self.alternative_to is None and not self.is_optional


class ProtectedLeave(models.Model):
    """Leave to quote one protected item on one quotation, given by somebody who may."""

    document = models.ForeignKey(Quotation, on_delete=models.CASCADE, related_name="leaves")
    item = models.ForeignKey(ProtectedItem, on_delete=models.CASCADE, related_name="+")
    allowed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    allowed_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("leave for a protected item")
        verbose_name_plural = _("leaves for protected items")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["document", "item"], name="leave_once"),
        ]

    def __str__(self) -> str:
        return f"{self.document_id}: {self.item_id}"
