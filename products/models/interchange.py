"""What may replace what, and what a customer does not take.

Invariants: two products have at most one interchange, whichever way it points; it is a proposal, or
approved by somebody at some time, or rejected; a supersession points one way.
"""

from datetime import date
from typing import ClassVar, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Greatest, Least
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.models import Customer
from erp.core.models import ArchivableQuerySet, Master
from erp.core.policy import Scoped, ScopedQuerySet
from products.models.catalogue import Brand, Product

# The source of what was derived from the designations: nobody proposed it.
DERIVED = "grammar"


class InterchangeQuerySet(ArchivableQuerySet["Interchange"]):
    def proposals(self) -> Self:
        """Neither approved nor rejected yet."""
        return self.active().filter(approved_at=None, rejected_at=None)

    def approved(self) -> Self:
        """Approved at some time, whether still valid or not."""
        return self.active().filter(approved_at__isnull=False)

    def in_force(self, on: date) -> Self:
        """What may be offered on a day."""
        return self.approved().filter(Q(valid_until=None) | Q(valid_until__gte=on))

    def expired(self, on: date) -> Self:
        return self.approved().filter(valid_until__lt=on)

    def rejected(self) -> Self:
        return self.active().filter(rejected_at__isnull=False)

    def about(self, one_id: int, other_id: int) -> Self:
        """The interchange of two products, whichever way it points."""
        return self.filter(pair_low=min(one_id, other_id), pair_high=max(one_id, other_id))


class Interchange(Master):
    """``to_product`` may be offered to who asks for ``from_product``; back too unless one way.

    The grade says what ``to_product`` is for him; going back an upgrade is a downgrade.
    """

    class Grade(models.TextChoices):
        IDENTICAL = "identical", _("identical")
        DIMENSIONAL = "dimensional", _("same dimensions")
        UPGRADE = "upgrade", _("upgrade")
        DOWNGRADE = "downgrade", _("downgrade")
        SUPERSEDED = "superseded", _("superseded")

    from_product = models.ForeignKey(
        Product,
        on_delete=models.CASCADE,
        related_name="replaced_by",
        verbose_name=pgettext_lazy("interchange", "from"),
    )
    to_product = models.ForeignKey(
        Product,
        on_delete=models.CASCADE,
        related_name="replaces",
        verbose_name=pgettext_lazy("interchange", "to"),
    )
    grade = models.CharField(_("grade"), max_length=12, choices=Grade.choices)
    one_way = models.BooleanField(_("one way"), default=False)
    source = models.CharField(_("source"), max_length=120, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("approved by"),
    )
    approved_at = models.DateTimeField(_("approved at"), null=True, blank=True, editable=False)
    rejected_at = models.DateTimeField(_("rejected at"), null=True, blank=True, editable=False)
    reject_reason = models.CharField(
        _("reason of the rejection"), max_length=200, blank=True, default="", db_default=""
    )
    valid_until = models.DateField(
        _("valid until"), null=True, blank=True, help_text=_("Empty: without end.")
    )
    # The two products in the order of their ids, so that A–B and B–A are one fact.
    pair_low = models.GeneratedField(
        expression=Least("from_product", "to_product"),
        output_field=models.BigIntegerField(),
        db_persist=True,
    )
    pair_high = models.GeneratedField(
        expression=Greatest("from_product", "to_product"),
        output_field=models.BigIntegerField(),
        db_persist=True,
    )

    objects = InterchangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("interchange")
        verbose_name_plural = _("interchanges")
        permissions: ClassVar = [("approve_interchange", _("Can approve interchanges"))]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["from_product", "to_product"], name="interchange_once"),
            models.UniqueConstraint(fields=["pair_low", "pair_high"], name="interchange_one_fact"),
            models.CheckConstraint(
                condition=~Q(from_product=F("to_product")),
                name="interchange_of_two",
                violation_error_message=_("A product does not replace itself."),
            ),
            models.CheckConstraint(
                condition=Q(
                    grade__in=["identical", "dimensional", "upgrade", "downgrade", "superseded"]
                ),
                name="interchange_grade",
            ),
            models.CheckConstraint(
                condition=Q(approved_at__isnull=True) | Q(approved_by__isnull=False),
                name="interchange_approver",
            ),
            models.CheckConstraint(
                condition=Q(approved_at__isnull=True) | Q(rejected_at__isnull=True),
                name="interchange_one_decision",
            ),
            models.CheckConstraint(
                condition=~Q(grade="superseded") | Q(one_way=True), name="superseded_is_one_way"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["approved_at", "rejected_at", "id"], name="interchange_proposals"),
        ]

    def __str__(self) -> str:
        return f"{self.from_product} → {self.to_product}"

    @property
    def is_proposal(self) -> bool:
        return self.approved_at is None and self.rejected_at is None

    @property
    def source_label(self) -> str:
        return str(_("derived from the designations")) if self.source == DERIVED else self.source

    def is_expired(self, on: date) -> bool:
        return self.valid_until is not None and self.valid_until < on

    def clean(self) -> None:
        """Refuse a second interchange of the same two products; a supersession is one way."""
        if self.grade == self.Grade.SUPERSEDED:
            self.one_way = True
        if self.from_product_id and self.to_product_id:
            same = Interchange.objects.about(self.from_product_id, self.to_product_id)
            if same.exclude(pk=self.pk).exists():
                raise ValidationError(
                    _("These two products have an interchange already."), code="interchange_exists"
                )


class ForbiddenBrand(Scoped):
    """A brand a customer does not take: never chosen for him nor offered to him."""

    scope_owner = "customer__owner"

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, verbose_name=_("customer"))
    brand = models.ForeignKey(
        Brand, on_delete=models.CASCADE, related_name="+", verbose_name=_("brand")
    )
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("forbidden brand")
        verbose_name_plural = _("forbidden brands")
        permissions: ClassVar = [
            ("view_all_forbiddenbrand", _("Can see the forbidden brands of all customers"))
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["customer", "brand"], name="brand_forbidden_once"),
        ]

    def __str__(self) -> str:
        return f"{self.customer} × {self.brand}"


class Derivation(Scoped):
    """One run through the catalogue for proposals, so that its progress can be shown."""

    brand = models.ForeignKey(
        Brand,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("brand"),
    )
    # Only the numbers of products changed since; null: all.
    since = models.DateTimeField(_("changed since"), null=True, blank=True)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("started by"),
    )
    started_at = models.DateTimeField(_("started at"), auto_now_add=True)
    finished_at = models.DateTimeField(_("finished at"), null=True)
    error = models.CharField(_("error"), max_length=200, blank=True)
    done = models.PositiveIntegerField(_("products read"), default=0)
    total = models.PositiveIntegerField(_("products to read"), default=0)
    proposed = models.PositiveIntegerField(_("proposals made"), default=0)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("derivation of proposals")
        verbose_name_plural = _("derivations of proposals")
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return f"{self.started_at:%Y-%m-%d %H:%M}"

    @property
    def percent(self) -> int:
        return 100 * self.done // self.total if self.total else 0
