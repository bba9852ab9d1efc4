"""What is known of the request or command now running, for logs and the operation log."""

from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a change comes from: a request id, the client's address and its user agent."""

    request_id: str = ""
    ip: str | None = None
    device: str = ""


origin: ContextVar[Origin] = ContextVar("origin", default=Origin())  # noqa: B039 (frozen)
