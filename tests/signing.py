"""A program that signs its requests (RFC 9421) as docs/api.md tells it to."""

import json
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from http_message_signatures import HTTPMessageSigner, HTTPSignatureKeyResolver, algorithms

COVERED = ("@method", "@path", "@query")


@dataclass
class _Message:
    method: str
    url: str
    headers: dict[str, str]


class _Key(HTTPSignatureKeyResolver):
    def __init__(self, secret: str) -> None:
        self.secret = secret

    def resolve_private_key(self, key_id: str) -> bytes:
        return self.secret.encode()

    def resolve_public_key(self, key_id: str) -> bytes:
        return self.secret.encode()


@dataclass
class Program:
    key_id: str
    secret: str

    def signed(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        *,
        nonce: str | None = None,
        late: float = 0,
        covered: tuple[str, ...] = COVERED,
        label: str = "sig1",
    ) -> dict[str, str]:
        """Return the headers that sign a request; ``late`` seconds after it was made."""
        message = _Message(method, f"http://localhost{path}", {})
        HTTPMessageSigner(
            signature_algorithm=algorithms.HMAC_SHA256, key_resolver=_Key(self.secret)
        ).sign(
            message,
            key_id=self.key_id,
            nonce=secrets.token_urlsafe(16) if nonce is None else nonce,
            created=datetime.now(UTC) - timedelta(seconds=late),
            label=label,
            covered_component_ids=covered,
            body=body or None,
        )
        return message.headers

    def call(self, client: Any, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """Send a request signed afresh; headers are named as on the wire with _ for -."""
        raw = b"" if body is None else json.dumps(body).encode()
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return send(client, method, path, raw, {**self.signed(method, path, raw), **named})


def send(client: Any, method: str, path: str, body: bytes, headers: dict[str, str]) -> Any:
    return client.generic(method, path, body, content_type="application/json", headers=headers)
