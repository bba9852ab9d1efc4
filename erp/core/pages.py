"""What our own pages share: the log-in, the methods, a strict content security policy."""

import functools
import uuid
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec, TypeVar

from csp.constants import NONE, SELF
from csp.decorators import csp_replace
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import TooManyFieldsSent
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
)
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

from erp.core.effects import apply_once
from erp.core.errors import DomainError

P = ParamSpec("P")
R = TypeVar("R", bound=HttpRequest)
View = Callable[Concatenate[R, P], HttpResponseBase]

# No eval, nothing inline: the admin theme needs them, our pages do not.
STRICT_CSP: dict[str, Any] = {
    "script-src": [SELF],
    "style-src": [SELF],
    "worker-src": [NONE],
}


# What a form sends at most, but for the grid of a long document.
MAX_FIELDS = 1000


def page(*methods: str, most_fields: int = MAX_FIELDS) -> Callable[[View[R, P]], View[R, P]]:
    """Make a view one of our own pages: these methods, signed in, strict policy."""

    allowed = {*methods, "HEAD"} if "GET" in methods else {*methods}

    def decorate(view: View[R, P]) -> View[R, P]:
        @functools.wraps(view)
        def guarded(request: R, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return _to_login(request)
            if request.method not in allowed:
                return HttpResponseNotAllowed(methods)
            check_fields(request, most_fields)
            try:
                return view(request, *args, **kwargs)
            except DomainError as refusal:  # of a page that has no form to show it on
                return render(request, "erp/refused.html", {"refusal": refusal}, status=409)

        strict: Any = csp_replace(STRICT_CSP)
        answered: View[R, P] = strict(guarded)
        return answered

    return decorate


def check_fields(request: HttpRequest, most: int = MAX_FIELDS) -> None:
    """Raise TooManyFieldsSent, answered with 400, when a form is longer than it can honestly be."""
    if sum(len(values) for _name, values in request.POST.lists()) > most:
        request.close()  # its files with it
        raise TooManyFieldsSent


def pdf_answer(
    request: Any, make: Callable[[str | None], tuple[str, bytes]], *, otherwise: str
) -> HttpResponseBase:
    """Answer a document's PDF in the language asked for or the user's.

    ``make(language)`` returns its name and bytes; where it refuses, the message is shown on the
    page ``otherwise``.
    """
    language = request.GET.get("language") or get_language()
    try:
        name, content = make(language if language in {"zh-hans", "en"} else None)
    except DomainError as refusal:
        refuse(request, refusal)
        return HttpResponseRedirect(otherwise)
    headers = {
        "Content-Disposition": f'inline; filename="{name}"',
        "X-Content-Type-Options": "nosniff",
    }
    return HttpResponse(content, content_type="application/pdf", headers=headers)


def _to_login(request: Any) -> HttpResponseBase:
    if request.htmx:  # a fragment: the whole window goes to the log-in
        here = request.htmx.current_url_abs_path or "/"
        return HttpResponseClientRedirect(redirect_to_login(here).url)
    return redirect_to_login(request.get_full_path())


def new_token() -> str:
    """Return the one-time token of a form."""
    return uuid.uuid4().hex


def change_once(
    request: Any, action: str, effect: Callable[[], tuple[str, str]], *, object_id: int | str = ""
) -> HttpResponseRedirect:
    """Run a form's effect once for its token; it returns where to go next and what to say there.

    Sending the form again (a double click, a refresh) goes to the same place without a second
    effect. Raises what the effect raises.
    """

    def change() -> tuple[int, dict[str, Any]]:
        location, said = effect()
        return 302, {"location": location, "said": said}

    _status, answer, replayed = apply_once(
        action,
        change,
        object_id=object_id,
        by=request.user,
        key=request.POST.get("token", ""),
        body=_sent(request),
    )
    if replayed:
        messages.info(request, _("This was done already; nothing was done twice."))
    elif answer["said"]:
        messages.success(request, answer["said"])
    return HttpResponseRedirect(answer["location"])


def copy_once(
    request: Any, source: Any, copy: Callable[..., Any], *, to: str
) -> HttpResponseRedirect:
    """Copy a document its page showed, once for the form's token, and go to the copy.

    ``to`` names the page of such a document; a refusal is shown on the source's.
    """

    def effect() -> tuple[str, str]:
        made = copy(source.pk, by=request.user)
        return reverse(to, args=[made.pk]), _("%(ref)s was drafted.") % {"ref": made.ref}

    try:
        return change_once(request, f"{source._meta.model_name}.copy", effect, object_id=source.pk)
    except DomainError as refusal:
        refuse(request, refusal)
        return HttpResponseRedirect(reverse(to, args=[source.pk]))


def _sent(request: Any) -> dict[str, Any]:
    sent: dict[str, Any] = {key: request.POST.getlist(key) for key in request.POST}
    sent.pop("csrfmiddlewaretoken", None)
    sent["files"] = sorted((file.name, file.size) for file in request.FILES.values())
    return sent


def refuse(request: HttpRequest, refusal: DomainError) -> None:
    """Show a refusal as a message."""
    messages.error(request, refusal.message)
