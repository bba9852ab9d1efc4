"""How much more or less than ordered a customer takes, or may be delivered of a product."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from erp.core.fields import RateField
from erp.core.money import ZERO
from erp.core.policy import Scoped, ScopedQuerySet
from products.models import Product


class DeliveryTolerance(Scoped):
    """Agreed with a customer, or fixed for a product; the customer's counts before the product's.

    Without either the company's own rates hold.
    """

    customer = models.OneToOneField(
        Customer,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("customer"),
    )
    product = models.OneToOneField(
        Product,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("product"),
    )
    over_rate = RateField(_("over-delivery allowed"), default=ZERO, help_text=_("0.05 is 5 %"))
    under_rate = RateField(
        _("under-delivery allowed"),
        default=ZERO,
        help_text=_("0.05 is 5 %: what is left of a line is closed when no more than that is."),
    )

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("delivery tolerance")
        verbose_name_plural = _("delivery tolerances")
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(customer__isnull=False, product__isnull=True)
                | Q(customer__isnull=True, product__isnull=False),
                name="tolerance_of_one",
            ),
            models.CheckConstraint(
                condition=Q(
                    over_rate__gte=0, over_rate__lte=1, under_rate__gte=0, under_rate__lte=1
                ),
                name="tolerance_rates",
            ),
        ]

    def __str__(self) -> str:
        return f"+{self.over_rate * 100:g} % −{self.under_rate * 100:g} %"
