"""What may replace what."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from erp.core.models import ArchivableQuerySet, Master
from products.models.catalogue import Product


class Interchange(Master):
    """What may replace what; both ways unless ``one_way``."""

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

    objects = ArchivableQuerySet.as_manager()

    class Meta:
        verbose_name = _("interchange")
        verbose_name_plural = _("interchanges")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["from_product", "to_product"], name="interchange_once"),
            models.CheckConstraint(
                condition=~Q(from_product=F("to_product")), name="interchange_of_two"
            ),
            models.CheckConstraint(
                condition=Q(
                    grade__in=["identical", "dimensional", "upgrade", "downgrade", "superseded"]
                ),
                name="interchange_grade",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.from_product} → {self.to_product}"
