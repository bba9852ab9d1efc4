"""What every router of the HTTP API shares: errors, parsing, paging, versions, idempotency.

Errors are ``application/problem+json`` with a stable ``code``. Whatever a body holds, the answer is
4xx and never a traceback.
"""

import base64
import binascii
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any, TypeVar

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from ninja import Schema
from ninja.parser import Parser
from pydantic import ConfigDict, Field

from erp.core import refused_files
from erp.core.effects import Effect, apply_once
from erp.core.errors import DomainError, StaleVersionError
from erp.core.money import MAX_QUANTITY, MAX_UNIT_PRICE
from erp.core.policy import ScopedQuerySet

M = TypeVar("M", bound=models.Model)

MAX_LIMIT = 200
_LONGEST_NUMBER = 40  # characters; no column holds more
_LONGEST_JSON = 10 * 1024 * 1024

Limit = Annotated[int, Field(ge=1, le=MAX_LIMIT)]
Id = Annotated[int, Field(ge=1, lt=2**63)]
Version = Annotated[int, Field(ge=1, lt=2**31)]
Quantity = Annotated[Decimal, Field(gt=0, le=MAX_QUANTITY, decimal_places=3)]
UnitPrice = Annotated[Decimal, Field(ge=0, le=MAX_UNIT_PRICE, decimal_places=6)]
Millimetres = Annotated[Decimal, Field(ge=0, le=100_000, decimal_places=3)]
# Out: decimals are strings without exponent.
DecimalText = Annotated[str, Field(pattern=r"^-?[0-9]+(\.[0-9]+)?$", examples=["12.5"])]
DateText = Annotated[str, Field(json_schema_extra={"format": "date"})]
TimeText = Annotated[str, Field(json_schema_extra={"format": "date-time"})]


def utc(moment: datetime) -> str:
    """Return a time as the API writes it: 2026-11-22T08:15:00Z."""
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


class Problem(Exception):  # noqa: N818 (RFC 9457's own word)
    """An answer other than success, raised anywhere in an operation."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        errors: Sequence[dict[str, str]] = (),
        candidates: Sequence[dict[str, Any]] = (),
        differences: Sequence[dict[str, Any]] = (),
        more: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status, self.code, self.detail, self.errors = status, code, detail, errors
        self.candidates, self.differences = candidates, differences
        self.more, self.headers = more or {}, headers or {}

    def response(self) -> HttpResponse:
        body: dict[str, Any] = {
            "type": "about:blank",
            "title": HttpResponse(status=self.status).reason_phrase,
            "status": self.status,
            "code": self.code,
            "detail": self.detail,
        }
        if self.errors:
            body["errors"] = list(self.errors)
        if self.candidates:
            body["candidates"] = list(self.candidates)
        if self.differences:
            body["differences"] = list(self.differences)
        body.update(self.more)
        return JsonResponse(
            body,
            status=self.status,
            content_type="application/problem+json",
            headers=dict(self.headers),
        )


def field_problem(field: str, code: str, message: str) -> Problem:
    """Return the problem of one wrong field."""
    error = {"field": field, "code": code, "message": message}
    return Problem(400, "validation_error", message, [error])


# A rule that refuses is a conflict with the state of things, but for these.
_STATUS_OF_CODE = {
    "not_found": 404,
    "foreign_warehouse": 403,
    "bad_idempotency_key": 400,
    "idempotency_key_reused": 422,
    "no_text": 400,
    **refused_files.STATUSES,
    "bad_tax_id": 400,
    "pdf_unavailable": 503,
}


def invalid(error: ValidationError) -> Problem:
    """Return the problem of fields a model refused."""
    errors = [
        {
            "field": "" if name == NON_FIELD_ERRORS else name,
            "code": one.code or "invalid",
            "message": text,
        }
        for name, wrong in error.error_dict.items()
        for one in wrong
        for text in one.messages
    ]
    return Problem(400, "validation_error", errors[0]["message"], errors)


def domain_problem(refusal: DomainError) -> Problem:
    errors = []
    if refusal.field:
        errors = [{"field": refusal.field, "code": refusal.code, "message": refusal.message}]
    status = _STATUS_OF_CODE.get(refusal.code, 409)
    return Problem(status, refusal.code, refusal.message, errors, refusal.details)


def stale_problem(
    refusal: StaleVersionError, *, stored: Mapping[str, Any], sent: Mapping[str, Any]
) -> Problem:
    """Return the problem of a stale version: each field sent that differs from what is stored."""
    told = [
        {"field": name, "stored": stored.get(name), "sent": value}
        for name, value in sent.items()
        if value != stored.get(name)
    ]
    return Problem(409, refusal.code, refusal.message, differences=told)


class ProblemOut(Schema):
    """RFC 9457; ``code`` is stable, ``errors`` names fields, ``differences`` of a stale version."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    errors: list[dict[str, str]] = []
    candidates: list[dict[str, Any]] = []
    differences: list[dict[str, Any]] = []


ERRORS = dict.fromkeys((400, 401, 403, 404, 409), ProblemOut)


class Input(Schema):
    """A body: unknown fields are refused, so that a misspelled one is not lost."""

    model_config = ConfigDict(extra="forbid")


# --- reading bodies --------------------------------------------------------------------------


class StrictParser(Parser):
    """JSON as the standard has it: UTF-8, no NaN, no duplicate keys, numbers exact."""

    def parse_body(self, request: HttpRequest) -> Any:
        if request.content_type != "application/json":
            raise Problem(415, "unsupported_media_type", "Send application/json.")
        return parse_json(request.body)

    def parse_querydict(
        self, data: MultiValueDict[str, Any], list_fields: list[str], request: HttpRequest
    ) -> dict[str, Any]:
        for name in data:
            values = data.getlist(name)
            if len(values) > 1 and name not in list_fields:
                raise field_problem(name, "repeated", "This parameter may be given once.")
            _check_text(name, *(value for value in values if isinstance(value, str)))
        parsed: dict[str, Any] = super().parse_querydict(data, list_fields, request)
        return parsed


def parse_json(body: bytes) -> Any:
    """Return the value of a JSON text. Raises Problem 400 malformed_json or 413."""
    if len(body) > _LONGEST_JSON:
        raise Problem(413, "too_large", "The body is too large.")
    try:
        value = json.loads(
            body.decode(),
            parse_float=_number(Decimal),
            parse_int=_number(int),
            parse_constant=_no_constant,
            object_pairs_hook=_object,
        )
        _check_text(*_texts(value))
    except (ValueError, ArithmeticError, RecursionError) as error:
        raise Problem(400, "malformed_json", "The body is not valid JSON.") from error
    return value


def _number(make: Callable[[str], Any]) -> Callable[[str], Any]:
    def read(text: str) -> Any:
        if len(text) > _LONGEST_NUMBER:
            raise ValueError("number too long")
        return make(text)

    return read


def _no_constant(name: str) -> Any:
    raise ValueError(name)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("duplicate key")
    return found


def _texts(value: Any) -> Iterator[str]:
    """Yield every string in a JSON value, keys too."""
    rest = [value]
    while rest:
        one = rest.pop()
        if isinstance(one, str):
            yield one
        elif isinstance(one, dict):
            rest.extend(one.keys())
            rest.extend(one.values())
        elif isinstance(one, list):
            rest.extend(one)


def _check_text(*texts: str) -> None:
    """Refuse what no database column takes: NUL and halves of surrogate pairs."""
    for text in texts:
        if "\x00" in text or any("\ud800" <= sign <= "\udfff" for sign in text):
            raise Problem(400, "bad_text", "Text may not contain NUL or lone surrogates.")


# --- paging ----------------------------------------------------------------------------------


def encode_cursor(value: int) -> str:
    return base64.urlsafe_b64encode(str(value).encode()).decode().rstrip("=")


def decode_cursor(cursor: str) -> int:
    """Return what ``encode_cursor`` was given; 0 for an empty cursor."""
    if not cursor:
        return 0
    try:
        text = base64.urlsafe_b64decode(cursor.encode() + b"=" * (-len(cursor) % 4)).decode()
        if text.isascii() and text.isdigit() and len(text) < _LONGEST_NUMBER // 2 - 1:
            return int(text)
    except (ValueError, binascii.Error):
        pass
    raise field_problem("cursor", "bad_cursor", "This cursor was not given by us.")


def encode_place(values: Sequence[Any]) -> str:
    """Return where in an order by some columns a row stands, for ``decode_place``."""
    text = json.dumps([None if value is None else str(value) for value in values])
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode_place(cursor: str, model: type[models.Model], order: Sequence[str]) -> list[Any]:
    """Return the values of these columns at the end of the page before."""
    try:
        text = base64.urlsafe_b64decode(cursor.encode() + b"=" * (-len(cursor) % 4))
        values = json.loads(text)
        if isinstance(values, list) and len(values) == len(order):
            return [_at(model, *pair) for pair in zip(order, values, strict=True)]
    except (ValueError, RecursionError, ValidationError):
        pass
    raise field_problem("cursor", "bad_cursor", "This cursor was not given by us.")


def _at(model: type[models.Model], column: str, value: Any) -> Any:
    """Return a value of this column as one may ask for it; ValueError or ValidationError if bad."""
    field: Any = model._meta.get_field(column.removesuffix("_id"))
    if value is None and field.null:
        return None
    if not isinstance(value, str) or len(value) > _LONGEST_NUMBER * 2 or "\x00" in value:
        raise ValueError(column)
    known = field.target_field.to_python(value) if field.is_relation else field.to_python(value)
    if isinstance(known, int) and not 0 <= known < 2**63:
        raise ValueError(column)
    if isinstance(known, Decimal) and not (known.is_finite() and abs(known) < 10**10):
        raise ValueError(column)
    return known


def newest_first(rows: ScopedQuerySet[M], *, cursor: str, limit: int) -> tuple[list[M], str | None]:
    """Return one page by falling id and the cursor of the next, or None at the end."""
    before = decode_cursor(cursor)
    rows = rows.order_by("-pk")
    found = list((rows.filter(pk__lt=before) if before else rows)[: limit + 1])
    more = len(found) > limit
    return found[:limit], encode_cursor(found[limit - 1].pk) if more else None


# --- changes ---------------------------------------------------------------------------------


def change(
    request: Any, action: str, effect: Effect, *, object_id: int | str = "", body: Any = None
) -> HttpResponse:
    """Answer a change; with an ``Idempotency-Key`` the effect happens once and is replayed.

    A program sends one with every POST: it is the only way to try again what may have happened.
    """
    key = request.headers.get("Idempotency-Key")
    program = getattr(request, "api_client", None)
    if key is None:
        if program is not None and request.method == "POST":
            detail = _("Send an Idempotency-Key with this request.")
            raise Problem(400, "idempotency_key_required", detail)
        status, answer = effect()
        return JsonResponse(answer, status=status)
    status, answer, replayed = apply_once(
        f"api.{action}",
        effect,
        object_id=object_id,
        by=request.user,
        key=key,
        body=body,
        client=f"api_client:{program.pk}" if program else "",
    )
    response = JsonResponse(answer, status=status)
    if replayed:
        response.headers["Idempotency-Replayed"] = "true"
    return response


def with_etag(response: HttpResponse, version: int) -> HttpResponse:
    response.headers["ETag"] = f'"{version}"'
    return response


def seen_version(request: HttpRequest, in_body: int | None) -> int | None:
    """Return the version a change was decided on: ``If-Match``, or ``version`` of the body."""
    header = request.headers.get("If-Match", "").strip()
    if not header:
        return in_body
    number = header.removeprefix("W/").strip('"')
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        raise Problem(400, "bad_if_match", "If-Match takes the ETag of the document.")
    if in_body is not None and in_body != int(number):
        raise Problem(400, "bad_if_match", "If-Match and version differ.")
    return int(number)


def required_version(request: HttpRequest, in_body: int | None) -> int:
    """Return the version seen; Problem 428 version_required without one."""
    version = seen_version(request, in_body)
    if version is None:
        raise Problem(428, "version_required", "Send If-Match or version.")
    return version
