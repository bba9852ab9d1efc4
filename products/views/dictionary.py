"""The hot word lists over HTTP."""

import ipaddress
import secrets
from collections.abc import AsyncIterator, Iterator
from typing import Any

from asgiref.sync import sync_to_async
from django.conf import settings
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from django.views.decorators.http import require_safe

from products import words

_CONTENT_TYPE = "text/plain; charset=UTF-8"
# Set by every proxy: then the address is the proxy's, and what the header says may be forged.
_FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_X_REAL_IP")


@require_safe
def word_list(request: HttpRequest, name: str) -> HttpResponseBase:
    """Answer a list to an analyser with the key, or in an allowed network; 401 to all others."""
    if not _may_read(request):
        return HttpResponse(
            status=401,
            content_type=_CONTENT_TYPE,
            headers={"WWW-Authenticate": "Bearer", "Cache-Control": "no-store"},
        )
    # Read before the words: if they change meanwhile, the next question finds a newer revision.
    state = words.state_of(name)
    headers = {
        "ETag": state.etag,
        "Last-Modified": http_date(state.changed_at.timestamp()),
        "Cache-Control": "private, no-cache",
        "Vary": "Authorization",
        "X-Content-Type-Options": "nosniff",
    }
    known = get_conditional_response(request, state.etag, int(state.changed_at.timestamp()))
    if known is not None:
        for header, value in headers.items():
            known[header] = value
        return known
    if request.method == "HEAD":
        return HttpResponse(content_type=_CONTENT_TYPE, headers=headers)
    pieces = words.lines(name)
    return StreamingHttpResponse(
        _beside(pieces) if isinstance(request, ASGIRequest) else pieces,
        content_type=_CONTENT_TYPE,
        headers=headers,
    )


def _may_read(request: HttpRequest) -> bool:
    given = _key_given(request)
    if given is not None:
        key = settings.DICTIONARY_KEY
        return bool(key) and secrets.compare_digest(given.encode(), key.encode())
    if any(name in request.META for name in _FORWARDED):
        return False
    try:
        address = ipaddress.ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return any((mapped or address) in network for network in settings.DICTIONARY_NETWORKS)


def _key_given(request: HttpRequest) -> str | None:
    """Return the key a request shows, right or wrong; None when it shows none."""
    scheme, _blank, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return token.strip()
    return request.GET.get("key")


async def _beside(pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
    """Read the database beside the event loop, one piece at a time."""
    read: Any = sync_to_async(next)
    while (piece := await read(pieces, None)) is not None:
        yield piece
