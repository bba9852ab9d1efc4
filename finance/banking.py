"""Where money lies."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from erp.core.models import Currency, Master
from erp.core.policy import ScopedQuerySet


class BankAccount(Master):
    code = models.CharField(_("code"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=60)
    bank_name = models.CharField(_("bank"), max_length=120, blank=True)
    number = models.CharField(_("account number"), max_length=40, blank=True)
    currency = models.ForeignKey(Currency, on_delete=models.PROTECT, verbose_name=_("currency"))

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("bank account")
        verbose_name_plural = _("bank accounts")
        ordering: ClassVar = ["code"]

    def __str__(self) -> str:
        return self.name
