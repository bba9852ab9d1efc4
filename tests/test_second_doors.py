"""Doors beside the page of a row: lists, typeaheads, actions, nested ids (CASES.md AZ03-AZ06).

A list, a choice, an action on ticked rows or a row named inside another's form shows and touches
what the person may see, and nothing else.
"""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.admin import site
from django.contrib.admin.utils import flatten_fieldsets
from django.db import models, transaction
from django.test import Client

from customers.models import Customer
from erp.core.policy import Scoped
from erp.core.snapshots import version_of
from orders.models import SalesOrder
from quotations.models import EnquiryLine, Quotation
from tests.factories import AuditEntryFactory
from tests.matrix.expected import ROLES, Table, tables
from tests.matrix.world import World, build

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield build()
        transaction.set_rollback(True)


OWNED = [table for table in tables() if "o" in table.may["sales"] and table.owned]


def shown(response: Any) -> set[int]:
    """Return the ids of the rows on an admin list."""
    return {row.pk for row in response.context_data["cl"].result_list}


# --- lists -----------------------------------------------------------------------------------


@pytest.mark.parametrize("table", OWNED, ids=lambda table: table.label)
def test_lists_of_the_admin_hold_own_rows_only(world: World, table: Table) -> None:
    path = f"/admin/{table.label.replace('.', '/')}/"
    mine, theirs = (world.owned[table.label][person].pk for person in ("sales", "sales2"))
    for query in ({}, {"q": str(theirs)}, {"all": ""}, {"archived": "all"}):
        response = world.clients["sales"].get(path, query)
        if response.status_code == 400:
            continue  # a filter this table has not
        assert theirs not in shown(response), query
    assert mine in shown(world.clients["sales"].get(path))


@pytest.mark.parametrize(
    ("label", "path"),
    [("quotations.quotation", "/api/v1/quotations"), ("customers.customer", "/api/v1/customers")],
)
def test_lists_of_the_api_hold_own_rows_only(world: World, label: str, path: str) -> None:
    mine, theirs = (world.owned[label][person].pk for person in ("sales", "sales2"))
    found = {item["id"] for item in world.clients["sales"].get(path).json()["items"]}
    assert mine in found
    assert theirs not in found
    everything = {item["id"] for item in world.clients["manager"].get(path).json()["items"]}
    assert {mine, theirs} <= everything


def test_pages_list_and_find_own_rows_only(world: World) -> None:
    theirs = world.owned["customers.customer"]["sales2"]
    # A browser of its own: that of the world may still have a message of another test to show.
    client = Client()
    client.force_login(world.users["sales"])
    for path, query in (
        ("/quotations/", {}),
        ("/quotations/", {"customer": theirs.code}),
        ("/enquiries/customers/", {}),
        ("/enquiries/customers/", {"q": theirs.name[:2]}),
    ):
        text = client.get(path, query).content.decode()
        assert str(theirs.pk) not in text
        assert theirs.name not in text


def test_a_filter_by_another_s_customer_finds_nothing(world: World) -> None:
    theirs = world.owned["customers.customer"]["sales2"].pk
    answer = world.clients["sales"].get("/api/v1/quotations", {"customer_id": theirs})
    assert answer.json()["items"] == []


# --- typeaheads ------------------------------------------------------------------------------


def _choices() -> list[tuple[str, str, str]]:
    """Return every foreign key of a scoped table as (app, model, field)."""
    return sorted(
        (model._meta.app_label, str(model._meta.model_name), field.name)
        for model in site._registry
        for field in model._meta.concrete_fields
        if isinstance(field, models.ForeignKey) and issubclass(field.remote_field.model, Scoped)
    )


@pytest.mark.parametrize("person", ["sales", *ROLES[1:]])
def test_typeaheads_offer_what_the_person_sees(world: World, person: str) -> None:
    client, user = world.clients[person], world.users[person]
    answered = 0
    for app, model, field in _choices():
        asked = {"app_label": app, "model_name": model, "field_name": field, "term": ""}
        response = client.get("/admin/autocomplete/", asked)
        assert response.status_code in {200, 403, 404}
        if response.status_code != 200:
            continue
        answered += 1
        source = next(m for m in site._registry if m._meta.label_lower == f"{app}.{model}")
        remote: Any = source._meta.get_field(field).related_model
        visible = remote._default_manager.visible_to(user)
        offered = [str(choice["id"]) for choice in response.json()["results"]]
        assert set(offered) <= {str(pk) for pk in visible.values_list("pk", flat=True)}, asked
    assert answered > 0 or person == "storekeeper"


def test_forms_offer_own_customers_only(world: World) -> None:
    """In the choices of a form of the admin; a typed foreign id is then a field error."""
    from django.test import RequestFactory  # noqa: PLC0415

    request = RequestFactory().get("/")
    request.user = world.users["sales"]
    for model, model_admin in site._registry.items():
        names = flatten_fieldsets(model_admin.get_fieldsets(request))
        for name in names:
            if name not in {field.name for field in model._meta.concrete_fields}:
                continue
            field = model._meta.get_field(name)
            if isinstance(field, models.ForeignKey) and field.remote_field.model is Customer:
                chosen: Any = model_admin.formfield_for_foreignkey(field, request)
                hidden = world.owned["customers.customer"]["sales2"].pk
                assert not chosen.queryset.filter(pk=hidden).exists(), model


# --- actions on ticked rows ------------------------------------------------------------------


def _post_action(client: Client, table: Table, action: str, *ids: int, across: str = "0") -> Any:
    return client.post(
        f"/admin/{table.label.replace('.', '/')}/",
        {"action": action, "_selected_action": ids, "select_across": across, "index": "0"},
    )


@pytest.mark.parametrize("across", ["0", "1"])
@pytest.mark.parametrize("table", OWNED, ids=lambda table: table.label)
def test_actions_leave_another_s_rows_alone(world: World, table: Table, across: str) -> None:
    """One foreign id among the ticked ones, and "all on every page"."""
    mine, theirs = (world.owned[table.label][person] for person in ("sales", "sales2"))
    stored = type(theirs)._default_manager.filter(pk=theirs.pk)
    before = stored.values().get()
    for action in ("delete_selected", "export_admin_action", *table.verbs):
        answer = _post_action(
            world.clients["sales"], table, action, theirs.pk, mine.pk, across=across
        )
        assert answer.status_code in {200, 302, 403}, action
        assert str(theirs) not in answer.content.decode() or str(theirs) == str(mine), action
        assert stored.values().get() == before, action


@pytest.mark.parametrize("person", ROLES)
def test_actions_need_their_right(world: World, person: str) -> None:
    """A verb that is no button for this role is no action either."""
    client = world.clients[person]
    for table in tables():
        if table.label not in world.owned or table.may[person] == "-":
            continue
        row = world.owned[table.label]["sales"]
        stored = type(row)._default_manager.filter(pk=row.pk)
        before = stored.values().get()
        for verb, roles in table.verbs.items():
            if person not in roles:
                _post_action(client, table, verb, row.pk)
                assert stored.values().get() == before, f"{person} {verb} {table.label}"


def test_a_real_deletion_of_another_s_row_is_refused(world: World) -> None:
    theirs = world.owned["customers.invoiceprofile"]["sales2"]
    path = f"/admin/customers/invoiceprofile/{theirs.pk}/delete/"
    assert world.clients["sales"].post(path, {"post": "yes"}).status_code == 302
    assert type(theirs)._default_manager.filter(pk=theirs.pk).exists()
    seen = {f"seen-{theirs.pk}": version_of(type(theirs)._default_manager.get(pk=theirs.pk))}
    assert world.clients["sales2"].post(path, {"post": "yes", **seen}).status_code == 302
    assert not type(theirs)._default_manager.filter(pk=theirs.pk).exists()


# --- ids inside something else ---------------------------------------------------------------


def test_a_line_of_another_s_enquiry_under_an_own_one(world: World) -> None:
    mine, theirs = (world.owned["quotations.enquiry"][p] for p in ("sales", "sales2"))
    line = theirs.lines.get()
    product = world.shared["products.interchange"].to_product
    path = f"/enquiries/{mine.pk}/lines/{line.pk}/"
    answer = world.clients["sales"].post(path, {"product": product.pk})
    assert answer.status_code == 404
    assert EnquiryLine.objects.get(pk=line.pk).product_id == line.product_id


@pytest.mark.parametrize("path", ["/api/v1/quotations", "/api/v1/enquiries"])
def test_another_s_customer_is_an_unknown_one(world: World, path: str) -> None:
    """The same 400 for a hidden and a missing id, and nothing of its name."""
    theirs = world.owned["customers.customer"]["sales2"]
    count = Quotation.objects.count()
    answers = []
    for customer_id in (theirs.pk, 987_654_321):
        body = {"customer_id": customer_id}
        if path.endswith("quotations"):
            body["lines"] = [{"product_id": world.shared["products.product"].pk, "quantity": "1"}]
        else:
            body["text"] = "6205 SKF 10个"
        answer = world.clients["sales"].post(path, json.dumps(body), "application/json")
        answers.append((answer.status_code, answer.json()))
    assert answers[0] == answers[1]
    assert answers[0][0] == 400
    assert answers[0][1]["code"] == "validation_error"
    assert Quotation.objects.count() == count


def test_another_s_customer_on_the_enquiry_page(world: World) -> None:
    theirs = world.owned["customers.customer"]["sales2"]
    data = {"customer": theirs.pk, "text": "6205 SKF 10个", "token": "second-door"}
    answer = world.clients["sales"].post("/enquiries/new/", data)
    assert answer.status_code == 400
    assert theirs.name not in answer.content.decode()


def test_what_a_form_does_not_have_is_not_taken(world: World) -> None:
    """A forged save: status, owner and version of an own draft stay what they are."""
    order = world.owned["orders.salesorder"]["sales"]
    stored = SalesOrder.objects.filter(pk=order.pk)
    before = stored.values("status", "owner", "customer", "number", "gross_total").get()
    forged = {
        "seen_version": order.version,
        "partner_reference": "forged",
        "notes": "",
        "status": "done",
        "owner": world.users["sales2"].pk,
        "customer": world.owned["customers.customer"]["sales2"].pk,
        "number": "SO-2026-999999",
        "gross_total": "0.01",
        "lines-TOTAL_FORMS": "0",
        "lines-INITIAL_FORMS": "0",
    }
    world.clients["sales"].post(f"/admin/orders/salesorder/{order.pk}/change/", forged)
    assert stored.values("status", "owner", "customer", "number", "gross_total").get() == before


# --- cost ------------------------------------------------------------------------------------


@pytest.mark.parametrize("person", ["storekeeper", "sales"])
def test_figures_of_cost_are_shown_to_those_who_may_see_cost(world: World, person: str) -> None:
    """In lists, pages and histories of what they may open otherwise."""
    secret = "4321.98"
    for label in ("purchaseorder", "receipt"):
        row = world.owned[f"orders.{label}"]["sales"]
        totals = {"net_total": secret, "tax_total": 0, "gross_total": secret}
        type(row)._default_manager.filter(pk=row.pk).update(**totals)
        amounts = {"net_amount": secret, "tax_amount": 0, "gross_amount": secret}
        row.lines.update(unit_price=secret, **amounts)
        AuditEntryFactory(
            object_type=f"orders.{label}",
            object_id=str(row.pk),
            changes={"gross_total": ["1.00", secret]},
        )
        for path in ("", f"{row.pk}/change/", f"{row.pk}/history/"):
            told = {}
            for reader in (person, "manager"):
                answer = world.clients[reader].get(f"/admin/orders/{label}/{path}")
                text = answer.content.decode().replace(",", "").replace("\xa0", "")
                told[reader] = secret in text
            assert not told[person], f"{label}/{path}"
            assert told["manager"], f"{label}/{path}"
