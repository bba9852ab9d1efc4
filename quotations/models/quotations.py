"""Quotations and the leave to quote protected items."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.models import Contact, Customer
from erp.core.documents import Document, DocumentQuerySet, Line, line_constraints, status_check
from erp.core.fields import UnitPriceField
from erp.core.workflow import Workflow
from products.models import Product, ProtectedItem
from quotations.models.enquiries import Enquiry, EnquiryLine


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


class QuotationQuerySet(DocumentQuerySet["Quotation"]):
    def open(self) -> "QuotationQuerySet":
        return self.filter(
            status__in=[
                QuotationStatus.DRAFT,
                QuotationStatus.SUBMITTED,
                QuotationStatus.APPROVED,
                QuotationStatus.SENT,
            ]
        )


class Quotation(Document):
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


class QuotationLine(Line):
    document = models.ForeignKey(Quotation, on_delete=models.CASCADE, related_name="lines")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, verbose_name=_("product"))
    source_line = models.ForeignKey(
        EnquiryLine, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    lead_time_days = models.PositiveSmallIntegerField(_("lead time in days"), null=True, blank=True)
    suggested_price = UnitPriceField(_("suggested price"), null=True, editable=False)

    class Meta(Line.Meta):
        verbose_name = _("quotation line")
        verbose_name_plural = _("quotation lines")
        constraints: ClassVar = line_constraints("quotation")


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
