"""How an edge runs a change once: a service behind a form's token or an ``Idempotency-Key``."""

from collections.abc import Callable
from typing import Any

from erp.core.idempotency import once
from erp.core.service import service

Effect = Callable[[], tuple[int, dict[str, Any]]]


def apply_once(
    action: str,
    effect: Effect,
    *,
    object_id: int | str = "",
    by: Any,
    key: str,
    body: Any,
    client: str = "",
) -> tuple[int, dict[str, Any], bool]:
    """Run ``effect`` once per client, action, object and key; return (status, answer, replayed).

    The client is the user, unless another is named.

    One transaction around key and effect, run again as a whole when the database asks for it; a
    refusal leaves no key and is recorded. Raises what ``once`` and the effect raise.
    """

    @service(action)
    def run(object_id: int | str, *, by: Any) -> tuple[int, dict[str, Any], bool]:
        return once(client or f"user:{by.pk}", f"{action}:{object_id}", key, body, effect)

    return run(object_id, by=by)
