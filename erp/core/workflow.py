"""Which status may follow which, as data a reader sees whole."""

from collections.abc import Iterable, Mapping

from django.utils.translation import gettext_lazy as _

from erp.core.errors import DomainError


class Workflow:
    """The allowed moves of one document type. It only checks; services lock, move and audit."""

    def __init__(self, moves: Mapping[str, Iterable[str]]) -> None:
        self.moves = {str(old): frozenset(str(s) for s in new) for old, new in moves.items()}

    def allows(self, old: str, new: str) -> bool:
        return str(new) in self.moves.get(str(old), frozenset())

    def check(self, old: str, new: str) -> None:
        """Raise DomainError ``invalid_transition`` unless ``old`` may become ``new``."""
        if not self.allows(old, new):
            raise DomainError(
                _("A document in status “%(old)s” cannot become “%(new)s”.")
                % {"old": getattr(old, "label", old), "new": getattr(new, "label", new)},
                code="invalid_transition",
            )
