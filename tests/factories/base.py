"""What all factories share."""
# mypy: disable-error-code="no-untyped-call"

from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeVar

from django.db import models
from factory.django import DjangoModelFactory

M = TypeVar("M", bound=models.Model)
PASSWORD = "correct horse battery"
VAT = Decimal("0.1300")


class Factory(DjangoModelFactory[M]):
    class Meta:
        abstract = True
        skip_postgeneration_save = True

    if TYPE_CHECKING:

        def __new__(cls, **kwargs: Any) -> M: ...  # type: ignore[misc]  # the metaclass creates
