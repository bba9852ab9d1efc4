"""What we ask suppliers: one request, several suppliers, a reply per line and supplier.

Invariants: a supplier is asked once per request and answers a line once; a reply's price is above
zero, its currency and rate are those of the supplier's invitation; together the awards of a line
are no more than was asked for, unless one of them says why.
"""

from decimal import Decimal
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from customers.models import Contact, Supplier
from erp.core.documents import DocumentQuerySet, Numbered, status_check
from erp.core.fields import ExchangeRateField, QuantityField, RateField, UnitPriceField
from erp.core.models import Currency, Unit
from erp.core.money import net_unit_price, round_price
from erp.core.policy import Scoped, ScopedQuerySet
from erp.core.workflow import Workflow
from products.models import Interchange, Product


class RfqStatus(models.TextChoices):
    DRAFT = "draft", _("draft")
    SENT = "sent", _("sent")
    RECEIVED = "received", _("answered")
    REJECTED = "rejected", _("rejected")
    AWARDED = "awarded", _("awarded")
    ORDERED = "ordered", _("ordered")
    CANCELLED = "cancelled", _("cancelled")


# Suppliers may still answer.
OPEN_TO_REPLIES = frozenset({RfqStatus.SENT, RfqStatus.RECEIVED})
OPEN_TO_AWARDS = frozenset({RfqStatus.RECEIVED, RfqStatus.AWARDED})
UNFINISHED_RFQS = frozenset(
    {RfqStatus.DRAFT, RfqStatus.SENT, RfqStatus.RECEIVED, RfqStatus.AWARDED}
)


class RfqQuerySet(DocumentQuerySet["Rfq"]):
    def unfinished(self) -> Self:
        return self.filter(status__in=UNFINISHED_RFQS)

    def made_for(self, origin: models.Model) -> Self:
        return self.filter(origin_type=origin._meta.label_lower, origin_id=origin.pk)

    def waiting(self) -> Self:
        """Sent, and somebody who was asked has not answered."""
        silent = RfqSupplier.objects.silent().values("document")
        return self.filter(status__in=OPEN_TO_REPLIES, pk__in=silent)


class Rfq(Numbered):
    """A request for quotation. What each supplier answers has its own currency: no totals here."""

    Status = RfqStatus
    WORKFLOW = Workflow(
        {
            RfqStatus.DRAFT: [RfqStatus.SENT, RfqStatus.CANCELLED],
            RfqStatus.SENT: [RfqStatus.RECEIVED, RfqStatus.CANCELLED],
            RfqStatus.RECEIVED: [RfqStatus.AWARDED, RfqStatus.REJECTED],
            RfqStatus.REJECTED: [RfqStatus.RECEIVED],
            RfqStatus.AWARDED: [RfqStatus.RECEIVED, RfqStatus.ORDERED],
        }
    )
    number_series = "RFQ"
    scope_owner = "owner"

    status = models.CharField(
        _("status"),
        max_length=10,
        choices=RfqStatus.choices,
        default=RfqStatus.DRAFT,
        editable=False,
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("owner"),
    )
    due_on = models.DateField(_("answer by"))
    # What the goods are asked for: an enquiry, a quotation, or an order of a higher app.
    origin_type = models.CharField(max_length=60, blank=True, editable=False)
    origin_id = models.PositiveBigIntegerField(null=True, editable=False)
    reason = models.CharField(_("reason"), max_length=200, blank=True, editable=False)
    # Since when its owner knows that an answer is late, or that an offer has run out.
    reminded_on = models.DateField(null=True, editable=False)
    lapse_told_on = models.DateField(null=True, editable=False)

    objects = RfqQuerySet.as_manager()

    class Meta:
        verbose_name = _("request for quotation")
        verbose_name_plural = _("requests for quotation")
        ordering: ClassVar = ["-id"]
        permissions: ClassVar = [
            ("view_all_rfq", _("Can see all requests for quotation")),
            ("send_rfq", _("Can send requests for quotation")),
            ("reply_rfq", _("Can enter suppliers' replies")),
            ("award_rfq", _("Can award suppliers' replies")),
            ("override_rfq", _("Can award expired replies and more than was asked for")),
        ]
        constraints: ClassVar = [
            status_check("rfq", RfqStatus),
            models.CheckConstraint(
                condition=Q(origin_type="", origin_id__isnull=True)
                | (~Q(origin_type="") & Q(origin_id__isnull=False)),
                name="rfq_origin",
            ),
            models.CheckConstraint(
                condition=Q(status__in=[RfqStatus.DRAFT, RfqStatus.CANCELLED])
                | Q(number__isnull=False),
                name="rfq_sent_has_number",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["origin_type", "origin_id"], name="rfq_by_origin"),
            models.Index(fields=["status", "due_on"], name="rfq_due"),
        ]

    @property
    def is_draft(self) -> bool:
        return self.status == RfqStatus.DRAFT


class RfqLine(models.Model):
    """One part asked for."""

    document = models.ForeignKey(Rfq, on_delete=models.CASCADE, related_name="lines")
    line_no = models.PositiveIntegerField(_("line"))
    product = models.ForeignKey(Product, on_delete=models.PROTECT, verbose_name=_("product"))
    brand_name = models.CharField(_("brand"), max_length=60)
    designation = models.CharField(_("designation"), max_length=80)
    description = models.CharField(_("description"), max_length=120, blank=True)
    unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("unit")
    )
    quantity = QuantityField(_("quantity"))
    wording = models.CharField(_("wording"), max_length=200, blank=True)
    wanted_on = models.DateField(_("wanted on"), null=True, blank=True)
    # The line of the origin; lines of a draft quotation may be gone by now.
    origin_line_id = models.PositiveBigIntegerField(null=True, editable=False)

    class Meta:
        verbose_name = _("line of a request for quotation")
        verbose_name_plural = _("lines of a request for quotation")
        ordering: ClassVar = ["line_no"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["document", "line_no"], name="rfq_line_no"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="rfq_quantity_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.line_no}. {self.brand_name} {self.designation}"


class RfqSupplierQuerySet(ScopedQuerySet["RfqSupplier"]):
    def silent(self) -> Self:
        """Asked, and neither answered nor declined."""
        return self.filter(answered_at=None, declined=False, sent_at__isnull=False)


class RfqSupplier(Scoped):
    """A supplier who is asked, and the terms of his answer."""

    class Language(models.TextChoices):
        CHINESE = "zh-hans", _("Chinese")
        ENGLISH = "en", _("English")

    scope_owner = "document__owner"

    document = models.ForeignKey(Rfq, on_delete=models.CASCADE, related_name="suppliers")
    supplier = models.ForeignKey(Supplier, on_delete=models.PROTECT, verbose_name=_("supplier"))
    contact = models.ForeignKey(
        Contact, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("contact")
    )
    language = models.CharField(
        _("language"), max_length=8, choices=Language.choices, default=Language.CHINESE
    )
    currency = models.ForeignKey(
        Currency, on_delete=models.PROTECT, related_name="+", verbose_name=_("currency")
    )
    exchange_rate = ExchangeRateField(_("exchange rate"), default=Decimal(1))
    price_includes_tax = models.BooleanField(_("prices include tax"), default=True)
    sent_at = models.DateTimeField(_("sent at"), null=True, editable=False)
    answered_at = models.DateTimeField(_("answered at"), null=True, editable=False)
    declined = models.BooleanField(_("declined"), default=False)
    reference = models.CharField(_("supplier's reference"), max_length=60, blank=True)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    lead_time_days = models.PositiveSmallIntegerField(_("lead time in days"), null=True, blank=True)
    terms = models.CharField(_("terms"), max_length=200, blank=True)
    partner_snapshot = models.JSONField(_("partner as issued"), default=dict, editable=False)

    objects = RfqSupplierQuerySet.as_manager()

    class Meta:
        verbose_name = _("supplier asked")
        verbose_name_plural = _("suppliers asked")
        ordering: ClassVar = ["id"]
        permissions: ClassVar = [("view_all_rfqsupplier", _("Can see all suppliers asked"))]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["document", "supplier"], name="rfq_supplier_once"),
            models.CheckConstraint(condition=Q(exchange_rate__gt=0), name="rfq_rate_positive"),
            models.CheckConstraint(
                condition=Q(language__in=["zh-hans", "en"]), name="rfq_language"
            ),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True) | Q(sent_at__isnull=False),
                name="rfq_answered_after_sent",
            ),
        ]

    def __str__(self) -> str:
        return str(self.supplier)


class RfqReply(models.Model):
    """What one supplier offers for one line. Earlier prices of it are price facts."""

    invitation = models.ForeignKey(RfqSupplier, on_delete=models.CASCADE, related_name="replies")
    line = models.ForeignKey(RfqLine, on_delete=models.CASCADE, related_name="replies")
    unit_price = UnitPriceField(_("unit price"))
    price_includes_tax = models.BooleanField(_("price includes tax"), default=True)
    tax_rate = RateField(_("tax rate"))
    minimum_quantity = QuantityField(_("minimum quantity"), null=True, blank=True)
    lead_time_days = models.PositiveSmallIntegerField(_("lead time in days"), null=True, blank=True)
    # What he offers instead of what was asked for, and what it is to that.
    offered = models.ForeignKey(
        Product,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("offered instead"),
    )
    grade = models.CharField(
        _("grade"), max_length=12, choices=Interchange.Grade.choices, blank=True
    )
    remark = models.CharField(_("remark"), max_length=200, blank=True)
    replied_at = models.DateTimeField(_("replied at"))

    class Meta:
        verbose_name = _("supplier's reply")
        verbose_name_plural = _("suppliers' replies")
        ordering: ClassVar = ["line_id", "invitation_id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["invitation", "line"], name="rfq_reply_once"),
            models.CheckConstraint(condition=Q(unit_price__gt=0), name="rfq_price_positive"),
            models.CheckConstraint(
                condition=Q(minimum_quantity__isnull=True) | Q(minimum_quantity__gt=0),
                name="rfq_minimum_positive",
            ),
            models.CheckConstraint(
                condition=Q(offered__isnull=False) | Q(grade=""), name="rfq_grade_of_an_offer"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line_id}: {self.unit_price}"

    @property
    def net_price(self) -> Decimal:
        """Net, in the supplier's currency."""
        return net_unit_price(
            self.unit_price, self.tax_rate, price_includes_tax=self.price_includes_tax
        )

    def base_price(self, exchange_rate: Decimal) -> Decimal:
        """Net, in the company's currency."""
        return round_price(self.net_price * exchange_rate)


class RfqAward(models.Model):
    """How much of a line a supplier gets. ``ordered_at``: a purchase order was made of it."""

    line = models.ForeignKey(RfqLine, on_delete=models.CASCADE, related_name="awards")
    reply = models.ForeignKey(RfqReply, on_delete=models.PROTECT, related_name="awards")
    quantity = QuantityField(_("quantity"))
    # Why it was awarded although the offer had expired, or beyond what was asked for.
    override_reason = models.CharField(_("reason"), max_length=200, blank=True)
    awarded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    awarded_at = models.DateTimeField(_("awarded at"))
    ordered_at = models.DateTimeField(_("ordered at"), null=True, editable=False)

    class Meta:
        verbose_name = _("award")
        verbose_name_plural = _("awards")
        ordering: ClassVar = ["line_id", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["line", "reply"], name="rfq_award_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="rfq_award_positive"),
            models.CheckConstraint(
                condition=Q(ordered_at__isnull=True) | Q(ordered_at__gte=F("awarded_at")),
                name="rfq_ordered_after_awarded",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line_id} × {self.quantity}"
