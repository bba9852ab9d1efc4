"""Landed costs."""
# mypy: disable-error-code="no-untyped-call, untyped-decorator"

from decimal import Decimal
from typing import Any

from factory.declarations import LazyFunction, Sequence, SubFactory
from factory.helpers import post_generation

from erp.core.periods import company_today
from orders.models import LandedCost, LandedCostLine
from tests.factories.base import Factory
from tests.factories.documents import ReceiptLineFactory
from tests.factories.masters import UserFactory


class LandedCostFactory(Factory[LandedCost]):
    """A draft of 20.00 freight over one line of a receipt; ``lines=0`` for none."""

    class Meta:
        model = LandedCost

    created_by = SubFactory(UserFactory)
    dated_on = LazyFunction(company_today)
    freight = Decimal("20.00")
    amount = Decimal("20.00")

    @post_generation
    def lines(self: LandedCost, create: bool, extracted: int | None, **kwargs: Any) -> None:
        if create and extracted != 0:
            LandedCostLineFactory(document=self, **kwargs)


class LandedCostLineFactory(Factory[LandedCostLine]):
    class Meta:
        model = LandedCostLine

    document = SubFactory(LandedCostFactory, lines=0)
    line_no = Sequence(lambda n: n + 1)
    receipt_line = SubFactory(ReceiptLineFactory)
    amount = Decimal("20.00")
