"""The body of a request: no longer than allowed, and refused before it fills a disk.

Nginx refuses first where it stands in front. Behind it the ASGI server counts what it receives, and
the form parser what it unpacks; what was kept by then is deleted.
"""

from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from erp.core.api import Problem

Message = Mapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Any, Receive, Send], Awaitable[None]]


class BoundedUploadHandler(FileUploadHandler):
    """Stops the parser at the limit; the handlers after it keep the file."""

    received = 0

    def handle_raw_input(
        self,
        input_data: Any,  # noqa: ARG002
        META: Any,  # noqa: ARG002, N803
        content_length: int,
        boundary: Any,  # noqa: ARG002
        encoding: str | None = None,  # noqa: ARG002
    ) -> None:
        self._check(content_length)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:  # noqa: ARG002
        self.received += len(raw_data)
        self._check(self.received)
        return raw_data

    def file_complete(self, file_size: int) -> None:  # noqa: ARG002
        return None

    @staticmethod
    def _check(length: int) -> None:
        if length > settings.MAX_BODY_BYTES:
            raise RequestDataTooBig("The body is larger than MAX_BODY_MB.")


class _TooLongError(Exception):
    """More came than was allowed."""


class BodyLimit:
    """An ASGI application that receives no more than so many bytes; Django would spool them all."""

    def __init__(self, application: Application, most: int) -> None:
        self.application = application
        self.most = most

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.application(scope, receive, send)
            return
        received = 0
        began = False

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > self.most:
                raise _TooLongError
            return message

        async def noted(message: Message) -> None:
            nonlocal began
            began = True
            await send(message)

        if _declared(scope) > self.most:
            await _refuse(send)
            return
        try:
            await self.application(scope, counted, noted)
        except _TooLongError:
            if not began:
                await _refuse(send)


def _declared(scope: Any) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value)
    return 0


async def _refuse(send: Send) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close")]
    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b"The body is too large.\n"})


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a request that could not be read: 413 where it is too long, 400 otherwise."""
    too_long = isinstance(exception, RequestDataTooBig)
    status = 413 if too_long else 400
    said = _("What you sent is too large.") if too_long else _("The request cannot be read.")
    if request.path.startswith("/api/"):
        return Problem(status, "too_large" if too_long else "bad_request", said).response()
    return render(request, "erp/bad_request.html", {"said": said}, status=status)
