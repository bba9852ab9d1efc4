"""Requests for quotation, whom they ask and what they answer."""
# mypy: disable-error-code="no-untyped-call, untyped-decorator"

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone
from factory.declarations import LazyAttribute, LazyFunction, SelfAttribute, Sequence, SubFactory
from factory.helpers import post_generation

from erp.core.periods import company_today
from quotations.models import Rfq, RfqAward, RfqLine, RfqReply, RfqSupplier
from tests.factories.base import VAT, Factory
from tests.factories.masters import CurrencyFactory, ProductFactory, SupplierFactory, UserFactory


class RfqFactory(Factory[Rfq]):
    """A draft that asks nobody yet."""

    class Meta:
        model = Rfq

    owner = SubFactory(UserFactory)
    created_by = SelfAttribute("owner")
    dated_on = LazyFunction(company_today)
    due_on = LazyAttribute(lambda rfq: rfq.dated_on + timedelta(days=3))

    @post_generation
    def lines(self: Any, create: bool, extracted: int | None, **kwargs: Any) -> None:
        for number in range(1, (1 if extracted is None else extracted) + 1 if create else 0):
            RfqLineFactory(document=self, line_no=number, **kwargs)


class RfqLineFactory(Factory[RfqLine]):
    class Meta:
        model = RfqLine

    document = SubFactory(RfqFactory, lines=0)
    line_no = Sequence(lambda n: n + 1)
    product: Any = SubFactory(ProductFactory)
    brand_name = LazyAttribute(lambda line: line.product.brand_label)
    designation = LazyAttribute(lambda line: line.product.designation)
    unit = LazyAttribute(lambda line: line.product.unit)
    quantity = Decimal(10)


class RfqSupplierFactory(Factory[RfqSupplier]):
    class Meta:
        model = RfqSupplier

    document = SubFactory(RfqFactory)
    supplier = SubFactory(SupplierFactory)
    currency = SubFactory(CurrencyFactory)
    sent_at = LazyFunction(timezone.now)


class RfqReplyFactory(Factory[RfqReply]):
    class Meta:
        model = RfqReply

    invitation: Any = SubFactory(RfqSupplierFactory)
    line: Any = LazyAttribute(lambda reply: reply.invitation.document.lines.first())
    unit_price = Decimal("11.300000")
    tax_rate = VAT
    replied_at = LazyFunction(timezone.now)


class RfqAwardFactory(Factory[RfqAward]):
    class Meta:
        model = RfqAward

    reply: Any = SubFactory(RfqReplyFactory)
    line = SelfAttribute("reply.line")
    quantity = Decimal(10)
    awarded_by = SubFactory(UserFactory)
    awarded_at = LazyFunction(timezone.now)
