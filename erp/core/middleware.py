"""What every page of the system needs and a library's template does not give."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

# Browsers and screen readers know the regional code; Django's own is by script.
_DJANGO_CODE, _HTML_CODE = b'<html lang="zh-hans"', b'<html lang="zh-CN"'


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
