"""Pages and answers about parts, prices and partners: what they tell to whom, and what asks do.

A reader sees what is his to see, an anonymous one nothing, and looking changes nothing.
"""

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from customers.models import Customer, FollowUp
from products.models import Interchange, Product, ProductCode, ProtectedItem
from tests import factories as f
from tests.matrix.asking import Asker
from tests.matrix.expected import ROLES, admin_rules, page_rules
from tests.matrix.world import MISSING, World, build
from tests.test_routes import BODIES

pytestmark = pytest.mark.django_db

SECRET = Decimal("4321.98")
READERS = ("sales", *ROLES[1:])
WITHOUT_COST = ("administrator", "sales", "storekeeper")


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield build()
        transaction.set_rollback(True)


@pytest.fixture
def part(world: World) -> Product:
    product: Product = world.shared["products.product"]
    return product


def told(world: World, person: str, path: str, **query: Any) -> str:
    """Return what a page answers, amounts without their separators."""
    answer: Any = world.clients[person].get(path, query)
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return content.decode().replace(",", "").replace("\xa0", "").replace("\u202f", "")


def about(part: Product) -> tuple[str, ...]:
    return (
        f"/parts/{part.pk}/",
        f"/api/v1/products/{part.pk}/cockpit",
        f"/api/v1/products/{part.pk}",
        f"/api/v1/products/{part.pk}/interchanges",
        f"/admin/products/product/{part.pk}/change/",
        f"/admin/products/product/{part.pk}/history/",
    )


# --- cost ------------------------------------------------------------------------------------


@pytest.mark.parametrize("person", READERS)
def test_cost_is_told_to_those_who_may_see_it(world: World, part: Product, person: str) -> None:
    """Buying prices, the moving average, a purchase order's lines."""
    f.StockValueFactory._meta.model.objects.filter(product=part).delete()
    f.StockValueFactory(product=part, quantity=1, value=SECRET)
    for kind in ("rfq", "purchase"):
        f.PriceFactFactory(
            product=part, kind=kind, supplier=f.SupplierFactory(), net_unit_price=SECRET
        )
    order = f.PurchaseOrderFactory(lines=0)
    f.PurchaseOrderLineFactory(document=order, product=part, unit_price=SECRET)
    asks: list[tuple[str, dict[str, Any]]] = [(path, {}) for path in about(part)]
    asks += [
        ("/parts/", {"q": part.designation}),
        ("/api/v1/products", {"q": part.designation, "fields": "cost,average_cost"}),
        (f"/api/v1/products/{part.pk}/cockpit", {"fields": "cost", "expand": "stock"}),
    ]
    shown = [path for path, query in asks if str(SECRET) in told(world, person, path, **query)]
    if person in WITHOUT_COST:
        assert shown == []
    else:
        assert f"/api/v1/products/{part.pk}/cockpit" in shown
        assert f"/parts/{part.pk}/" in shown


# --- names of others' customers --------------------------------------------------------------


def test_a_part_tells_nothing_of_another_s_customers(world: World, part: Product) -> None:
    """Prices, codes, documents, protected items and forbidden brands of a hidden customer."""
    theirs: Any = world.owned["customers.customer"]["sales2"]
    Customer.objects.filter(pk=theirs.pk).update(
        name="宏锐秘密客户", short_name="宏锐", code="HIDDEN-7"
    )
    ProductCode.objects.create(
        product=part, customer=theirs, code="SECRET-CODE", search_key="SECRETCODE"
    )
    f.ProtectedItemFactory(product=part, customer=theirs, reason="独家")
    f.ForbiddenBrandFactory(customer=theirs, brand=part.brand)
    for kind in ("quote", "sale"):
        f.PriceFactFactory(product=part, kind=kind, customer=theirs, net_unit_price=SECRET)
    asks: list[tuple[str, dict[str, Any]]] = [(path, {}) for path in about(part)]
    asks += [(path, {"customer": theirs.pk, "customer_id": theirs.pk}) for path in about(part)]
    asks += [
        ("/parts/", {"q": "SECRET-CODE", "customer": theirs.pk}),
        ("/parts/", {"q": part.designation, "customer": theirs.pk}),
        ("/api/v1/products", {"q": "SECRET-CODE", "customer_id": theirs.pk}),
        ("/admin/products/product/", {"q": "SECRET-CODE"}),
        ("/admin/products/protecteditem/", {"q": "HIDDEN"}),
        ("/admin/products/protecteditem/", {"customer__id__exact": theirs.pk}),
        ("/admin/products/protecteditem/", {"customer__name__startswith": "宏"}),
        ("/admin/customers/followup/", {"when": "open", "q": "宏锐"}),
        ("/api/v1/customers", {"q": "宏锐", "fields": "name", "owner_id": theirs.owner_id}),
    ]
    for path, query in asks:
        text = told(world, "sales", path, **query)
        for secret in ("宏锐秘密客户", "HIDDEN-7", str(SECRET), "独家"):
            assert secret not in text, (path, query, secret)
        assert f"/parts/{part.pk}/" not in text or query.get("q") != "SECRET-CODE"
    assert "HIDDEN-7" in told(world, "manager", f"/admin/products/product/{part.pk}/change/")


@pytest.mark.parametrize("pk", ["theirs", MISSING, "0", "x", "-1", "1 OR 1=1"])
def test_another_s_customer_beside_a_part_is_an_unknown_one(
    world: World, part: Product, pk: Any
) -> None:
    theirs = world.owned["customers.customer"]["sales2"].pk
    pk = theirs if pk == "theirs" else pk
    client = world.clients["sales"]
    path = f"/api/v1/products/{part.pk}/cockpit"
    answer = client.get(path, {"customer_id": pk})
    assert answer.status_code == 400
    page = client.get(f"/parts/{part.pk}/", {"customer": pk})
    assert page.status_code == 200
    assert page.context["customer"] is None


def test_a_hidden_customer_and_a_missing_one_are_alike_to_the_cockpit(
    world: World, part: Product
) -> None:
    theirs = world.owned["customers.customer"]["sales2"].pk
    path = f"/api/v1/products/{part.pk}/cockpit"
    hidden, missing = (
        world.clients["sales"].get(path, {"customer_id": pk}) for pk in (theirs, MISSING)
    )
    assert (hidden.status_code, hidden.json()) == (missing.status_code, missing.json())


def test_a_follow_up_of_a_customer_that_passed_on_does_not_name_it(world: World) -> None:
    """The customer went to a colleague, what was noted for it stayed."""
    mine: Any = world.owned["customers.followup"]["sales"]
    theirs: Any = world.owned["customers.customer"]["sales2"]
    Customer.objects.filter(pk=theirs.pk).update(name="宏锐秘密客户")
    type(mine)._default_manager.filter(pk=mine.pk).update(customer=theirs)
    for path in ("?when=open", f"{mine.pk}/change/", f"{mine.pk}/history/"):
        text = told(world, "sales", f"/admin/customers/followup/{path}")
        assert "宏锐秘密客户" not in text, path


def test_a_follow_up_is_given_to_somebody_who_sees_the_partner(world: World) -> None:
    theirs = world.owned["customers.customer"]["sales2"]
    before = FollowUp.objects.count()
    sent = {"customer": theirs.pk, "supplier": "", "due_on": "2026-11-02", "note": "回访"}
    client, path = world.clients["manager"], "/admin/customers/followup/add/"
    for person, made in (("sales", 0), ("sales2", 1)):
        client.post(path, {**sent, "owner": world.users[person].pk})
        assert FollowUp.objects.count() == before + made


# --- changing partners over HTTP -------------------------------------------------------------


def _patch(client: Client, kind: str, pk: Any, body: dict[str, Any], **headers: Any) -> Any:
    return client.patch(f"/api/v1/{kind}/{pk}", json.dumps(body), "application/json", **headers)


FORGED: list[dict[str, Any]] = [
    {"id": 5},
    {"code": "TAKEN"},
    {"owner": 1},
    {"merged_into": 1},
    {"merged_into_id": 1},
    {"archived_at": None},
    {"name_key": "x"},
    {"tax_key": "x"},
    {"created_at": "2020-01-01"},
    {"currency_id": "CNY"},
    {"contacts": [{"name": "x"}]},
]
GUARDED: list[dict[str, Any]] = [
    {"credit_limit": "1000000.00"},
    {"credit_limit": None},
    {"blocked_reason": ""},
    {"shares_tax_id": True},
    {"owner_id": 1},
]


@pytest.mark.parametrize("body", [*FORGED, *GUARDED], ids=str)
def test_nothing_is_changed_that_is_not_offered(world: World, body: dict[str, Any]) -> None:
    mine = world.owned["customers.customer"]["sales"]
    stored = Customer.objects.filter(pk=mine.pk)
    before = stored.values().get()
    answer = _patch(
        world.clients["sales"], "customers", mine.pk, {"version": before["version"], **body}
    )
    assert answer.status_code == (403 if body in GUARDED else 400), answer.content
    made = world.clients["sales"].post(
        "/api/v1/customers", json.dumps({"name": "伪造有限公司", **body}), "application/json"
    )
    assert made.status_code in ({201} if body == {"code": "TAKEN"} else {400, 403})
    assert stored.values().get() == before
    Customer.objects.filter(code="TAKEN").delete()


@pytest.mark.parametrize("version", [None, 99])
def test_a_hidden_customer_is_missing_whatever_the_version(world: World, version: Any) -> None:
    theirs = world.owned["customers.customer"]["sales2"]
    before = Customer.objects.filter(pk=theirs.pk).values().get()
    bodies: list[dict[str, Any]] = [{"phone": "1"}, {"owner_id": 1}, {"credit_limit": "1"}]
    for body in bodies:
        sent = body if version is None else {**body, "version": version}
        answers = []
        for pk in (theirs.pk, MISSING):
            answer = _patch(world.clients["sales"], "customers", pk, sent)
            answers.append((answer.status_code, answer.json()["code"]))
        assert answers[0] == answers[1]
        assert answers[0][0] == 404
    assert Customer.objects.filter(pk=theirs.pk).values().get() == before


def test_a_twin_of_another_s_customer_is_told_without_its_name(world: World) -> None:
    """Over the API, when entering and when renaming."""
    theirs = world.owned["customers.customer"]["sales2"]
    mine = world.owned["customers.customer"]["sales"]
    number = "91110000600037341L"
    hidden = f.CustomerFactory(
        name="宏锐秘密客户有限公司", code="HIDDEN-8", tax_id=number, owner=theirs.owner
    )
    client = world.clients["sales"]
    body = {"name": "随便一家公司", "tax_id": number}
    made = client.post("/api/v1/customers", json.dumps(body), "application/json")
    renamed = _patch(client, "customers", mine.pk, {"tax_id": number, "version": mine.version})
    for answer in (made, renamed):
        text = answer.content.decode()
        assert answer.status_code == 409
        assert hidden.name not in text
        assert hidden.code not in text
        assert f'"id": {hidden.pk}' not in text


# --- teaching, proposals, merging ------------------------------------------------------------


def test_teaching_needs_its_right_and_an_own_enquiry(world: World, part: Product) -> None:
    before = ProductCode.objects.count()
    theirs = world.owned["quotations.enquiry"]["sales2"]
    mine = world.owned["quotations.enquiry"]["sales"]
    data = {"product": part.pk, "remember": "1"}
    for person, enquiry, line in (
        ("sales", theirs, theirs.lines.get()),
        ("sales", mine, theirs.lines.get()),
        ("accountant", mine, mine.lines.get()),
        ("storekeeper", mine, mine.lines.get()),
        ("purchaser", mine, mine.lines.get()),
        ("anonymous", mine, mine.lines.get()),
    ):
        path = f"/enquiries/{enquiry.pk}/lines/{line.pk}/"
        assert world.clients[person].post(path, data).status_code in {302, 403, 404}
    assert ProductCode.objects.count() == before


@pytest.mark.parametrize("person", ["anonymous", "sales", "purchaser", "storekeeper", "accountant"])
def test_proposals_are_decided_by_those_who_may(world: World, person: str) -> None:
    row = f.InterchangeFactory(
        from_product=f.ProductFactory(), to_product=f.ProductFactory(), approved_at=None
    )
    stored = Interchange.objects.filter(pk=row.pk)
    before = stored.values().get()
    for decision in ("approve", "reject", "regrade"):
        data = {
            "decision": decision,
            "row": f"{row.pk}:{row.version}:{row.grade}",
            "confirm": "1",
            "reason": "x",
            "new_grade": "upgrade",
            "token": f"{person}-{decision}",
        }
        answer = world.clients[person].post("/interchanges/proposals/decide/", data)
        assert answer.status_code in {302, 403}
    assert stored.values().get() == before


def test_a_protected_item_of_a_colleague_s_customer_cannot_be_touched(
    world: World, part: Product
) -> None:
    theirs = world.owned["products.protecteditem"]["sales2"]
    client = world.clients["sales"]
    before = ProtectedItem.objects.count()
    path = f"/admin/products/protecteditem/{theirs.pk}/"
    for verb in ("change/", "delete/", "history/"):
        assert client.get(path + verb).status_code in {302, 403, 404}
    forged = {
        "product": part.pk,
        "customer": world.owned["customers.customer"]["sales2"].pk,
        "since": "2026-09-01",
        "reason": "x",
    }
    client.post("/admin/products/protecteditem/add/", forged)
    assert ProtectedItem.objects.count() == before


# --- looking changes nothing, changing needs the token ---------------------------------------

_WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE")


def _written(queries: CaptureQueriesContext) -> list[str]:
    return [
        query["sql"]
        for query in queries.captured_queries
        if query["sql"].startswith(_WRITES) and "django_session" not in query["sql"]
    ]


@pytest.mark.parametrize("person", ["sales", "manager", "administrator"])
def test_looking_changes_nothing(world: World, person: str) -> None:
    asker, asked, found = Asker(world, BODIES), 0, {}
    for rule in (*page_rules(), *admin_rules()):
        if rule.method != "GET" or rule.role != person or "pdf" in rule.route:
            continue
        for question in asker.questions(person, rule):
            with CaptureQueriesContext(connection) as queries:
                asker.ask(question)
            asked += 1
            if written := _written(queries):
                found[str(question)] = written
    assert found == {}
    assert asked > 200


def test_every_change_needs_the_token_of_the_page(world: World) -> None:
    """A form on another site, sent with the reader's cookies."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.users["manager"])
    asker, asked, passed = Asker(world, BODIES), 0, []
    for rule in (*page_rules(), *admin_rules()):
        if rule.method == "GET" or rule.role != "manager":
            continue
        for question in asker.questions("manager", rule):
            kind = "application/json" if rule.route.startswith("api/") else "text/plain"
            answer = client.generic(rule.method, question.path, "{}", kind)
            asked += 1
            if answer.status_code not in {403, 405}:
                passed.append(f"{question}: {answer.status_code}")
    assert passed == []
    assert asked > 200
