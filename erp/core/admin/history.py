"""The seam to an object's history: every page shows it, the operation log answers."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    at: datetime
    actor: str
    action: str
    reason: str
    # (field, old, new)
    changes: list[tuple[str, Any, Any]]


HistoryReader = Callable[[models.Model, Collection[str]], list[HistoryEntry]]
_reader: HistoryReader | None = None


def set_history(reader: HistoryReader) -> None:
    """Name who answers; ``audit`` does."""
    global _reader  # noqa: PLW0603
    _reader = reader


def history_of(obj: models.Model, *, without: Collection[str] = ()) -> list[HistoryEntry]:
    """Return what happened to one row, newest first, less the changes of the named fields."""
    return _reader(obj, without) if _reader else []
