"""Who signed a request of the API (RFC 9421): the checks behind ``Signature`` and ``nonce``.

Accepted is one signature ``sig1`` by ``hmac-sha256`` over method, path, query and, of a body, its
digest, made within 300 s, with a nonce this client has not used. docs/api.md shows how to sign.
"""

import re
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography.fernet import InvalidToken
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone
from django.utils.encoding import escape_uri_path
from django.utils.translation import gettext as _
from http_message_signatures import HTTPMessageVerifier, HTTPSignatureKeyResolver, algorithms
from http_message_signatures.exceptions import HTTPMessageSignaturesException

from accounts.models import ApiClient, UsedNonce
from accounts.sealing import unseal
from erp.core.api import Problem, utc

LABEL = "sig1"
COVERED = ("@method", "@path", "@query")
WINDOW = timedelta(seconds=300)
_CREATED = re.compile(r"(?<![a-z])created=(\d{1,12})(?![\d.])")
_NONCE = re.compile(r"[\x21-\x7e]{8,128}")
_LAST_USED_EVERY = timedelta(minutes=1)


class _Verifier(HTTPMessageVerifier):
    max_clock_skew = WINDOW


@dataclass
class _Message:
    """A request as the library reads it; the host is not signed, so any will do."""

    method: str
    url: str
    headers: dict[str, str]


class _Keys(HTTPSignatureKeyResolver):
    """Finds the client of a key id, byte for byte: MariaDB would overlook a blank at its end."""

    client: ApiClient | None = None

    def resolve_public_key(self, key_id: str) -> bytes | None:
        found = ApiClient.objects.select_related("user").filter(key_id=key_id).first()
        if found is None or found.key_id != key_id or not _is_live(found):
            return None
        try:
            secret = unseal(found.sealed_secret)
        except InvalidToken:
            return None
        self.client = found
        return secret.encode()

    def resolve_private_key(self, key_id: str) -> bytes:
        raise NotImplementedError


def _is_live(client: ApiClient) -> bool:
    expired = client.expires_at is not None and client.expires_at <= timezone.now()
    return client.revoked_at is None and not expired and client.user.is_active


def is_signed(request: HttpRequest) -> bool:
    return "Signature" in request.headers or "Signature-Input" in request.headers


def signed_client(request: HttpRequest) -> ApiClient:
    """Return the client that signed this request; its nonce is then used up.

    Raises Problem 401 clock_skew, bad_signature; 409 replayed; 403 insufficient_scope.
    """
    _check_clock(request)
    keys = _Keys()
    query = request.META.get("QUERY_STRING", "")
    url = f"http://localhost{escape_uri_path(request.path)}" + (f"?{query}" if query else "")
    message = _Message(str(request.method), url, dict(request.headers))
    verifier = _Verifier(signature_algorithm=algorithms.HMAC_SHA256, key_resolver=keys)
    try:
        (result,) = verifier.verify(
            message, max_age=timedelta(0), require_components=COVERED, body=request.body
        )
    except (HTTPMessageSignaturesException, ValueError) as error:
        raise _bad_signature() from error
    nonce = result.nonce
    if result.label != LABEL or keys.client is None or not _NONCE.fullmatch(nonce or ""):
        raise _bad_signature()
    _use_up(keys.client, str(nonce))
    _check_scope(keys.client, request)
    _touch(keys.client)
    return keys.client


def _bad_signature() -> Problem:
    return Problem(401, "bad_signature", _("The signature is missing, wrong or out of use."))


def _check_clock(request: HttpRequest) -> None:
    """Told apart from a wrong signature, with our time, so that a client can mend its clock."""
    created = _CREATED.findall(request.headers.get("Signature-Input", ""))
    now = time.time()
    if len(created) != 1 or abs(int(created[0]) - now) > WINDOW.total_seconds():
        raise Problem(
            401,
            "clock_skew",
            _("The request was not signed within 300 seconds of our time."),
            more={"server_time": utc(datetime.fromtimestamp(now, UTC))},
        )


def _use_up(client: ApiClient, nonce: str) -> None:
    # In a transaction of its own: what the request does may fail, the nonce stays used.
    try:
        with transaction.atomic():
            UsedNonce.objects.create(client=client, nonce=nonce)
    except IntegrityError:
        raise Problem(409, "replayed", _("This signed request was received before.")) from None


def _check_scope(client: ApiClient, request: HttpRequest) -> None:
    section = request.path_info.removeprefix("/api/v1/").partition("/")[0]
    wanted = f"{section}:{'read' if request.method in {'GET', 'HEAD'} else 'write'}"
    if not {"*", wanted} & set(client.scopes):
        detail = _("This API client lacks the scope %(scope)s.") % {"scope": wanted}
        raise Problem(403, "insufficient_scope", detail)


def _touch(client: ApiClient) -> None:
    now = timezone.now()
    long_ago = Q(last_used_at=None) | Q(last_used_at__lt=now - _LAST_USED_EVERY)
    ApiClient.objects.filter(long_ago, pk=client.pk).update(last_used_at=now)


def forget_nonces() -> int:
    """Forget the nonces of requests that are too old to be accepted; return how many."""
    old: Any = UsedNonce.objects.filter(used_at__lt=timezone.now() - 4 * WINDOW)
    count: int = old.delete()[0]
    return count
