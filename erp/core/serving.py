"""Stored files over HTTP: nothing is served that a view has not just allowed.

Behind Nginx the view only names the file (``X-Accel-Redirect`` into an internal location); else it
is sent from here, piece by piece. No file of a user ever runs in our pages: what is not a picture
we wrote ourselves is offered for saving, without guessing of types, in a sandbox.
"""

from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote

from asgiref.sync import sync_to_async
from django.conf import settings
from django.core.files.storage import default_storage
from django.core.handlers.asgi import ASGIRequest
from django.http import (
    FileResponse,
    Http404,
    HttpResponse,
    HttpResponseBase,
    HttpResponseNotModified,
    StreamingHttpResponse,
)
from django.utils.http import parse_etags

from erp.core.uploads import disposition

_PIECE = 256 * 1024
_SANDBOX = "default-src 'none'; sandbox"


def file_answer(
    request: Any, path: str, name: str, content_type: str, *, etag: str = "", inline: bool = False
) -> HttpResponseBase:
    """Answer a stored file to whoever the caller has let through; Http404 where it is missing.

    ``etag`` is the file's hash: a browser that has it is told so. ``inline`` is for pictures of our
    own making and PDF we issued.
    """
    headers = {
        "Content-Disposition": disposition(name, inline=inline),
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": _SANDBOX,
        "Cross-Origin-Resource-Policy": "same-origin",
        # The browser asks each time, so that a right taken away is taken away.
        "Cache-Control": "private, no-cache" if etag else "private, no-store",
    }
    if etag:
        headers["ETag"] = f'"{etag}"'
        if headers["ETag"] in parse_etags(request.headers.get("If-None-Match", "")):
            return HttpResponseNotModified(headers=headers)
    if settings.X_ACCEL_PREFIX:
        headers["X-Accel-Redirect"] = settings.X_ACCEL_PREFIX + quote(path)
        return HttpResponse(content_type=content_type, headers=headers)
    try:
        file = default_storage.open(path)
    except FileNotFoundError as error:
        raise Http404 from error
    headers["Content-Length"] = str(file.size)
    if isinstance(request, ASGIRequest):
        return StreamingHttpResponse(_pieces(file), content_type=content_type, headers=headers)
    answer = FileResponse(file, content_type=content_type)
    for header, value in headers.items():  # its own would name the file in the store
        answer.headers[header] = value
    return answer


async def _pieces(file: Any) -> AsyncIterator[bytes]:
    """Read beside the event loop, which a plain iterator would hold up."""
    read = sync_to_async(file.read, thread_sensitive=False)
    try:
        while piece := await read(_PIECE):
            yield piece
    finally:
        await sync_to_async(file.close, thread_sensitive=False)()
