"""One effect per key: the answer of a request is stored in the transaction of its effect.

Used by the API (header ``Idempotency-Key``) and by forms (a one-time token).
"""

import hashlib
import json
from collections.abc import Callable
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from erp.core.errors import DomainError
from erp.core.models import IdempotencyKey
from erp.core.service import in_one_transaction

MAX_KEY_LENGTH = 255


def body_hash(body: Any) -> str:
    """Return the SHA-256 of a JSON-like body in canonical form."""
    canonical = json.dumps(body, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(canonical.encode()).hexdigest()


def once(
    client: str, route: str, key: str, body: Any, effect: Callable[[], tuple[int, dict[str, Any]]]
) -> tuple[int, dict[str, Any], bool]:
    """Run ``effect`` once per (client, route, key); return (status, answer, was it a replay).

    The effect and the row commit together; a failing effect leaves no row, so the same key may be
    tried again. Raises DomainError ``bad_idempotency_key``, ``idempotency_key_reused``.
    """
    if not 0 < len(key) <= MAX_KEY_LENGTH or not key.isprintable():
        raise DomainError(
            _("The idempotency key must have 1 to 255 printable characters."),
            code="bad_idempotency_key",
        )
    fingerprint = body_hash(body)

    def run() -> tuple[int, dict[str, Any], bool]:
        try:
            with transaction.atomic():
                row = IdempotencyKey.objects.create(
                    client=client, route=route, key=key, body_hash=fingerprint
                )
        except IntegrityError:
            return _replay(client, route, key, fingerprint)
        row.status, row.answer = effect()
        row.save(update_fields=["status", "answer"])
        return row.status, row.answer, False

    return in_one_transaction(run)


def _replay(
    client: str, route: str, key: str, fingerprint: str
) -> tuple[int, dict[str, Any], bool]:
    row = IdempotencyKey.objects.select_for_update().get(client=client, route=route, key=key)
    if row.body_hash != fingerprint:
        raise DomainError(
            _("This key was used for another request."), code="idempotency_key_reused"
        )
    return row.status, row.answer, True
