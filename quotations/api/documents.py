"""Quotations over HTTP."""

from typing import Any, Literal

from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import Query, Router

from accounts.requests import AuthedRequest
from customers.models import Contact, Customer
from erp.core.api import (
    ERRORS,
    ProblemOut,
    change,
    field_problem,
    newest_first,
    required_version,
    seen_version,
    stale_problem,
    with_etag,
)
from erp.core.errors import StaleVersionError
from erp.core.policy import allowed, authorize
from products.models import Product
from quotations import services
from quotations.api.schemas import (
    COST,
    HeadIn,
    LineIn,
    OutcomeIn,
    QuotationChange,
    QuotationFilter,
    QuotationIn,
    QuotationOut,
    QuotationPage,
    StepIn,
    head_json,
    quotation_json,
)
from quotations.models import Quotation
from quotations.printing import quotation_pdf
from quotations.services import Outcome
from quotations.steps import STEPS, Step

router = Router(tags=["quotations"])


def customer_of(request: AuthedRequest, customer_id: int) -> Customer:
    """Return a customer of the user's; hidden and missing ones are the same wrong value."""
    rows = Customer.objects.visible_to(request.user).active()
    customer = rows.filter(pk=customer_id).first()
    if customer is None:
        raise field_problem("customer_id", "unknown_customer", _("There is no such customer."))
    return customer


def _check_products(request: AuthedRequest, lines: list[LineIn]) -> None:
    """Refuse products that are hidden, archived or missing, naming the first such line."""
    ids = {line.product_id for line in lines}
    rows = Product.objects.visible_to(request.user).active().filter(pk__in=ids)
    known = set(rows.values_list("pk", flat=True))
    for number, line in enumerate(lines, 1):
        if line.product_id not in known:
            field = f"lines[{number}].product_id"
            raise field_problem(field, "unknown_product", _("There is no such product."))


def _check_head(request: AuthedRequest, sent: HeadIn) -> None:
    """Refuse a contact the user may not see as one that is missing."""
    contact = sent.contact_id
    if contact is None:
        return
    if not Contact.objects.visible_to(request.user).filter(pk=contact).exists():
        raise field_problem("contact_id", "unknown_contact", _("There is no such contact."))


@router.get("", response={200: QuotationPage, **ERRORS}, summary="Quotations, newest first")
def list_quotations(request: AuthedRequest, sought: Query[QuotationFilter]) -> dict[str, Any]:
    authorize(request.user, "quotations.view_quotation")
    rows = Quotation.objects.visible_to(request.user).select_related("owner")
    if sought.status:
        rows = rows.filter(status=sought.status)
    if sought.customer_id:
        rows = rows.filter(customer=sought.customer_id)
    found, following = newest_first(rows, cursor=sought.cursor, limit=sought.limit)
    sees_cost = allowed(request.user, COST)
    items = [head_json(row, sees_cost=sees_cost) for row in found]
    return {"items": items, "next": following}


@router.post("", response={201: QuotationOut, **ERRORS}, summary="Draft a quotation")
def create_quotation(request: AuthedRequest, sent: QuotationIn) -> HttpResponse:
    """Without `unit_price` a line gets the last price to this customer, or the list price."""
    authorize(request.user, "quotations.add_quotation")
    customer = customer_of(request, sent.customer_id)
    _check_products(request, sent.lines)
    _check_head(request, sent)

    def effect() -> tuple[int, dict[str, Any]]:
        lines = [line.entered() for line in sent.lines]
        head = sent.head()
        made = services.create_quotation(customer.pk, lines, head=head, by=request.user)
        return 201, quotation_json(made, request.user)

    return change(request, "quotation.create", effect, body=sent.model_dump(mode="json"))


def _quotation(request: AuthedRequest, right: str, quotation_id: int) -> Quotation:
    """Return a visible quotation for an action: 403 without the right, 404 out of sight."""
    authorize(request.user, right)
    rows = Quotation.objects.select_related("owner", "customer", "contact", "currency")
    return rows.get_visible(request.user, quotation_id)


@router.get("/{int:quotation_id}", response={200: QuotationOut, **ERRORS}, summary="One quotation")
def get_quotation(
    request: AuthedRequest, response: HttpResponse, quotation_id: int
) -> dict[str, Any]:
    """The ETag is the version that `PATCH` takes as `If-Match`."""
    quotation = _quotation(request, "quotations.view_quotation", quotation_id)
    with_etag(response, quotation.version)
    return quotation_json(quotation, request.user)


@router.patch(
    "/{int:quotation_id}",
    response={200: QuotationOut, 428: ProblemOut, **ERRORS},
    summary="Change a draft: its head, its lines or both",
)
def change_quotation(
    request: AuthedRequest, quotation_id: int, sent: QuotationChange
) -> HttpResponse:
    """`lines` replaces all lines; one that names its `id` stays that line.

    `If-Match` or `version` says which version was seen; if it moved on, 409 `stale_version` with
    the `differences` between what was sent and what is stored.
    """
    quotation = _quotation(request, "quotations.change_quotation", quotation_id)
    version = required_version(request, sent.version)
    _check_products(request, sent.lines or [])
    _check_head(request, sent)

    def effect() -> tuple[int, dict[str, Any]]:
        made = services.change_quotation(
            quotation.pk,
            lines=[line.entered() for line in sent.lines] if sent.lines else None,
            head=sent.head(),
            version=version,
            by=request.user,
        )
        return 200, quotation_json(made, request.user)

    body = [version, sent.model_dump(mode="json")]
    try:
        return change(request, "quotation.change", effect, object_id=quotation.pk, body=body)
    except StaleVersionError as refusal:
        raise _stale(request, quotation.pk, sent, refusal) from refusal


def _stale(
    request: AuthedRequest, quotation_id: int, sent: QuotationChange, refusal: StaleVersionError
) -> Exception:
    """Return the problem that tells each field sent which differs from what is stored now."""
    now = quotation_json(
        _quotation(request, "quotations.change_quotation", quotation_id), request.user
    )
    told = sent.model_dump(mode="json", exclude_unset=True)
    told.pop("version", None)
    lines = told.pop("lines", None) or []
    by_id = {line["id"]: line for line in now["lines"]}
    stored = dict(now)
    for number, line in enumerate(lines, 1):
        known = by_id.get(line.pop("id", None), {})
        known = known | {"product_id": known.get("product", {}).get("id")}
        for name, value in line.items():
            field = f"lines[{number}].{name}"
            told[field] = value
            stored[field] = known.get("raw" if name == "partner_wording" else name)
    return stale_problem(refusal, stored=stored, sent=told)


# --- the quotation's way ---------------------------------------------------------------------


def _add_step(step: Step) -> None:
    """Offer a step; the one that makes another quotation answers with that."""

    def run(request: AuthedRequest, quotation_id: int, sent: StepIn | None) -> HttpResponse:
        quotation = _quotation(request, step.right, quotation_id)
        version = seen_version(request, sent.version if sent else None)
        more: dict[str, Any] = {"reason": sent.reason if sent else ""}
        if isinstance(sent, OutcomeIn):
            more["outcome"] = Outcome(
                sent.reason_id, sent.reason, sent.competitor, sent.competitor_price
            )

        def effect() -> tuple[int, dict[str, Any]]:
            moved = step.take(quotation.pk, by=request.user, version=version, **more)
            return 200 if moved.pk == quotation.pk else 201, quotation_json(moved, request.user)

        body = [version, sent.model_dump(mode="json") if sent else None]
        return change(request, f"quotation.{step.name}", effect, object_id=quotation.pk, body=body)

    def take(request: AuthedRequest, quotation_id: int, sent: StepIn | None = None) -> HttpResponse:
        return run(request, quotation_id, sent)

    def decide(
        request: AuthedRequest, quotation_id: int, sent: OutcomeIn | None = None
    ) -> HttpResponse:
        return run(request, quotation_id, sent)

    router.post(
        f"/{{int:quotation_id}}/{step.name}",
        response={200: QuotationOut, 201: QuotationOut, **ERRORS},
        operation_id=f"quotation_{step.name}".replace("-", "_"),
        summary=(step.service.__doc__ or step.name).strip().partition("\n")[0],
    )(decide if step.takes_outcome else take)


for _step in STEPS.values():
    _add_step(_step)


@router.get(
    "/{int:quotation_id}/pdf",
    summary="The quotation as PDF",
    openapi_extra={"responses": {200: {"content": {"application/pdf": {}}}}},
)
def get_pdf(
    request: AuthedRequest, quotation_id: int, language: Literal["zh-hans", "en"] | None = None
) -> HttpResponse:
    quotation = _quotation(request, "quotations.view_quotation", quotation_id)
    name, content = quotation_pdf(quotation, language=language, by=request.user)
    return HttpResponse(
        content,
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
