"""Key items of one customer that others are not to be quoted without leave (敏感型号)."""

from datetime import date
from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.models import Customer
from erp.core.models import ArchivableQuerySet, Master
from erp.core.periods import company_today
from products.models.catalogue import Product


class ProtectedItemQuerySet(ArchivableQuerySet["ProtectedItem"]):
    def in_force(self, on: date) -> Self:
        """Protections that count on a day: begun, not over, of a customer we still have."""
        return (
            self.active()
            .filter(since__lte=on, customer__archived_at=None)
            .filter(Q(valid_until=None) | Q(valid_until__gte=on))
        )


class ProtectedItem(Master):
    """A key item of one customer (敏感型号): whoever quotes it to another is warned.

    Seen by the customer's salesperson; others learn his name from it and nothing else
    (``products.protected``).
    """

    scope_owner = "customer__owner"

    product = models.ForeignKey(Product, on_delete=models.CASCADE, verbose_name=_("product"))
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, verbose_name=_("customer"))
    since = models.DateField(pgettext_lazy("date", "since"), default=company_today)
    valid_until = models.DateField(
        _("valid until"), null=True, blank=True, help_text=_("Empty: until it is archived.")
    )
    reason = models.CharField(_("reason"), max_length=200, blank=True)

    objects = ProtectedItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("protected item")
        verbose_name_plural = _("protected items")
        ordering: ClassVar = ["-id"]
        permissions: ClassVar = [
            ("view_all_protecteditem", _("Can see the protected items of all customers")),
            ("quote_protected", _("Can quote a protected item to another customer")),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["product", "customer"],
                name="protected_once",
                violation_error_message=_("This item is protected for this customer already."),
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("since")),
                name="protected_ends_after_start",
                violation_error_message=_("The end is before the beginning."),
            ),
        ]

    def __str__(self) -> str:
        # Not the customer: this text goes into logs that others read.
        return str(self.product)
