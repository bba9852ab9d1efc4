"""What every page of the system needs and a library's template does not give."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.response import TemplateResponse
from django.utils.translation import ngettext

from erp.core import limits
from erp.core.addresses import client_address
from erp.core.api import Problem

# Browsers and screen readers know the regional code; Django's own is by script.
_DJANGO_CODE, _HTML_CODE = b'<html lang="zh-hans"', b'<html lang="zh-CN"'


class RateLimitMiddleware:
    """Counts each request of a user, or of an address where nobody signed in; 429 above the limit.

    A program's own limit is counted where its signature is read.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, _view: Any, _args: Any, _kwargs: Any
    ) -> HttpResponse | None:
        user = request.user
        who = f"user:{user.pk}" if user.is_authenticated else f"address:{client_address(request)}"
        exceeded = limits.count(request, who)
        return too_often(request, exceeded) if exceeded else None


def too_often(request: HttpRequest, exceeded: limits.Exceeded) -> HttpResponse:
    """Answer 429 with ``Retry-After``, to programs and people."""
    problem = throttled(exceeded)
    if request.path.startswith("/api/"):
        return problem.response()
    response = render(request, "erp/too_often.html", {"said": problem.detail}, status=429)
    for name, value in problem.headers.items():
        response.headers[name] = value
    return response


def throttled(exceeded: limits.Exceeded) -> Problem:
    seconds = exceeded.retry_after
    said = ngettext(
        "You asked too often. Wait %(n)d second and try again.",
        "You asked too often. Wait %(n)d seconds and try again.",
        seconds,
    ) % {"n": seconds}
    return Problem(429, "throttled", said, headers={"Retry-After": str(seconds)})


class HtmlLanguageMiddleware:
    """Let the admin theme's pages say ``lang="zh-CN"``, as our own pages do."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_template_response(
        self, _request: HttpRequest, response: TemplateResponse
    ) -> TemplateResponse:
        response.add_post_render_callback(_name_language)
        return response


def _name_language(response: HttpResponse) -> None:
    response.content = response.content.replace(_DJANGO_CODE, _HTML_CODE, 1)
