"""Accounts, invoices and payments."""
# mypy: disable-error-code="no-untyped-call, untyped-decorator"

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from factory.declarations import (
    LazyAttribute,
    LazyFunction,
    Maybe,
    SelfAttribute,
    Sequence,
    SubFactory,
)
from factory.helpers import post_generation

from erp.core.periods import company_today
from finance.models import (
    Account,
    Allocation,
    BankAccount,
    Invoice,
    InvoiceLine,
    JournalEntry,
    JournalLine,
    Payment,
)
from tests.factories.base import Factory
from tests.factories.documents import (
    LINE_FACTORIES,
    DocumentFactory,
    LineFactory,
)
from tests.factories.masters import (
    CurrencyFactory,
    CustomerFactory,
    SupplierFactory,
    UserFactory,
)


class AccountFactory(Factory[Account]):
    class Meta:
        model = Account
        django_get_or_create = ("code",)

    code = Sequence(lambda n: f"{6600 + n}")
    name = Sequence(lambda n: f"费用{n}")


class JournalEntryFactory(Factory[JournalEntry]):
    """A balanced entry of 113.00 between two accounts."""

    class Meta:
        model = JournalEntry

    on = date(2026, 11, 2)
    memo = "销售发票"
    source_type = "finance.invoice"
    source_id = 1
    posted_by = SubFactory(UserFactory)

    @post_generation
    def lines(self: JournalEntry, create: bool, extracted: Any, **kwargs: Any) -> None:
        if create:
            amount = Decimal("113.00")
            JournalLine.objects.create(entry=self, account=AccountFactory(), debit=amount)
            JournalLine.objects.create(entry=self, account=AccountFactory(), credit=amount)


class InvoiceFactory(DocumentFactory[Invoice]):
    """A draft sales invoice; ``direction="in"`` with a supplier makes a purchase invoice."""

    class Meta:
        model = Invoice

    direction = Invoice.Direction.OUT
    customer = Maybe(
        LazyAttribute(lambda i: i.direction == "out"),
        SubFactory(CustomerFactory, owner=SelfAttribute("..owner")),
        None,
    )
    supplier = Maybe(
        LazyAttribute(lambda i: i.direction == "in"),
        SubFactory(SupplierFactory, owner=SelfAttribute("..owner")),
        None,
    )
    due_on = LazyAttribute(lambda i: i.dated_on + timedelta(days=30))


class InvoiceLineFactory(LineFactory[InvoiceLine]):
    class Meta:
        model = InvoiceLine

    document = SubFactory(InvoiceFactory, lines=0)


class BankAccountFactory(Factory[BankAccount]):
    class Meta:
        model = BankAccount
        django_get_or_create = ("code",)

    code = "BOC"
    name = "中国银行"
    currency = SubFactory(CurrencyFactory)


class PaymentFactory(Factory[Payment]):
    """A draft of 113.00 received from a customer."""

    class Meta:
        model = Payment

    direction = Payment.Direction.IN
    owner = SubFactory(UserFactory)
    customer = SubFactory(CustomerFactory, owner=SelfAttribute("..owner"))
    bank_account = SubFactory(BankAccountFactory)
    dated_on = LazyFunction(company_today)
    amount = Decimal("113.00")
    currency = SubFactory(CurrencyFactory)


class AllocationFactory(Factory[Allocation]):
    class Meta:
        model = Allocation

    payment = SubFactory(PaymentFactory)
    invoice = SubFactory(InvoiceFactory, customer=SelfAttribute("..payment.customer"))
    amount = Decimal("113.00")
    created_by = SelfAttribute("payment.owner")


LINE_FACTORIES[Invoice] = InvoiceLineFactory
