"""Customers and suppliers over HTTP: looking them up, entering and changing them."""

from decimal import Decimal
from typing import Annotated, Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema
from pydantic import Field

from accounts.models import User
from accounts.requests import AuthedRequest
from customers import services
from customers.models import Customer, Partner, Supplier
from erp.core.api import (
    ERRORS,
    DecimalText,
    Id,
    Input,
    Limit,
    ProblemOut,
    Version,
    change,
    field_problem,
    invalid,
    newest_first,
    required_version,
    stale_problem,
    with_etag,
)
from erp.core.errors import StaleVersionError
from erp.core.models import Currency, PaymentTerm
from erp.core.money import MAX_AMOUNT
from erp.core.periods import company
from erp.core.policy import authorize

customers = Router(tags=["customers"])
suppliers = Router(tags=["suppliers"])

# Fields that take a right of their own; {} is the model's name.
_GUARDED = {
    "blocked_reason": "customers.block_{}",
    "shares_tax_id": "customers.share_tax_id_{}",
    "credit_limit": "customers.grant_credit_{}",
    "owner_id": "customers.view_all_{}",
}
Text = Annotated[str, Field(max_length=120)]
Amount = Annotated[Decimal, Field(ge=0, le=MAX_AMOUNT, decimal_places=2)]


class PartnerOut(Schema):
    id: int
    code: str
    name: str
    short_name: str
    tax_id: str
    phone: str
    email: str
    currency: str
    price_includes_tax: bool
    payment_term: str | None
    cut_off_day: int | None
    blocked: bool
    blocked_reason: str
    archived: bool
    owner: str
    version: int


class CustomerOut(PartnerOut):
    kind: str
    credit_limit: DecimalText | None


class SupplierOut(PartnerOut):
    lead_time_days: int | None


class CustomerPage(Schema):
    items: list[CustomerOut]
    next: str | None


class SupplierPage(Schema):
    items: list[SupplierOut]
    next: str | None


class PartnerFilter(Schema):
    q: str = ""
    limit: Limit = 50
    cursor: str = ""


class PartnerChange(Input):
    """The fields to change; ``similar_confirmed`` says that a likeness is another firm."""

    version: Version | None = None
    similar_confirmed: bool = False
    name: Annotated[Text, Field(min_length=1)] | None = None
    short_name: Annotated[str, Field(max_length=40)] | None = None
    tax_id: Annotated[str, Field(max_length=40)] | None = None
    shares_tax_id: bool | None = None
    phone: Annotated[str, Field(max_length=40)] | None = None
    email: Annotated[str, Field(max_length=254)] | None = None
    currency: Annotated[str, Field(max_length=3)] | None = None
    price_includes_tax: bool | None = None
    payment_term: Annotated[str, Field(max_length=20)] | None = None
    cut_off_day: Annotated[int, Field(ge=1, le=31)] | None = None
    blocked_reason: Annotated[str, Field(max_length=200)] | None = None
    notes: Annotated[str, Field(max_length=10_000)] | None = None
    owner_id: Id | None = None

    def values(self) -> dict[str, Any]:
        """Return what was sent; null empties only what may be empty."""
        sent = self.model_dump(exclude_unset=True, exclude={"version", "similar_confirmed"})
        for name in sorted(sent.keys() - _EMPTIED_BY_NULL):
            if sent[name] is None:
                raise field_problem(name, "null", _("This field cannot be null."))
        return sent


_EMPTIED_BY_NULL = {"payment_term", "cut_off_day", "credit_limit", "lead_time_days"}


class CustomerChange(PartnerChange):
    kind: Customer.Kind | None = None
    credit_limit: Amount | None = None


class SupplierChange(PartnerChange):
    lead_time_days: Annotated[int, Field(ge=0, le=3650)] | None = None


class CustomerIn(CustomerChange):
    name: Annotated[Text, Field(min_length=1)]
    code: Annotated[str, Field(max_length=20)] = ""


class SupplierIn(SupplierChange):
    name: Annotated[Text, Field(min_length=1)]
    code: Annotated[str, Field(max_length=20)] = ""


def partner_json(partner: Partner) -> dict[str, Any]:
    return {
        "id": partner.pk,
        "code": partner.code,
        "name": partner.name,
        "short_name": partner.short_name,
        "tax_id": partner.tax_id,
        "phone": partner.phone,
        "email": partner.email,
        "currency": partner.currency_id,
        "price_includes_tax": partner.price_includes_tax,
        "payment_term": partner.payment_term_id,
        "cut_off_day": partner.cut_off_day,
        "blocked": partner.is_blocked,
        "blocked_reason": partner.blocked_reason,
        "archived": partner.archived_at is not None,
        "owner": str(partner.owner),
        "version": partner.version,
    }


def customer_json(customer: Customer) -> dict[str, Any]:
    limit = customer.credit_limit
    return {
        **partner_json(customer),
        "kind": customer.kind,
        "credit_limit": None if limit is None else f"{limit:.2f}",
    }


def supplier_json(supplier: Supplier) -> dict[str, Any]:
    return {**partner_json(supplier), "lead_time_days": supplier.lead_time_days}


# --- reading -------------------------------------------------------------------------------------


def _page(rows: Any, sought: PartnerFilter) -> tuple[list[Any], str | None]:
    rows = rows.active().select_related("owner")
    if sought.q.strip():
        rows = rows.named(sought.q[:100])
    return newest_first(rows, cursor=sought.cursor, limit=sought.limit)


@customers.get("", response=CustomerPage, summary="Customers you may see, newest first")
def list_customers(request: HttpRequest, sought: Query[PartnerFilter]) -> dict[str, Any]:
    authorize(request.user, "customers.view_customer")
    found, following = _page(Customer.objects.visible_to(request.user), sought)
    return {"items": [customer_json(row) for row in found], "next": following}


@suppliers.get("", response=SupplierPage, summary="Suppliers you may see, newest first")
def list_suppliers(request: HttpRequest, sought: Query[PartnerFilter]) -> dict[str, Any]:
    authorize(request.user, "customers.view_supplier")
    found, following = _page(Supplier.objects.visible_to(request.user), sought)
    return {"items": [supplier_json(row) for row in found], "next": following}


@customers.get("/{int:customer_id}", response={200: CustomerOut, **ERRORS}, summary="One customer")
def get_customer(request: HttpRequest, response: HttpResponse, customer_id: int) -> dict[str, Any]:
    authorize(request.user, "customers.view_customer")
    customer = Customer.objects.get_visible(request.user, customer_id)
    with_etag(response, customer.version)
    return customer_json(customer)


@suppliers.get("/{int:supplier_id}", response={200: SupplierOut, **ERRORS}, summary="One supplier")
def get_supplier(request: HttpRequest, response: HttpResponse, supplier_id: int) -> dict[str, Any]:
    authorize(request.user, "customers.view_supplier")
    supplier = Supplier.objects.get_visible(request.user, supplier_id)
    with_etag(response, supplier.version)
    return supplier_json(supplier)


# --- changing ------------------------------------------------------------------------------------


def _checked(model: type[Partner], request: AuthedRequest, sent: PartnerChange) -> dict[str, Any]:
    """Return the values sent as the model names them; refuse what takes a right the user lacks."""
    values = sent.values()
    for name, right in _GUARDED.items():
        if name in values:
            authorize(request.user, right.format(model._meta.model_name))
    for name, table in (("currency", Currency), ("payment_term", PaymentTerm)):
        if name in values:
            key = values.pop(name)
            if key is not None and not table.objects.filter(pk=key).exists():
                raise field_problem(name, "unknown", _("There is no such entry."))
            values[f"{name}_id"] = key
    owner = values.get("owner_id")
    if (
        owner is not None
        and not User.objects.visible_to(request.user).filter(pk=owner, is_active=True).exists()
    ):
        raise field_problem("owner_id", "unknown", _("There is no such employee."))
    return values


def _create(
    model: Any, request: AuthedRequest, body: CustomerIn | SupplierIn, shown: Any
) -> HttpResponse:
    name = model._meta.model_name
    authorize(request.user, f"customers.add_{name}")
    values = _checked(model, request, body)
    values.setdefault("currency_id", company().currency_id)

    def effect() -> tuple[int, dict[str, Any]]:
        partner = services.create_partner(
            model, values, by=request.user, similar_confirmed=body.similar_confirmed
        )
        return 201, shown(partner)

    return _answer(request, f"{name}.create", effect, body=body.model_dump())


def _change(
    model: Any, request: AuthedRequest, pk: int, body: PartnerChange, shown: Any
) -> HttpResponse:
    name = model._meta.model_name
    authorize(request.user, f"customers.change_{name}")
    model.objects.get_visible(request.user, pk)
    version = required_version(request, body.version)
    values = _checked(model, request, body)

    def effect() -> tuple[int, dict[str, Any]]:
        partner = services.change_partner(
            model,
            pk,
            values,
            version=version,
            by=request.user,
            similar_confirmed=body.similar_confirmed,
        )
        return 200, shown(partner)

    try:
        return _answer(request, f"{name}.change", effect, object_id=pk, body=body.model_dump())
    except StaleVersionError as refusal:
        sent = body.model_dump(
            mode="json", exclude_unset=True, exclude={"version", "similar_confirmed"}
        )
        row = model.objects.get_visible(request.user, pk)
        stored = {name: getattr(row, name, None) for name in sent} | shown(row)
        raise stale_problem(refusal, stored=stored, sent=sent) from refusal


def _answer(request: AuthedRequest, action: str, effect: Any, **more: Any) -> HttpResponse:
    try:
        return change(request, action, effect, **more)
    except ValidationError as error:
        raise invalid(error) from error


_CHANGED: Any = {428: ProblemOut, 422: ProblemOut, **ERRORS}


@customers.post("", response={201: CustomerOut, **_CHANGED}, summary="Enter a customer")
def create_customer(request: AuthedRequest, body: CustomerIn) -> HttpResponse:
    return _create(Customer, request, body, customer_json)


@suppliers.post("", response={201: SupplierOut, **_CHANGED}, summary="Enter a supplier")
def create_supplier(request: AuthedRequest, body: SupplierIn) -> HttpResponse:
    return _create(Supplier, request, body, supplier_json)


@customers.patch(
    "/{int:customer_id}", response={200: CustomerOut, **_CHANGED}, summary="Change a customer"
)
def change_customer(request: AuthedRequest, customer_id: int, body: CustomerChange) -> HttpResponse:
    return _change(Customer, request, customer_id, body, customer_json)


@suppliers.patch(
    "/{int:supplier_id}", response={200: SupplierOut, **_CHANGED}, summary="Change a supplier"
)
def change_supplier(request: AuthedRequest, supplier_id: int, body: SupplierChange) -> HttpResponse:
    return _change(Supplier, request, supplier_id, body, supplier_json)
