"""Imports of a whole directory: many files that name each other, loaded together or not at all.

A loader reads and checks every file, and writes only when no row is refused. It is registered in
the ``ready()`` of the highest app it touches: ``register_directory("adventureworks", load)``.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class FileProblem:
    """A cell that cannot be taken; ``row`` is the line of the file, the heading is row 1."""

    file: str
    row: int
    column: str
    code: str
    message: str


@dataclass(slots=True)
class Outcome:
    """What a directory came to; ``totals`` are figures of what the database holds afterwards."""

    rows: int = 0
    counts: dict[str, dict[str, int]] = field(default_factory=dict)
    problems: list[FileProblem] = field(default_factory=list)
    totals: dict[str, Any] = field(default_factory=dict)

    def count(self, name: str, state: str, number: int = 1) -> None:
        """Add to what became of rows: new, changed, unchanged."""
        states = self.counts.setdefault(name, {"new": 0, "changed": 0, "unchanged": 0})
        states[state] += number

    def sum_of(self, state: str) -> int:
        return sum(states[state] for states in self.counts.values())


Told = Callable[[str, int, int], None]
"""How far a loader is: what it is at, how many are done, of how many."""
Loader = Callable[..., Outcome]
"""``loader(path, check=..., by=..., tell=...)``."""

_loaders: dict[str, Loader] = {}


def register_directory(name: str, loader: Loader) -> None:
    _loaders[name] = loader


def directories() -> dict[str, Loader]:
    """Return every loader by name."""
    return dict(sorted(_loaders.items()))
