"""Sums that are exact on SQLite too, where SUM() adds floating-point numbers."""

from decimal import Decimal
from typing import Any

from django.db.models import Aggregate, DecimalField
from django.db.models.expressions import BaseExpression


class ExactSum(Aggregate):
    """Sum a decimal expression exactly; an empty set sums to 0.

    On SQLite each value is scaled to a whole number before it is added and scaled back in Python;
    on MariaDB this is a plain SUM of DECIMAL columns. Use it to read, not inside another
    expression: on SQLite the database sees the scaled number.
    """

    function = "SUM"
    name = "ExactSum"
    allow_distinct = False

    def __init__(self, expression: Any, *, places: int = 2, **extra: Any) -> None:
        self.places = places
        output = DecimalField(max_digits=30, decimal_places=places)
        super().__init__(expression, output_field=output, **extra)

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        scale = 10**self.places
        return super().as_sql(
            compiler,
            connection,
            template=f"SUM(CAST(ROUND(%(expressions)s * {scale}) AS INTEGER))",
            **extra,
        )

    def convert_value(self: BaseExpression, value: Any, _expression: Any, connection: Any) -> Any:
        places = self.places  # type: ignore[attr-defined]
        if value is None:
            return Decimal(0).scaleb(-places)
        if connection.vendor == "sqlite":
            return Decimal(int(value)).scaleb(-places)
        return Decimal(value)
