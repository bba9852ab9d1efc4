"""Every route × role × whose row, against tests/matrix/*.csv (STYLE.md §2.8, CASES.md AZ01-AZ03).

A route that no table lists fails here, and so does a line whose route is gone.
"""

import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.apps import apps
from django.contrib.admin import site
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.template.response import SimpleTemplateResponse
from django.urls import path
from django.views.defaults import page_not_found, permission_denied

from erp import urls
from erp.core.policy import Scoped
from orders.admin.sales import SalesOrderAdmin
from orders.models import Delivery, SalesOrder
from quotations.models import QuotationQuerySet
from tests.matrix import listing
from tests.matrix.asking import Asker, Body, Question
from tests.matrix.expected import (
    ROLES,
    Rule,
    admin_rules,
    listed_routes,
    page_rules,
    rules,
    tables,
)
from tests.matrix.world import KEEPER, PEOPLE, SELLERS, World, build, role_of

pytestmark = pytest.mark.django_db

RULES = list(rules())


def _token(question: Question) -> str:
    return f"token-{question.person}-{question.key}"


def _product(world: World) -> int:
    return int(world.shared["products.product"].pk)


def _warehouse(world: World) -> int:
    return int(world.shared["inventory.warehouse"].pk)


def _bin(world: World) -> int:
    return int(world.shared["inventory.bin"].pk)


def _customer(world: World, question: Question) -> int:
    return int(world.own("customers.customer", question.person).pk)


def _lines(world: World) -> list[dict[str, Any]]:
    return [{"product_id": _product(world), "quantity": "2", "unit_price": "9.5"}]


def _rfq_lines(world: World) -> dict[str, Any]:
    line = {"product": _product(world), "origin_line": "", "wording": "", "wanted_on": ""}
    return line | {"quantity": "2"}


_REPLY_COLUMNS = ("line", "unit_price", "minimum_quantity", "lead_time", "offered", "remark")


def _version(question: Question) -> int:
    return getattr(question.row, "version", 1)


_ANSWERS: dict[Any, Callable[[Question], dict[str, Any]]] = {
    "new_api_client": lambda _q: {"name": "Shop", "scopes": "*"},
    "landed_cost": lambda _q: {"freight": "20", "spread_by": "value"},
    "prices": lambda q: {str(line.pk): "9.50" for line in (q.row.lines.all() if q.row else ())},
}


def _answers(world: World, question: Question) -> dict[str, Any]:  # noqa: PLR0911
    """What the page of a verb asks."""
    verb = question.rule.values.get("name")
    if verb == "order" and question.rule.label == "quotations.rfq":
        return {"warehouse": world.own("inventory.warehouse", question.person).pk}
    if verb == "hand_over":
        return {"colleague": world.users["sales2"].pk}
    if verb in _ANSWERS:
        return _ANSWERS[verb](question)
    if verb == "copy_for":
        return {"customer": question.row.customer_id}
    if verb in {"close", "allow_credit", "reverse", "return", "refuse", "cancel"}:
        lines = getattr(question.row, "lines", None)
        lines = lines.values_list("pk", flat=True) if lines is not None else ()
        return {"reason": "x", "bin": world.shared["inventory.bin"].pk, "lines": list(lines)}
    if verb == "submit-despite":
        return {"accept": "on"}
    if verb != "merge" or not question.rule.label.startswith("customers."):
        return {}
    rows = (world.own(question.rule.label, seller) for seller in SELLERS)
    return {"kept": next(row.pk for row in rows if row.pk != question.row.pk)}


# What has to be sent to get past the form and to the right.
BODIES: dict[tuple[str, str], Body] = {
    ("POST", "enquiries/new/"): lambda w, q: {
        "customer": _customer(w, q),
        "text": f"{w.shared['products.product'].designation} SKF 10个",
        "token": _token(q),
    },
    ("POST", "enquiries/<int:pk>/lines/<int:line_pk>/"): lambda w, q: {"product": _product(w)},
    ("POST", "enquiries/<int:pk>/quotation/"): lambda w, q: {"token": _token(q)},
    ("POST", "quotations/<int:pk>/"): lambda w, q: {"token": _token(q)},
    ("POST", "quotations/<int:pk>/copy/"): lambda w, q: {"token": _token(q)},
    ("POST", "rfqs/<int:pk>/copy/"): lambda w, q: {"token": _token(q)},
    ("POST", "sales-orders/<int:pk>/copy/"): lambda w, q: {"token": _token(q)},
    ("GET", "quotations/<int:pk>/row/"): lambda w, q: {"product": _product(w)},
    ("POST", "quotations/<int:pk>/<slug:step>/"): lambda w, q: {
        "token": _token(q),
        "version": _version(q),
    },
    ("POST", "quotations/<int:pk>/order/"): lambda w, q: {"token": _token(q)},
    ("POST", "transfers/new/"): lambda w, q: {
        "token": _token(q),
        "warehouse": _warehouse(w),
        "to_warehouse": _warehouse(w),
    },
    ("POST", "stock-counts/new/"): lambda w, q: {
        "token": _token(q),
        "warehouse": _warehouse(w),
    },
    ("POST", "stock-entries/new/"): lambda w, q: {
        "token": _token(q),
        "warehouse": _warehouse(w),
        "kind": "scrap",
        "reason": "锈",
    },
    ("POST", "assemblies/new/"): lambda w, q: {
        "token": _token(q),
        "warehouse": _warehouse(w),
        "kind": "assemble",
        "product": w.shared["products.product"].designation,
        "quantity": 1,
        "bin": "A-010101",
    },
    **{
        (method, f"{slug}/<int:pk>/{rest}"): (
            lambda w, q: (
                {"token": _token(q), "version": _version(q)}
                if q.rule.method == "POST"
                else {"product": _product(w)}
            )
        )
        for slug in ("transfers", "stock-counts", "stock-entries", "assemblies")
        for method, rest in (
            ("POST", ""),
            ("POST", "do/<slug:step>/"),
            ("POST", "receive/"),
            ("POST", "upload/"),
            ("GET", "rows/"),
        )
    },
    ("POST", "api/v1/transfers"): lambda w, q: {
        "warehouse_id": _warehouse(w),
        "to_warehouse_id": _warehouse(w),
        "lines": [{"product_id": _product(w), "quantity": "2"}],
    },
    ("POST", "api/v1/stock-counts"): lambda w, q: {"warehouse_id": _warehouse(w)},
    ("POST", "api/v1/stock-entries"): lambda w, q: {
        "warehouse_id": _warehouse(w),
        "kind": "scrap",
        "reason": "锈",
        "lines": [{"product_id": _product(w), "quantity": "2", "bin_id": _bin(w)}],
    },
    ("POST", "api/v1/assemblies"): lambda w, q: {
        "product_id": w.shared["inventory.recipe"].product_id,
        "quantity": "1",
        "bin_id": _bin(w),
    },
    ("POST", "api/v1/stock-counts/<int:document_id>/lines"): lambda w, q: {
        "lines": [{"product_id": _product(w), "bin_id": _bin(w), "counted": "1"}]
    },
    ("POST", "purchase-orders/new/"): lambda w, q: {},
    ("GET", "purchase-orders/row/<int:pk>/"): lambda w, q: {"product": _product(w)},
    ("POST", "purchase-orders/<int:pk>/"): lambda w, q: {"token": _token(q)},
    ("POST", "receipts/<int:pk>/"): lambda w, q: {"token": _token(q)},
    ("POST", "purchase-orders/proposals/"): lambda w, q: {"token": _token(q)},
    ("POST", "api/v1/shortages/order"): lambda w, q: {"lines": [{"line_id": 1 << 40}]},
    ("POST", "api/v1/reorder-proposals/order"): lambda w, q: {"proposals": [{"rule_id": 1 << 40}]},
    ("POST", "shortages/"): lambda w, q: {"token": _token(q)},
    ("POST", "shortages/export/"): lambda w, q: {"format": "csv"},
    ("POST", "api/v1/purchase-orders"): lambda w, q: {
        "supplier_id": w.own("customers.supplier", q.person).pk,
        "warehouse_id": w.shared["inventory.warehouse"].pk,
        "lines": _lines(w),
    },
    ("PATCH", "api/v1/purchase-orders/<int:order_id>"): lambda w, q: {
        "version": _version(q),
        "lines": _lines(w),
    },
    ("POST", "api/v1/purchase-orders/<int:order_id>/close"): lambda w, q: {"reason": "x"},
    ("PATCH", "api/v1/receipts/<int:receipt_id>"): lambda w, q: {
        "version": _version(q),
        "lines": [
            {
                "source_line_id": q.row.lines.first().source_line_id if q.row else 1,
                "quantity": "1",
            }
        ],
    },
    ("POST", "sales-orders/new/"): lambda w, q: {"customer": _customer(w, q), "token": _token(q)},
    ("POST", "sales-orders/<int:pk>/"): lambda w, q: {"token": _token(q)},
    ("GET", "sales-orders/<int:pk>/row/"): lambda w, q: {"product": _product(w)},
    ("POST", "sales-orders/<int:pk>/fill/"): lambda w, q: {"token": _token(q)},
    ("POST", "sales-orders/<int:pk>/<slug:step>/"): lambda w, q: {
        "token": _token(q),
        "version": _version(q),
        "reason": "",
    },
    ("POST", "api/v1/sales-orders"): lambda w, q: {
        "customer_id": _customer(w, q),
        "lines": _lines(w),
    },
    ("PATCH", "api/v1/sales-orders/<int:order_id>"): lambda w, q: {
        "version": _version(q),
        "lines": _lines(w),
    },
    ("POST", "api/v1/sales-orders/<int:order_id>/fill-plan"): lambda w, q: {
        "parts": [
            {
                "line_id": q.row.lines.first().pk if q.row else 1,
                "warehouse_id": w.shared["inventory.warehouse"].pk,
                "product_id": _product(w),
                "quantity": "1",
            }
        ]
    },
    ("POST", "api/v1/returns"): lambda w, q: {
        "delivery_id": w.own("orders.delivery", q.person).pk,
        "reason": "x",
        "lines": [
            {
                "delivery_line_id": w.own("orders.delivery", q.person).lines.first().pk,
                "quantity": "1",
                "bin_id": w.shared["inventory.bin"].pk,
            }
        ],
    },
    ("PATCH", "api/v1/deliveries/<int:delivery_id>"): lambda w, q: {
        "version": _version(q),
        "lines": [{"line_id": q.row.lines.first().pk if q.row else 1, "quantity": "1"}],
    },
    ("POST", "sales-orders/export/"): lambda w, q: {"format": "csv"},
    ("POST", "quotations/export/"): lambda w, q: {"format": "csv"},
    ("POST", "quotations/hit-rate/export/"): lambda w, q: {"format": "csv"},
    ("POST", "stock/export/"): lambda w, q: {"format": "csv"},
    ("POST", "stock/reorder/export/"): lambda w, q: {"format": "csv"},
    ("POST", "interchanges/derive/"): lambda w, q: {"token": _token(q)},
    ("POST", "i18n/setlang/"): lambda w, q: {"language": "en"},
    ("POST", "rfqs/new/"): lambda w, q: _rfq_lines(w) | {"token": _token(q)},
    ("GET", "rfqs/row/"): lambda w, q: {"product": _product(w)},
    ("POST", "rfqs/<int:pk>/"): lambda w, q: (
        _rfq_lines(w) | {"token": _token(q), "version": _version(q)}
    ),
    ("POST", "rfqs/<int:pk>/reply/<int:invitation_pk>/"): lambda w, q: (
        {name: [] for name in _REPLY_COLUMNS} | {"token": _token(q), "version": _version(q)}
    ),
    **{
        ("POST", f"rfqs/<int:pk>/{tail}"): lambda w, q: {
            "token": _token(q),
            "version": _version(q),
        }
        for tail in (
            "suppliers/",
            "suppliers/<int:invitation_pk>/",
            "reply/<int:invitation_pk>/file/",
            "award/",
            "prices/",
            "order/",
            "<slug:step>/",
        )
    },
    ("POST", "api/v1/rfqs"): lambda w, q: {"lines": [{"product_id": _product(w), "quantity": "2"}]},
    ("PATCH", "api/v1/rfqs/<int:rfq_id>"): lambda w, q: {"version": _version(q), "notes": "改"},
    ("POST", "api/v1/rfqs/<int:rfq_id>/suppliers"): lambda w, q: {"supplier_ids": []},
    ("POST", "api/v1/rfqs/<int:rfq_id>/replies"): lambda w, q: {"supplier_id": q.row.pk},
    ("POST", "api/v1/rfqs/<int:rfq_id>/award"): lambda w, q: {"awards": []},
    ("POST", "api/v1/enquiries"): lambda w, q: {
        "customer_id": _customer(w, q),
        "text": f"{w.shared['products.product'].designation} SKF 10个",
    },
    ("POST", "api/v1/customers"): lambda w, q: {"name": f"远大{q.person}轴承有限公司"},
    ("POST", "api/v1/suppliers"): lambda w, q: {"name": f"远大{q.person}轴承有限公司"},
    ("PATCH", "api/v1/customers/<int:customer_id>"): lambda w, q: {
        "version": _version(q),
        "notes": "改",
    },
    ("PATCH", "api/v1/suppliers/<int:supplier_id>"): lambda w, q: {
        "version": _version(q),
        "notes": "改",
    },
    ("POST", "api/v1/quotations"): lambda w, q: {
        "customer_id": _customer(w, q),
        "lines": _lines(w),
    },
    ("PATCH", "api/v1/quotations/<int:quotation_id>"): lambda w, q: {
        "version": _version(q),
        "lines": _lines(w),
    },
    **{
        ("POST", f"admin/{table.label.replace('.', '/')}/export/"): lambda w, q: {"format": "csv"}
        for table in tables()
    },
    **{
        ("POST", f"admin/{table.label.replace('.', '/')}/<path:object_id>/do/<slug:name>/"): (
            lambda w, q: {"version": getattr(q.row, "version", ""), **_answers(w, q)}
        )
        for table in tables()
    },
}


# Made once for all questions, and taken back at the end.
@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield build()
        transaction.set_rollback(True)


@pytest.fixture
def asker(world: World, monkeypatch: pytest.MonkeyPatch) -> Asker:
    """Asks without rendering the admin's pages and printing: whether is decided before that."""
    asker = Asker(world, BODIES)

    def short(view: Callable[..., HttpResponse], status: int) -> Callable[..., HttpResponse]:
        def answer(request: HttpRequest, exception: Exception) -> HttpResponse:
            return view(request, exception) if asker.compares else HttpResponse(status=status)

        return answer

    monkeypatch.setattr(SimpleTemplateResponse, "rendered_content", "")
    monkeypatch.setattr(site, "each_context", lambda request: {})  # the side bar of every page
    monkeypatch.setattr(logging.getLogger("django.request"), "disabled", True)
    for name, view, status in (
        ("handler403", permission_denied, 403),
        ("handler404", page_not_found, 404),
    ):
        monkeypatch.setattr(urls, name, short(view, status), raising=False)
    for printer in (
        "quotations.views.steps.quotation_pdf",
        "quotations.api.documents.quotation_pdf",
        "quotations.views.rfqs.rfq_pdf",
        "quotations.api.rfq_routes.rfq_pdf",
        "orders.views.papers.order_on_paper",
        "orders.views.papers.delivery_note_pdf",
        "orders.views.papers.return_on_paper",
        "orders.buying_printing.purchase_order_pdf",
        "orders.buying_printing.receipt_pdf",
        "orders.buying_printing.supplier_return_pdf",
        "finance.views.invoice_on_paper",
        "inventory.views.documents.stock_document_pdf",
    ):
        monkeypatch.setattr(printer, lambda *_a, **_k: ("Q.pdf", b"%PDF"))
    monkeypatch.setattr("erp.core.views.file_answer", lambda *_a, **_k: HttpResponse(b"stored"))
    return asker


# --- the tables are complete -----------------------------------------------------------------


def test_every_route_is_listed() -> None:
    there = {route for route, _view in listing.routes()}
    unlisted, gone = there - listed_routes(), listed_routes() - there
    assert not unlisted, f"give these a line in tests/matrix: {sorted(unlisted)}"
    assert not gone, f"these are no routes any more: {sorted(gone)}"


def test_an_unlisted_route_is_seen() -> None:
    class Resolver:
        url_patterns = (path("quotations/<int:pk>/unlisted/", page_not_found),)

    (found,) = [route for route, _view in listing.routes(Resolver())]
    assert found == "quotations/<int:pk>/unlisted/"
    assert found not in listed_routes()


def test_every_operation_of_the_api_is_listed() -> None:
    listed: dict[str, set[str]] = {}
    for rule in page_rules():
        listed.setdefault(rule.route, set()).add(rule.method)
    there = listing.operations()
    assert there
    assert {route: listed.get(route, set()) for route in there} == there


def test_every_table_of_the_admin_is_listed() -> None:
    assert {table.label for table in tables()} == listing.admin_labels()


@pytest.mark.parametrize("table", tables(), ids=lambda table: table.label)
def test_every_verb_is_listed(table: Any) -> None:
    assert set(table.verbs) == listing.verbs(table.label)


def test_the_tables_speak_of_known_roles() -> None:
    for table in tables():
        assert set(table.may) == set(ROLES)
        for who in table.verbs.values():
            assert who <= set(ROLES), table.label
        for letters in table.may.values():
            assert set(letters) <= set("voacdf-"), table.label


# --- the answers -----------------------------------------------------------------------------


def _rules_for(person: str, among: list[Rule]) -> list[Rule]:
    return [rule for rule in among if rule.role == role_of(person)]


@pytest.mark.parametrize("person", PEOPLE)
def test_answers_are_as_listed(asker: Asker, person: str) -> None:
    found = asker.differences(person, _rules_for(person, RULES))
    assert not found, "\n".join(found)
    assert asker.asked > 100


@pytest.mark.parametrize("person", PEOPLE[1:])
def test_other_methods_are_refused(asker: Asker, person: str) -> None:
    """Of our own pages and the API's operations; Django's own views are theirs."""
    listed: dict[str, set[str]] = {}
    first: dict[str, Rule] = {}
    for rule in _rules_for(person, list(page_rules())):
        listed.setdefault(rule.route, set()).add(rule.method)
        first.setdefault(rule.route, rule)
    operations = listing.operations()
    ours = [r for r in listed if r in operations or not r.startswith(("admin/", "api/", "i18n/"))]
    refused = [
        Rule(r, method, role_of(person), "405", "405", False, first[r].label, first[r].values)
        for r in ours
        for method in {"GET", "POST", "PUT", "PATCH", "DELETE"} - listed[r]
    ]
    assert len(ours) > 20
    assert asker.differences(person, refused) == []


# --- and would be seen to fail ---------------------------------------------------------------


def _rules_of(label: str) -> list[Rule]:
    return [rule for rule in RULES if rule.label == label and rule.role == "sales"]


def test_a_leak_of_the_admin_is_seen(asker: Asker, monkeypatch: pytest.MonkeyPatch) -> None:
    assert asker.differences("sales2", _rules_of("orders.salesorder")) == []
    monkeypatch.setattr(
        SalesOrderAdmin, "get_queryset", lambda self, request: SalesOrder.objects.all()
    )
    found = asker.differences("sales2", _rules_of("orders.salesorder"))
    assert any("/change/ (other): 200, not 302" in text for text in found), found
    assert any("can be told from a missing one" in text for text in found)


def test_a_leak_of_pages_and_api_is_seen(asker: Asker, monkeypatch: pytest.MonkeyPatch) -> None:
    assert asker.differences("sales", _rules_of("quotations.quotation")) == []
    monkeypatch.setattr(QuotationQuerySet, "visible_to", lambda self, user: self)
    found = asker.differences("sales", _rules_of("quotations.quotation"))
    for where in ("GET /quotations/", "GET /api/v1/quotations/", "GET /admin/quotations/"):
        assert any(f"{where}" in text and "(other): 200" in text for text in found), where


def test_every_table_of_warehouses_has_a_row_elsewhere(world: World) -> None:
    """So that its routes are asked for a warehouse that is not the storekeeper's."""
    placed = {
        model._meta.label_lower
        for model in apps.get_models()
        if issubclass(model, Scoped) and model.scope_warehouse
    }
    assert placed & {rule.label for rule in RULES} == set(world.foreign)


def test_a_leak_of_a_foreign_warehouse_is_seen(
    asker: Asker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A table that forgets to say in which warehouse its rows are."""
    rules_there = [r for r in RULES if r.label == "orders.delivery" and r.role == KEEPER]
    assert asker.differences(KEEPER, rules_there) == []
    monkeypatch.setattr(Delivery, "scope_warehouse", ())
    found = asker.differences(KEEPER, rules_there)
    assert any("/change/ (foreign): 200, not 302" in text for text in found), found
    assert any("/pdf/ (foreign): 200, not 404" in text for text in found), found


def test_a_missing_right_is_seen(asker: Asker, monkeypatch: pytest.MonkeyPatch) -> None:
    """An edge that forgets ``authorize``."""
    api = [rule for rule in RULES if rule.route == "api/v1/customers" and rule.role == "purchaser"]
    assert asker.differences("purchaser", api) == []
    monkeypatch.setattr("customers.api.authorize", lambda *_a, **_k: None)
    assert asker.differences("purchaser", api)


def test_a_difference_between_hidden_and_missing_is_seen(
    asker: Asker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The right status is not enough: a text that names the row tells that it is there."""
    rules_there = _rules_of("customers.customer")
    page = [r for r in rules_there if r.route.startswith("api/") and r.method == "GET"]
    assert asker.differences("sales", page) == []

    def tell(request: Any, rest: str = "") -> Any:
        from erp.core.api import Problem  # noqa: PLC0415

        code = "not_yours" if "720000001" in request.path else "not_found"
        return Problem(404, code, "There is nothing here.").response()

    monkeypatch.setattr("erp.api.not_found", tell)
    found = asker.differences("sales", page)
    assert len(found) == 1
    assert "can be told from a missing one" in found[0]


def test_the_matrix_is_of_a_size() -> None:
    """A table that is not read any more would pass everything."""
    assert len(listed_routes()) > 300
    assert len(list(admin_rules())) > 3000
