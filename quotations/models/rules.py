"""Data the ways of quotations follow: why they end as they do, and what may go out unapproved."""

from typing import ClassVar

from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from erp.core.fields import AmountField, RateField
from erp.core.models import ArchivableQuerySet, Master


class OutcomeReason(Master):
    """Why quotations are won or lost, as the company words it."""

    class Kind(models.TextChoices):
        WON = "won", _("won")
        LOST = "lost", _("lost")

    kind = models.CharField(_("kind"), max_length=4, choices=Kind.choices, default=Kind.LOST)
    name_zh = models.CharField(_("Chinese name"), max_length=40)
    name_en = models.CharField(_("English name"), max_length=40)

    objects = ArchivableQuerySet["OutcomeReason"].as_manager()

    class Meta:
        verbose_name = _("reason of an outcome")
        verbose_name_plural = _("reasons of outcomes")
        ordering: ClassVar = ["kind", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "name_zh"], name="outcome_reason_once"),
            models.CheckConstraint(condition=Q(kind__in=["won", "lost"]), name="outcome_kind"),
        ]

    def __str__(self) -> str:
        return self.name_zh if (get_language() or "").startswith("zh") else self.name_en


class ApprovalLimit(Master):
    """How far a role, or everybody who has no row of his own role, may quote without approval.

    A limit left empty does not limit. Without any row every quotation needs approval.
    """

    role = models.OneToOneField(
        Group,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("role"),
        help_text=_("Empty: everybody whose roles have no row of their own."),
    )
    least_margin = RateField(
        _("least margin"),
        null=True,
        blank=True,
        help_text=_("Of the net total: 0.15 is 15 %. Below it, or without known cost: approval."),
    )
    most_discount = RateField(
        _("most discount"),
        null=True,
        blank=True,
        help_text=_("Of a line's suggested price: 0.1 is 10 %. Above it: approval."),
    )
    most_amount = AmountField(
        _("most amount"),
        null=True,
        blank=True,
        help_text=_("Of the total with tax, in the company's currency. Above it: approval."),
    )

    objects = ArchivableQuerySet["ApprovalLimit"].as_manager()

    class Meta:
        verbose_name = _("approval limit")
        verbose_name_plural = _("approval limits")
        ordering: ClassVar = ["role"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=(Q(least_margin__isnull=True) | Q(least_margin__lt=1))
                & (Q(most_discount__isnull=True) | Q(most_discount__gte=0, most_discount__lte=1))
                & (Q(most_amount__isnull=True) | Q(most_amount__gte=0)),
                name="approval_limits_in_range",
            ),
        ]

    def __str__(self) -> str:
        return str(self.role) if self.role_id else str(_("everybody else"))

    def clean(self) -> None:
        """One row for everybody else, as a unique column lets empty values through; none empty."""
        if self.least_margin is self.most_discount is self.most_amount is None:
            raise ValidationError(_("State at least one limit."))
        others = ApprovalLimit.objects.active().filter(role=None).exclude(pk=self.pk)
        if self.role_id is None and self.archived_at is None and others.exists():
            raise ValidationError({"role": _("There is a row for everybody else already.")})
