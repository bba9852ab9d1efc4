"""What the routers of documents share: lines as JSON, and verbs as routes."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.http import HttpResponse
from ninja import Router, Schema
from pydantic import Field

from accounts.requests import AuthedRequest
from erp.core.api import (
    ERRORS,
    DecimalText,
    Id,
    Input,
    Quantity,
    Version,
    change,
    seen_version,
)
from erp.core.documents import Document, Line
from erp.core.money import plain


class ProductRef(Schema):
    id: int
    brand: str
    designation: str


class DocumentLineOut(Schema):
    id: int
    line_no: int
    product: ProductRef
    wording: str
    quantity: DecimalText
    unit: str
    unit_price: DecimalText
    price_includes_tax: bool
    tax_rate: DecimalText
    net: DecimalText
    tax: DecimalText
    gross: DecimalText


class VerbIn(Input):
    """The version a decision was made on, and why."""

    version: Version | None = None
    reason: str = Field("", max_length=200)


class LineQuantity(Input):
    line_id: Id
    quantity: Quantity


def quantities_of(lines: list[LineQuantity] | None) -> dict[int, Decimal] | None:
    return None if lines is None else {line.line_id: line.quantity for line in lines}


def line_json(line: Line) -> dict[str, Any]:
    row: Any = line
    return {
        "id": row.pk,
        "line_no": row.line_no,
        "product": {
            "id": row.product_id,
            "brand": row.brand_name,
            "designation": row.designation,
        },
        "wording": row.partner_wording,
        "quantity": plain(row.quantity),
        "unit": row.unit_id,
        "unit_price": plain(row.unit_price),
        "price_includes_tax": row.price_includes_tax,
        "tax_rate": plain(row.tax_rate),
        "net": f"{row.net_amount:.2f}",
        "tax": f"{row.tax_amount:.2f}",
        "gross": f"{row.gross_amount:.2f}",
    }


def head_json(document: Document) -> dict[str, Any]:
    row: Any = document
    return {
        "id": row.pk,
        "ref": row.ref,
        "number": row.number,
        "status": row.status,
        "version": row.version,
        "customer_id": row.customer_id,
        "owner": row.owner.username,
        "currency": row.currency_id,
        "dated_on": row.dated_on.isoformat(),
        "warehouse_id": row.warehouse_id,
        "partner_reference": row.partner_reference,
        "net": f"{row.net_total:.2f}",
        "tax": f"{row.tax_total:.2f}",
        "gross": f"{row.gross_total:.2f}",
    }


@dataclass(frozen=True, slots=True)
class Verb:
    """A change of one document that takes a version and perhaps a reason."""

    name: str
    right: str
    service: Callable[..., Any]
    takes_reason: bool = False


def add_verb(
    router: Router,
    kind: str,
    verb: Verb,
    *,
    find: Callable[[AuthedRequest, str, int], Any],
    answer: Callable[[Any], dict[str, Any]],
    shape: type[Schema],
) -> None:
    """Give a router ``POST /{id}/<verb>``."""

    def take(request: AuthedRequest, document_id: int, sent: VerbIn | None = None) -> HttpResponse:
        document = find(request, verb.right, document_id)
        sent = sent or VerbIn(reason="")
        version = seen_version(request, sent.version)
        more: dict[str, Any] = {"reason": sent.reason} if verb.takes_reason else {}

        def effect() -> tuple[int, dict[str, Any]]:
            return 200, answer(verb.service(document.pk, version=version, by=request.user, **more))

        body = [version, sent.reason]
        return change(request, f"{kind}.{verb.name}", effect, object_id=document.pk, body=body)

    router.post(
        f"/{{int:document_id}}/{verb.name}",
        response={200: shape, **ERRORS},
        operation_id=f"{kind}_{verb.name}".replace("-", "_"),
        summary=(verb.service.__doc__ or verb.name).strip().partition("\n")[0],
    )(take)
