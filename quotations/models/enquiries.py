"""What customers asked for."""

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from erp.core.documents import DocumentQuerySet, check_version, status_check
from erp.core.fields import CodeField, QuantityField
from erp.core.models import Unit
from erp.core.policy import Scoped
from erp.core.workflow import Workflow
from products.models import Product


class EnquiryStatus(models.TextChoices):
    NEW = "new", _("new")
    MATCHING = "matching", _("being matched")
    QUOTED = "quoted", _("quoted")
    WON = "won", _("won")
    LOST = "lost", _("lost")
    EXPIRED = "expired", _("expired")
    CANCELLED = "cancelled", _("cancelled")


OPEN_ENQUIRIES = frozenset({EnquiryStatus.NEW, EnquiryStatus.MATCHING, EnquiryStatus.QUOTED})


class EnquiryQuerySet(DocumentQuerySet["Enquiry"]):
    def open(self) -> Self:
        return self.filter(status__in=OPEN_ENQUIRIES)


class Enquiry(Scoped):
    """What a customer asked for, word by word. Not a priced document: it has no totals."""

    Status = EnquiryStatus
    WORKFLOW = Workflow(
        {
            EnquiryStatus.NEW: [EnquiryStatus.MATCHING, EnquiryStatus.CANCELLED],
            EnquiryStatus.MATCHING: [EnquiryStatus.QUOTED, EnquiryStatus.CANCELLED],
            EnquiryStatus.QUOTED: [
                EnquiryStatus.WON,
                EnquiryStatus.LOST,
                EnquiryStatus.EXPIRED,
                EnquiryStatus.CANCELLED,
            ],
            EnquiryStatus.LOST: [EnquiryStatus.NEW],
        }
    )
    number_series = "ENQ"
    scope_owner = "owner"

    number = CodeField(_("number"), max_length=30, unique=True, null=True, editable=False)
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)
    status = models.CharField(
        _("status"),
        max_length=10,
        choices=EnquiryStatus.choices,
        default=EnquiryStatus.NEW,
        editable=False,
    )
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("customer")
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("owner"),
    )
    text = models.TextField(_("text as received"))
    ignored = models.JSONField(_("passages that name no part"), default=list, editable=False)
    created_at = models.DateTimeField(_("received at"), auto_now_add=True)

    objects = EnquiryQuerySet.as_manager()

    class Meta:
        verbose_name = _("enquiry")
        verbose_name_plural = _("enquiries")
        ordering: ClassVar = ["-id"]
        permissions: ClassVar = [("view_all_enquiry", _("Can see all enquiries"))]
        constraints: ClassVar = [status_check("enquiry", EnquiryStatus)]

    def __str__(self) -> str:
        return self.ref

    @property
    def ref(self) -> str:
        return self.number or f"{self.number_series}-D{self.pk}"

    def check_version(self, seen: int | None) -> None:
        """Refuse a change that was decided on an older version; None means nobody looked."""
        check_version(self, seen)

    @property
    def is_partly_quoted(self) -> bool:
        """Whether some of its lines stand on a quotation; of rows of ``with_lines_quoted``."""
        return 0 < getattr(self, "quoted_count", 0) < getattr(self, "line_count", 0)

    @property
    def status_shown(self) -> str:
        """The name of its status; of rows of ``with_lines_quoted`` partly quoted is told."""
        if self.status == EnquiryStatus.QUOTED and self.is_partly_quoted:
            return gettext("partly quoted")
        return self.get_status_display()

    @property
    def is_open(self) -> bool:
        """Whether it can still be worked on."""
        return self.status in OPEN_ENQUIRIES


class EnquiryLine(models.Model):
    """One part that was asked for: the wording, what was read from it, and what was chosen."""

    document = models.ForeignKey(Enquiry, on_delete=models.CASCADE, related_name="lines")
    line_no = models.PositiveIntegerField(_("line"))
    raw = models.CharField(_("as written"), max_length=300)
    designation = models.CharField(_("designation"), max_length=120, blank=True)
    brand_name = models.CharField(_("brand"), max_length=60, blank=True)
    quantity = QuantityField(_("quantity"), null=True, blank=True)
    unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("unit")
    )
    product = models.ForeignKey(
        Product, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("product")
    )
    match = models.CharField(_("match"), max_length=12, default="none")
    candidates = models.JSONField(_("candidates"), default=list, editable=False)
    # What the customer calls the part, by which it is remembered: 6205-2RS, 25*52*15.
    wording = models.CharField(max_length=120, blank=True, db_default="", editable=False)
    # What a person should look at: codes of quotations.doubts with blanks between; empty is sure.
    doubt_codes = models.CharField(max_length=200, blank=True, db_default="", editable=False)
    # The same part in the other brands asked for (SKF或NSK): product ids with blanks between.
    alternative_ids = models.CharField(max_length=200, blank=True, db_default="", editable=False)
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("enquiry line")
        verbose_name_plural = _("enquiry lines")
        ordering: ClassVar = ["line_no"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["document", "line_no"], name="enquiry_line_no"),
            models.CheckConstraint(
                condition=Q(quantity__isnull=True) | Q(quantity__gt=0),
                name="enquiry_quantity_positive",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line_no}. {self.raw}"

    @property
    def doubts(self) -> list[str]:
        return self.doubt_codes.split()

    @property
    def is_sure(self) -> bool:
        return not self.doubt_codes

    @property
    def alternatives(self) -> list[int]:
        """The ids of the products that are offered beside the chosen one."""
        return [int(pk) for pk in self.alternative_ids.split()]
