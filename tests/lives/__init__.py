"""The life of every document: how it begins, its verbs, and what each makes of each status.

``tests/test_every_transition.py`` walks all of it; ``tests/test_once_races.py`` takes a step twice.
"""

import inspect
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from tests.support import manager

# Of a verb of many, which passes over what it does not concern.
LEFT_ALONE = "left alone"


@dataclass(frozen=True)
class Verb:
    """``moves`` names per status what follows, or the way there ("accepted ordered").

    Everywhere else it refuses with one of the codes of ``refuses``.
    """

    name: str
    service: Callable[..., Any]
    moves: dict[str, str]
    refuses: frozenset[str] = frozenset({"invalid_transition"})
    call: Callable[[Any], Any] | None = None

    def __call__(self, document: Any) -> Any:
        if self.call is not None:
            return self.call(document)
        reason = {"reason": "x"} if "reason" in inspect.signature(self.service).parameters else {}
        return self.service(document.pk, by=manager(), **reason)


def verb(
    service: Callable[..., Any],
    moves: dict[str, str],
    *refuses: str,
    name: str = "",
    call: Callable[[Any], Any] | None = None,
) -> Verb:
    codes = frozenset(refuses or ["invalid_transition"])
    return Verb(name or service.__name__, service, moves, codes, call)


@dataclass(frozen=True)
class Life:
    """A document begun by ``start`` in the status ``begins``.

    ``walks`` are ways the shortest one to a status misses: names of verbs, then where they end.
    """

    name: str
    model: Any
    start: Callable[[], Any]
    verbs: tuple[Verb, ...]
    begins: str = "draft"
    walks: tuple[tuple[tuple[str, ...], str], ...] = field(default=())

    def named(self, name: str) -> Verb:
        return next(one for one in self.verbs if one.name == name)

    def ways(self) -> dict[str, tuple[Verb, ...]]:
        """Return the shortest way to every status that verbs lead to."""
        found: dict[str, tuple[Verb, ...]] = {self.begins: ()}
        new = deque([self.begins])
        while new:
            status = new.popleft()
            for one in self.verbs:
                following = one.moves.get(status, "").split()[-1:]
                if following and following[0] not in found:
                    found[following[0]] = (*found[status], one)
                    new.append(following[0])
        return found

    def in_status(self, status: str) -> Any:
        return self.walked(self.ways()[status])

    def walked(self, verbs: Iterable[Verb]) -> Any:
        document = self.start()
        for one in verbs:
            one(document)
            document.refresh_from_db()
        return document
