"""The general ledger: balanced entries, posted by role of account."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from erp.core.aggregates import ExactSum
from erp.core.errors import DomainError
from erp.core.money import round_money
from erp.core.periods import assert_open
from erp.core.registry import ValueEvent
from finance.models import Account, JournalEntry, JournalLine

Role = Account.Role

# What a change of stock value is set against, by kind of move.
_COUNTER_ACCOUNT = {
    "opening": Role.OPENING,
    "receipt": Role.RECEIVED_NOT_INVOICED,
    "supplier_return": Role.RECEIVED_NOT_INVOICED,
    "delivery": Role.COST_OF_GOODS,
    "customer_return": Role.COST_OF_GOODS,
    "cost_of_goods": Role.COST_OF_GOODS,
    "sample": Role.SAMPLES,
    "scrap": Role.STOCK_LOSS,
    "loss": Role.STOCK_LOSS,
    "adjustment": Role.STOCK_ADJUSTMENT,
    "count": Role.STOCK_ADJUSTMENT,
    "surplus": Role.STOCK_ADJUSTMENT,
    "revaluation": Role.STOCK_ADJUSTMENT,
    "landed_cost": Role.LANDED_COST,
    "price_difference": Role.PRICE_DIFFERENCE,
    "residual": Role.PRICE_DIFFERENCE,
    # These carry their value along; only a rounding residue can be left.
    "transfer": Role.STOCK_ADJUSTMENT,
    "assembly": Role.STOCK_ADJUSTMENT,
}


def base_amount(amount: Decimal, exchange_rate: Decimal) -> Decimal:
    """Return an amount of a document in the company's currency, in cents."""
    return round_money(amount * exchange_rate)


@dataclass(frozen=True, slots=True)
class Posting:
    """One side of an entry: debit when positive, credit when negative, in company currency."""

    role: str
    amount: Decimal
    customer_id: int | None = None
    supplier_id: int | None = None


def post_entry(
    postings: Sequence[Posting],
    *,
    on: date,
    memo: str,
    source_type: str,
    source_id: int,
    by: Any,
) -> JournalEntry | None:
    """Write one balanced entry in the caller's transaction; None where there is no amount at all.

    Zero amounts are left out. Raises DomainError unbalanced, period_closed, no_account.
    """
    assert_open(on, "finance")
    total = sum((posting.amount for posting in postings), Decimal(0))
    if total:
        raise DomainError(
            _("The entry does not balance: %(total)s.") % {"total": total}, code="unbalanced"
        )
    if not any(posting.amount for posting in postings):
        return None
    entry = JournalEntry.objects.create(
        on=on, memo=memo, source_type=source_type, source_id=source_id, posted_by=by
    )
    _write_lines(entry, [posting for posting in postings if posting.amount])
    return entry


def _write_lines(entry: JournalEntry, postings: Sequence[Posting]) -> None:
    """Write the lines, the accounts found by role in the same statement."""
    names = ("entry_id", "account_id", "debit", "credit", "customer_id", "supplier_id")
    table, accounts = JournalLine._meta.db_table, Account._meta.db_table
    one = f"SELECT %s, id, %s, %s, %s, %s FROM {accounts} WHERE role = %s"  # noqa: S608
    rows = " UNION ALL ".join([one] * len(postings))
    values: list[Any] = []
    for posting in postings:
        debit, credit = max(posting.amount, Decimal(0)), max(-posting.amount, Decimal(0))
        partner = posting.customer_id, posting.supplier_id
        values += [entry.pk, debit, credit, *partner, posting.role]
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {table} ({', '.join(names)}) {rows}", values)
        if cursor.rowcount == len(postings):
            return
    known = set(Account.objects.values_list("role", flat=True))
    role = next(posting.role for posting in postings if posting.role not in known)
    raise DomainError(
        _("No account has the role “%(role)s”.") % {"role": Role(role).label}, code="no_account"
    )


def post_value_events(events: list[ValueEvent], by: Any) -> None:
    """Post what happened to the value of stock (registered with the kernel in apps.py)."""
    for event in events:
        postings = [
            Posting(Role.INVENTORY, event.amount),
            Posting(_COUNTER_ACCOUNT[event.kind], -event.amount),
        ]
        post_entry(
            postings,
            on=event.on,
            memo=event.kind,
            source_type=event.source_type,
            source_id=event.source_id,
            by=by,
        )


def account_balance(role: str) -> Decimal:
    """Return debit less credit of the account with this role, in company currency."""
    sums = JournalLine.objects.filter(account__role=role).aggregate(
        debit=ExactSum("debit"), credit=ExactSum("credit")
    )
    balance: Decimal = sums["debit"] - sums["credit"]
    return balance
