"""Where the low asks or tells the high, called synchronously in the caller's transaction.

The high app registers in its ``AppConfig.ready()``. No Django signals: what happens can be read
here and in docs/architecture.md.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.db import models


@dataclass(frozen=True, slots=True)
class ValueEvent:
    """Something happened to the value of stock; finance posts it to the journal.

    ``kind`` is a stock move kind; ``amount`` is its value in the company's currency, positive when
    stock gains. The source names the document, as everywhere.
    """

    kind: str
    amount: Decimal
    on: date
    source_type: str
    source_id: int


@dataclass(frozen=True, slots=True)
class Exposure:
    """What a customer owes and may come to owe, in the company's currency.

    ``overdue_since`` is the day his oldest open invoice fell due, where one is overdue.
    """

    amount: Decimal
    overdue_since: date | None = None


Blocker = Callable[[models.Model], Iterable[str]]
Repoint = Callable[[int, int], int]
HandOver = Callable[[Any, Any, Any], int]

_invoiced: list[Callable[[Collection[int]], dict[int, Decimal]]] = []
_exposures: list[Callable[[int, date], Exposure]] = []
_value_handlers: list[Callable[[list[ValueEvent], Any], None]] = []
_blockers: list[Blocker] = []
_followers: dict[type[models.Model], dict[str, Repoint]] = defaultdict(dict)
_hand_overs: dict[str, HandOver] = {}
_merge_locks: dict[type[models.Model], list[Callable[[int, int], None]]] = defaultdict(list)
_confided: dict[str, str] = {}


def on_value_events(handler: Callable[[list[ValueEvent], Any], None]) -> None:
    """Register a handler of value events: ``handler(events, by)``."""
    _value_handlers.append(handler)


def publish_value_events(events: list[ValueEvent], *, by: Any) -> None:
    for handler in _value_handlers:
        handler(events, by)


def adds_exposure(exposure: Callable[[int, date], Exposure]) -> None:
    """Register ``exposure(customer_id, on)``: what an app knows of a customer's debts."""
    _exposures.append(exposure)


def exposure_of(customer_id: int, *, on: date) -> Exposure:
    """Return what every app knows together; the oldest of the overdue days."""
    found = [exposure(customer_id, on) for exposure in _exposures]
    overdue = [one.overdue_since for one in found if one.overdue_since]
    return Exposure(sum((one.amount for one in found), Decimal(0)), min(overdue, default=None))


def tells_invoiced(invoiced: Callable[[Collection[int]], dict[int, Decimal]]) -> None:
    """Register what tells the amount invoiced of sales orders, by their id."""
    _invoiced.append(invoiced)


def invoiced_of(order_ids: Collection[int]) -> dict[int, Decimal]:
    """Return how much of each sales order was invoiced, tax included, in its currency."""
    total: dict[int, Decimal] = defaultdict(Decimal)
    for told in _invoiced:
        for pk, amount in told(order_ids).items():
            total[pk] += amount
    return dict(total)


def blocks_change(blocker: Blocker) -> Blocker:
    """Register a function that names what stands against deleting or reversing an object."""
    _blockers.append(blocker)
    return blocker


def blockers_of(obj: models.Model) -> list[str]:
    """Return every reason why the object cannot be deleted or reversed, translated."""
    return [reason for blocker in _blockers for reason in blocker(obj)]


# --- merging: two rows become one, and what points at the one that goes follows -----------------


def follows_merge(
    model: type[models.Model], column: str, *, repoint: Repoint | None = None
) -> None:
    """Let ``model.column`` follow when two rows of the table it points at become one.

    ``repoint(gone_id, kept_id)`` returns how many rows followed; without it the column is simply
    set. A table in which both rows may already stand side by side (one price per customer, one
    code per product) needs its own, which says what becomes of the pair.
    """
    field = model._meta.get_field(column)
    target = field.remote_field.model if isinstance(field, models.ForeignKey) else None
    if target is None:
        raise TypeError(f"{model._meta.label}.{column} points at no table")
    _followers[target][f"{model._meta.label}.{column}"] = repoint or _set_column(model, column)


def follows_merge_of(target: type[models.Model], name: str, repoint: Repoint) -> None:
    """Let rows follow that name their object by type and id, not by a foreign key."""
    _followers[target][name] = repoint


def _set_column(model: type[models.Model], column: str) -> Repoint:
    def repoint(gone_id: int, kept_id: int) -> int:
        rows = model._default_manager.filter(**{f"{column}_id": gone_id})
        return rows.update(**{f"{column}_id": kept_id})

    return repoint


def followers_of(target: type[models.Model]) -> set[str]:
    """Name what follows when two rows of this table become one, as ``app.Model.column``."""
    return set(_followers[target])


def locks_merge(target: type[models.Model], lock: Callable[[int, int], None]) -> None:
    """Register ``lock(gone_id, kept_id)``: takes the locks a service of this app would take."""
    _merge_locks[target].append(lock)


def lock_for_merge(target: type[models.Model], gone_id: int, kept_id: int) -> None:
    """Take every app's locks before two rows become one, documents of the highest app first."""
    for lock in reversed(_merge_locks[target]):
        lock(gone_id, kept_id)


def count_followers(target: type[models.Model], gone_id: int) -> dict[str, int]:
    """Return how many rows point at a row by a foreign key, by ``app.Model.column``."""
    counts = {
        name: model._default_manager.filter(**{f"{column}_id": gone_id}).order_by().count()
        for name, model, column in columns_following(target)
    }
    return {name: count for name, count in counts.items() if count}


def columns_following(target: type[models.Model]) -> Iterator[tuple[str, type[models.Model], str]]:
    """Yield the foreign keys that follow a merge, by name."""
    for name in sorted(_followers[target]):
        label, _dot, column = name.rpartition(".")
        if "." in label:  # others name their object by type and id
            yield name, apps.get_model(label), column


def repoint_all(target: type[models.Model], gone_id: int, kept_id: int) -> dict[str, int]:
    """Let everything that points at the one row point at the other; return the rows by name.

    Call it inside the merging service, both rows locked.
    """
    counts = {
        name: repoint(gone_id, kept_id) for name, repoint in sorted(_followers[target].items())
    }
    return {name: count for name, count in counts.items() if count}


# --- deleting: what goes along, what stands against it -------------------------------------------

Companions = Callable[[type[models.Model], list[Any]], models.QuerySet[Any]]
AfterDeletion = Callable[[list[Any], Any], None]

_along: set[str] = set()
_companions: dict[str, Companions] = {}
_after_deletion: dict[type[models.Model], list[AfterDeletion]] = defaultdict(list)


def goes_along(model: type[models.Model], *columns: str) -> None:
    """Let rows of a table be deleted with the row that one of these foreign keys points at.

    A line always goes with its ``document``; every other foreign key that nobody names here stands
    against deleting what it points at, whatever its ``on_delete`` says.
    """
    for column in columns:
        if not isinstance(model._meta.get_field(column), models.ForeignKey):
            raise TypeError(f"{model._meta.label}.{column} points at no table")
        _along.add(f"{model._meta.label}.{column}")


def does_go_along(field: Any) -> bool:
    """Return whether rows go with the row this foreign key of theirs points at."""
    owner = field.model
    return (
        field.name == "document"
        or bool(owner._meta.auto_created)  # the table of a many-to-many field
        or f"{owner._meta.label}.{field.name}" in _along
    )


def goes_along_by_name(name: str, find: Companions) -> None:
    """Let rows go along that name their object by type and id; ``find(model, ids)`` tells them."""
    _companions[name] = find


def companions() -> dict[str, Companions]:
    return dict(_companions)


def after_deletion(model: type[models.Model], then: AfterDeletion) -> None:
    """Register ``then(rows, by)``, called in the transaction that deleted rows of a table."""
    _after_deletion[model].append(then)


def tell_deleted(model: type[models.Model], rows: list[Any], *, by: Any) -> None:
    for then in _after_deletion[model]:
        then(rows, by)


# --- effects: what a verb would do, in words ----------------------------------------------------

Teller = Callable[[models.Model], Iterable[tuple[str, str]]]
_tellers: list[Teller] = []


def tells_effects(teller: Teller) -> Teller:
    """Register what tells of a document, as (label, figure), what ledgers hold for it.

    Asked before and after a verb was tried; what differs is shown as its effect. It tells no cost.
    """
    _tellers.append(teller)
    return teller


def ledger_facts(obj: models.Model) -> dict[str, str]:
    return {label: figure for teller in _tellers for label, figure in teller(obj)}


# --- hand-over: whoever leaves gives his work to a colleague -------------------------------------


def hands_over(name: str, hand_over: HandOver) -> None:
    """Register ``hand_over(leaver, colleague, by)``, which returns how many rows changed hands."""
    _hand_overs[name] = hand_over


def handed_over() -> set[str]:
    """Name the tables whose rows change hands, as ``app.Model``."""
    return set(_hand_overs)


def hand_over_all(leaver: Any, colleague: Any, *, by: Any) -> dict[str, int]:
    """Give everything of the one to the other; return the rows by table."""
    counts = {
        name: hand_over(leaver, colleague, by) for name, hand_over in sorted(_hand_overs.items())
    }
    return {name: count for name, count in counts.items() if count}


def confide(object_type: str, right: str) -> None:
    """Keep what the operation log tells of a table to those who hold ``app.codename``."""
    _confided[object_type] = right


def confided() -> dict[str, str]:
    """Return the right it takes to read the log of a table, for tables that are kept so."""
    return dict(_confided)
