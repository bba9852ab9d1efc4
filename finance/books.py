"""What must hold in the general ledger and between it and the documents."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.db.models import F

from erp.core.aggregates import ExactSum
from erp.core.invariants import Check, differences, invariant
from erp.core.money import ZERO
from finance.ledger import Role, account_balance, base_amount
from finance.models import Allocation, Invoice, JournalEntry, JournalLine, Payment
from inventory.models import StockMove, StockValue


@invariant("every journal entry balances")
def entries_balance(check: Check) -> Iterator[str]:
    sums = (
        JournalLine.objects.order_by()
        .values_list("entry_id")
        .annotate(debit=ExactSum(F("debit")), credit=ExactSum(F("credit")))
    )
    seen = set()
    for entry, debit, credit in sums.iterator():
        seen.add(entry)
        if debit != credit:
            yield f"journal entry {entry}: debit {debit}, credit {credit}"
    for entry in JournalEntry.objects.order_by("pk").values_list("pk", flat=True).iterator():
        check.rows += 1
        if entry not in seen:
            yield f"journal entry {entry} has no lines"


def _open_items(documents: Any, amount: str) -> Decimal:
    rows = documents.values_list(amount, "exchange_rate").iterator()
    return sum((base_amount(value, rate) for value, rate in rows), ZERO)


def _control(check: Check, role: str, direction: str, partner: str) -> Iterator[str]:
    """Compare a control account with invoices less payments, in the company's currency."""
    invoices = Invoice.objects.filter(status=Invoice.Status.POSTED, direction=direction)
    payments = Payment.objects.posted().exclude(**{partner: None})
    settles = Payment.Direction.IN if direction == "out" else Payment.Direction.OUT
    owed = _open_items(invoices, "gross_total")
    owed -= _open_items(payments.filter(direction=settles), "amount")
    owed += _open_items(payments.exclude(direction=settles), "amount")
    balance = account_balance(role) if direction == "out" else -account_balance(role)
    yield from differences(check, {role: owed}, {role: balance}, label=lambda key: f"account {key}")


@invariant("receivable account = open items of customers")
def receivable_is_open_items(check: Check) -> Iterator[str]:
    yield from _control(check, Role.RECEIVABLE, "out", "customer")


@invariant("payable account = open items of suppliers")
def payable_is_open_items(check: Check) -> Iterator[str]:
    yield from _control(check, Role.PAYABLE, "in", "supplier")


@invariant("inventory account = stock value")
def inventory_is_stock_value(check: Check) -> Iterator[str]:
    value = StockValue.objects.aggregate(total=ExactSum("value"))["total"]
    balance = account_balance(Role.INVENTORY)
    role = str(Role.INVENTORY)
    yield from differences(check, {role: value}, {role: balance}, label=lambda k: f"account {k}")


@invariant("allocations stay within payment and invoice")
def allocations_stay_within(check: Check) -> Iterator[str]:
    for name, amount in (("payment", "amount"), ("invoice", "gross_total")):
        key = f"{name}_id"
        rows = Allocation.objects.order_by().values_list(key, f"{name}__{amount}")
        for pk, limit, total in rows.annotate(total=ExactSum(F("amount"))).iterator():
            check.rows += 1
            if not 0 <= total <= limit:
                yield f"{name} {pk}: {total} allocated of {limit}"


@invariant("the postings of a reversed document come to nothing")
def reversed_documents_are_posted_back(check: Check) -> Iterator[str]:
    """Account by account, but for a document whose reversal left a residual of stock value."""
    for model in apps.get_models():
        status = getattr(model, "Status", None)
        if "reversed" not in getattr(status, "values", ()) or not hasattr(model, "number_series"):
            continue
        label = model._meta.label_lower
        residuals = StockMove.objects.filter(source_type=label, kind=StockMove.Kind.RESIDUAL)
        gone = model._default_manager.filter(status="reversed").order_by()
        gone = gone.exclude(pk__in=residuals.values("source_id"))
        check.rows += gone.count()
        lines = JournalLine.objects.filter(
            entry__source_type=label, entry__source_id__in=gone.values("pk")
        )
        sums = lines.order_by().values_list("entry__source_id", "account__code")
        totals = sums.annotate(debits=ExactSum(F("debit")), credits=ExactSum(F("credit")))
        for pk, account, debit, credit in totals.iterator():
            if debit != credit:
                yield f"{model._meta.label} {pk}, account {account}: {debit} and {credit}"
