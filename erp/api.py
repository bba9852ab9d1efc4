"""The HTTP API: its routers, who may come in, and what errors look like."""
# ruff: noqa: ARG001, ARG002 (handlers take what the library hands them)

import functools
import logging
from collections.abc import Callable
from typing import Any

from csp.constants import SELF, UNSAFE_INLINE
from csp.decorators import csp_replace
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db import IntegrityError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.http.multipartparser import MultiPartParserError
from django.utils.translation import gettext as _
from ninja import NinjaAPI, Swagger
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema
from ninja.security import APIKeyCookie
from ninja.security.base import AuthBase
from ninja.utils import check_csrf

from accounts.signatures import is_signed, signed_client
from customers.api import customers, suppliers
from erp.core import limits
from erp.core.api import Problem, StrictParser, domain_problem
from erp.core.errors import DomainError
from erp.core.middleware import throttled
from erp.core.service import is_retryable
from erp.parts.api import router as parts
from inventory.api import router as products
from inventory.api_documents import router as stock_documents
from inventory.api_stock import router as stock
from orders.api import router as orders
from orders.api_copies import router as copies_of_orders
from products.api import router as interchanges
from quotations.api import enquiries, quotations, rfqs

logger = logging.getLogger(__name__)


class SessionAuth(APIKeyCookie):
    """The browser's session; a change also needs the CSRF token."""

    param_name = "sessionid"

    def __call__(self, request: HttpRequest) -> Any:
        user = request.user
        if not user.is_authenticated:
            return None
        if check_csrf(request):
            raise Problem(403, "csrf_failed", _("The CSRF token is missing or wrong."))
        return user

    def authenticate(self, request: HttpRequest, key: str | None) -> Any:
        return request.user


class SignatureAuth(AuthBase):
    """A program's signature (RFC 9421); it acts as its employee and needs no CSRF token."""

    openapi_type = "http"
    openapi_scheme = "signature"

    def __call__(self, request: HttpRequest) -> Any:
        if not is_signed(request):
            return None
        client = signed_client(request)
        exceeded = limits.count(request, f"program:{client.pk}")
        if exceeded:
            raise throttled(exceeded)
        request.api_client, request.user = client, client.user  # type: ignore[attr-defined]
        return client.user


def _docs_page(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Show the documentation to signed-in users, from local files alone."""

    @functools.wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            return view(request, *args, **kwargs)
        if request.path.endswith(".json"):
            return _anonymous()
        return redirect_to_login(request.get_full_path())

    # Swagger sets style attributes; it needs neither eval nor inline scripts.
    policy: Any = csp_replace({"script-src": [SELF], "style-src": [SELF, UNSAFE_INLINE]})
    decorated: Callable[..., HttpResponseBase] = policy(guarded)
    return decorated


class Api(NinjaAPI):
    """Describes itself once: the operations of a running process do not change."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._described: dict[str, OpenAPISchema] = {}
        super().__init__(*args, **kwargs)

    def get_openapi_schema(
        self, *, path_prefix: str | None = None, path_params: dict[str, Any] | None = None
    ) -> OpenAPISchema:
        prefix = self.get_root_path(path_params or {}) if path_prefix is None else path_prefix
        if prefix not in self._described:
            self._described[prefix] = super().get_openapi_schema(path_prefix=prefix)
        return self._described[prefix]


api = Api(
    title="Parts trading",
    version="1.0.0",
    description="Decimals are strings, times are UTC. Errors are application/problem+json.",
    urls_namespace="api-1",
    auth=[SignatureAuth(), SessionAuth()],  # a signature that is wrong is never overlooked
    parser=StrictParser(),
    docs=Swagger(settings={"persistAuthorization": False, "validatorUrl": None}),
    docs_decorator=_docs_page,
)
for prefix, router in (
    ("/customers", customers),
    ("/suppliers", suppliers),
    ("/products", products),
    ("/products", interchanges),
    ("/products", parts),
    ("", stock),
    ("/enquiries", enquiries),
    ("/quotations", quotations),
    ("/rfqs", rfqs),
    ("", orders),
    ("", stock_documents),
    ("", copies_of_orders),
):
    api.add_router(prefix, router)


# --- errors ----------------------------------------------------------------------------------


def _anonymous() -> HttpResponse:
    response = Problem(401, "not_authenticated", _("Sign in first.")).response()
    response.headers["WWW-Authenticate"] = "Session"
    return response


@api.exception_handler(Problem)
def _problem(request: HttpRequest, problem: Problem) -> HttpResponse:
    return problem.response()


@api.exception_handler(DomainError)
def _refused(request: HttpRequest, refusal: DomainError) -> HttpResponse:
    return domain_problem(refusal).response()


@api.exception_handler(ValidationError)
def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    errors = [
        {"field": _field(one["loc"]), "code": str(one["type"]), "message": str(one["msg"])}
        for one in error.errors[:50]
    ]
    detail = _("The request has errors.")
    return Problem(400, "validation_error", detail, errors).response()


def _field(location: tuple[Any, ...]) -> str:
    """Return e.g. ``lines[1].quantity``: lines are counted from 1, as people do."""
    # The first says query, path or body; of a body the second is the operation's own name for it.
    parts = location[2:] if location[0] == "body" else location[1:]
    name = "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in parts)
    return name.lstrip(".") or "body"


@api.exception_handler(AuthenticationError)
def _not_signed_in(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    return _anonymous()


@api.exception_handler(HttpError)
def _http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    cause = error.__cause__
    if isinstance(cause, Problem):  # from the parser
        return cause.response()
    codes = {400: "bad_request", 403: "permission_denied", 404: "not_found", 429: "throttled"}
    code = codes.get(error.status_code, "http_error")
    return Problem(error.status_code, code, str(error)).response()


@api.exception_handler(PermissionDenied)
def _denied(request: HttpRequest, error: PermissionDenied) -> HttpResponse:
    detail = str(error) or _("You do not have the right to do this.")
    return Problem(403, "permission_denied", detail).response()


@api.exception_handler(Http404)
def _missing(request: HttpRequest, error: Http404) -> HttpResponse:
    return not_found(request)


@api.exception_handler(SuspiciousOperation)
@api.exception_handler(MultiPartParserError)
def _malformed(request: HttpRequest, error: Exception) -> HttpResponse:
    if isinstance(error, RequestDataTooBig):
        return Problem(413, "too_large", _("The body is too large.")).response()
    return Problem(400, "bad_request", _("The request cannot be read.")).response()


@api.exception_handler(Exception)
def _failed(request: HttpRequest, error: Exception) -> HttpResponse:
    if isinstance(error, OperationalError) and is_retryable(error):
        return Problem(503, "busy", _("The database is busy; try again.")).response()
    if isinstance(error, IntegrityError):
        logger.warning("%s %s", request.method, request.path, exc_info=error)
        text = _("Somebody else entered or changed the same in this moment; look again.")
        return Problem(409, "conflict", text).response()
    logger.error("%s %s", request.method, request.path, exc_info=error)
    return Problem(500, "internal_error", _("Something went wrong on our side.")).response()


def not_found(request: HttpRequest, rest: str = "") -> HttpResponse:
    """Answer for what is not there, and for what the user may not see."""
    return Problem(404, "not_found", _("There is nothing here.")).response()
