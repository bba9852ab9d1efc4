"""Where the low asks or tells the high, called synchronously in the caller's transaction.

The high app registers in its ``AppConfig.ready()``. No Django signals: what happens can be read
here and in docs/architecture.md.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

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


Blocker = Callable[[models.Model], Iterable[str]]

_value_handlers: list[Callable[[list[ValueEvent], Any], None]] = []
_blockers: list[Blocker] = []


def on_value_events(handler: Callable[[list[ValueEvent], Any], None]) -> None:
    """Register a handler of value events: ``handler(events, by)``."""
    _value_handlers.append(handler)


def publish_value_events(events: list[ValueEvent], *, by: Any) -> None:
    for handler in _value_handlers:
        handler(events, by)


def blocks_change(blocker: Blocker) -> Blocker:
    """Register a function that names what stands against deleting or reversing an object."""
    _blockers.append(blocker)
    return blocker


def blockers_of(obj: models.Model) -> list[str]:
    """Return every reason why the object cannot be deleted or reversed, translated."""
    return [reason for blocker in _blockers for reason in blocker(obj)]
