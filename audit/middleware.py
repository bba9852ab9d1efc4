"""One id per request, in every log line, operation-log entry and answer."""

import logging
import re
import uuid
from collections.abc import Awaitable, Callable

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from erp.core.addresses import client_address
from erp.core.context import Origin, origin

HEADER = "X-Request-ID"
_WELL_FORMED = re.compile(r"[A-Za-z0-9-]{8,36}")


def _origin_of(request: HttpRequest) -> Origin:
    given = request.headers.get(HEADER, "")
    request_id = given if _WELL_FORMED.fullmatch(given) else uuid.uuid4().hex
    return Origin(
        request_id=request_id,
        ip=client_address(request) or None,
        device=request.headers.get("User-Agent", ""),
    )


class RequestIdMiddleware:
    """Name the request; works in both the synchronous and the asynchronous handler."""

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        if iscoroutinefunction(get_response):
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        if iscoroutinefunction(self.get_response):
            return self._call_async(request)
        token = origin.set(_origin_of(request))
        try:
            return self._named(self.get_response(request))
        finally:
            origin.reset(token)

    async def _call_async(self, request: HttpRequest) -> HttpResponseBase:
        token = origin.set(_origin_of(request))
        try:
            return self._named(await self.get_response(request))  # type: ignore[misc]
        finally:
            origin.reset(token)

    def _named(self, response: HttpResponseBase) -> HttpResponseBase:
        if isinstance(response, HttpResponse) or hasattr(response, "headers"):
            response.headers[HEADER] = origin.get().request_id
        return response


class RequestIdFilter(logging.Filter):
    """Give each log record the id of the request it belongs to."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = origin.get().request_id or "-"
        return True
