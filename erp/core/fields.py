"""Column shapes shared by every app.

Partials, not subclasses: the type checker keeps ``Decimal`` and migrations hold plain fields.
"""

from functools import partial
from typing import Any

from django.db import models

AmountField = partial(models.DecimalField, max_digits=18, decimal_places=2)
UnitPriceField = partial(models.DecimalField, max_digits=18, decimal_places=6)
QuantityField = partial(models.DecimalField, max_digits=12, decimal_places=3)
RateField = partial(models.DecimalField, max_digits=7, decimal_places=4)
ExchangeRateField = partial(models.DecimalField, max_digits=18, decimal_places=8)
MillimetreField = partial(models.DecimalField, max_digits=10, decimal_places=3)


class CodeField(models.CharField[str, str]):
    """Text compared byte for byte on both databases (``abc`` is not ``ABC``).

    MariaDB's default collation equates case, width and accents; SQLite does not know its binary
    one, so the collation is chosen when the column is made, not in the migration.
    """

    def db_parameters(self, connection: Any) -> Any:
        parameters = super().db_parameters(connection)
        if connection.vendor == "mysql":
            parameters["collation"] = "utf8mb4_bin"
        return parameters
