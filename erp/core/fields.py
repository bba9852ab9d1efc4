"""Column shapes shared by every app.

Partials, not subclasses: the type checker keeps ``Decimal`` and migrations hold plain fields.
"""

from functools import partial
from typing import Any, TypeVar

from django.db import models

AmountField = partial(models.DecimalField, max_digits=18, decimal_places=2)
UnitPriceField = partial(models.DecimalField, max_digits=18, decimal_places=6)
QuantityField = partial(models.DecimalField, max_digits=12, decimal_places=3)
RateField = partial(models.DecimalField, max_digits=7, decimal_places=4)
ExchangeRateField = partial(models.DecimalField, max_digits=18, decimal_places=8)
MillimetreField = partial(models.DecimalField, max_digits=10, decimal_places=3)


# What may be set and what is read: ``str``, or ``str | None`` where the column is nullable.
S_contra = TypeVar("S_contra", contravariant=True)
G_co = TypeVar("G_co", covariant=True)


class CodeField(models.CharField[S_contra, G_co]):
    """Text compared byte for byte on both databases (``abc`` is not ``ABC``).

    MariaDB's default collation equates case, width and accents; SQLite does not know its binary
    one, so the collation is chosen when the column is made, not in the migration.
    """

    def db_parameters(self, connection: Any) -> Any:
        parameters = super().db_parameters(connection)
        if connection.vendor == "mysql":
            parameters["collation"] = "utf8mb4_bin"
        return parameters
