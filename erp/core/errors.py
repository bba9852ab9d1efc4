"""The one refusal a user sees.

A field that is wrong is a ``ValidationError``; a rule that refuses is a ``DomainError``. Each edge
turns it once into its own form: a message, problem+json, an exit code.
"""

from typing import Any

from django.utils.functional import Promise


class DomainError(Exception):
    """A business rule refused; ``message`` is translated and fit to show, ``code`` is stable.

    ``field`` names the input or the row that is to blame, where there is one; ``details`` is what
    a program needs to go on (such as the rows that stand in the way), already fit for the asker.
    """

    def __init__(
        self,
        message: str | Promise,
        *,
        code: str,
        field: str = "",
        details: list[dict[str, Any]] | None = None,
    ) -> None:
        super().__init__(message)
        self._message = message
        self.code = code
        self.field = field
        self.details = details or []

    @property
    def message(self) -> str:
        return str(self._message)

    def __str__(self) -> str:
        return self.message


class StaleVersionError(DomainError):
    """The row was changed by somebody else since the caller read it."""
