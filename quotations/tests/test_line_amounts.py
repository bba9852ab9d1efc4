"""The database accepts every line the one rounding rule makes, on SQLite too."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from quotations.models import QuotationLine
from tests.factories import ProductFactory, QuotationFactory, QuotationLineFactory

pytestmark = [pytest.mark.django_db, pytest.mark.case("BZ01")]

# Net + tax of each is no exact sum of binary fractions.
PRICES = ["438.123456", "30.17", "0.07", "88.249996", "1250.333333", "9.99", "77777.77"]


def test_net_plus_tax_equals_gross_for_the_database_at_any_price() -> None:
    quotation, product = QuotationFactory(), ProductFactory()
    for number, price in enumerate(PRICES, 101):
        line = QuotationLine(
            document=quotation,
            product=product,
            line_no=number,
            quantity=Decimal(12),
            unit_price=Decimal(price),
            tax_rate=Decimal("0.13"),
            price_includes_tax=True,
        )
        line.describe(product).compute_amounts().save()
        line.refresh_from_db()
        assert line.net_amount + line.tax_amount == line.gross_amount


def test_the_database_refuses_a_gross_that_is_not_net_plus_tax() -> None:
    line = QuotationLineFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        QuotationLine.objects.filter(pk=line.pk).update(gross_amount=line.gross_amount + 1)
