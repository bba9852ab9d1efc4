"""Every verb of every document in every status: what is drawn happens, the rest is refused (BZ02).

``tests/lives`` says what each verb makes of each status; the drawings are the WORKFLOWs.
"""

import ast
import inspect
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from django.apps import apps

from accounts.models import User
from audit.models import AuditEntry
from erp.core.deletion import delete_rows
from finance.models import Invoice, Payment
from imports.models import Import
from imports.services import apply_import, check_import, undo_import
from tests import factories
from tests.lives import LEFT_ALONE, Life, Verb, buying, selling, stock
from tests.sources import CODE, tree_of
from tests.support import accountant, buyer, everything, keeper, manager, outcome, seller

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("company"),
    pytest.mark.case("BZ02"),
]
LIVES: tuple[Life, ...] = (*selling.LIVES, *buying.LIVES, *stock.LIVES)
STATUSES = [(life, status) for life in LIVES for status in life.ways()]
STEPS = [
    (life, verb, status) for life in LIVES for verb in life.verbs for status in sorted(verb.moves)
]
# Where a document is deleted, if not as a draft; an enquiry as long as nothing was quoted.
DELETED = {"enquiry": {"new", "matching", "cancelled"}}
# docs/known-limits.md: no service reverses a payment.
NO_VERB = {(Payment, "posted", "reversed")}


def _name(value: Any) -> str | None:
    return value.name if isinstance(value, Life | Verb) else None


def _status_of(document: Any) -> str:
    document.refresh_from_db()
    return str(document.status)


# --- what is drawn -----------------------------------------------------------------------------


@pytest.mark.parametrize(("life", "verb", "status"), STEPS, ids=_name)
def test_a_step_that_is_drawn_is_taken(life: Life, verb: Verb, status: str) -> None:
    document = life.in_status(status)
    assert _status_of(document) == status
    version = getattr(document, "version", 0)

    verb(document)

    following = verb.moves[status].split()[-1]
    assert _status_of(document) == following
    if following != status:
        assert document.version > version  # whoever saw it before is stale
        last = AuditEntry.objects.filter(
            object_type=document._meta.label_lower, object_id=str(document.pk)
        ).order_by("pk")
        assert any("status" in entry.changes for entry in last) or verb.name == "quote"


@pytest.mark.parametrize(
    ("life", "names", "ends"),
    [(life, *walk) for life in LIVES for walk in life.walks],
    ids=lambda value: _name(value) or "-",
)
def test_a_longer_way_ends_where_it_is_drawn(life: Life, names: tuple[str, ...], ends: str) -> None:
    document = life.walked(life.named(name) for name in names)
    assert _status_of(document) == ends


# --- what is not drawn -------------------------------------------------------------------------


@pytest.mark.parametrize(("life", "status"), STATUSES, ids=_name)
def test_every_other_verb_is_refused_and_changes_nothing(life: Life, status: str) -> None:
    for hire in (accountant, buyer, keeper, manager, seller):
        hire()
    factories.ProductFactory()
    document = life.in_status(status)
    before = _books()
    wrong = {}
    for verb in life.verbs:
        if status in verb.moves:
            continue
        told = outcome(lambda verb=verb: verb(document))  # type: ignore[misc]
        if told not in verb.refuses and not (told == "ok" and LEFT_ALONE in verb.refuses):
            wrong[verb.name] = told
    if status not in DELETED.get(life.name, {"draft"}):
        told = outcome(lambda: delete_rows(type(document), [document.pk], by=manager()))
        if told != "in_use":
            wrong["delete"] = told
    assert wrong == {}
    assert _books() == before


def _books() -> dict[str, Any]:
    """Return every row but those of the operation log, which tells of refusals."""
    rows = everything()
    del rows[AuditEntry._meta.label]
    return rows


# --- nothing is left out -----------------------------------------------------------------------


def _edges(moves: Any) -> set[tuple[str, str]]:
    return {(old, str(new)) for old, following in moves.items() for new in following}


def _walked(life: Life) -> set[tuple[str, str]]:
    found = set()
    for verb in life.verbs:
        for status, way in verb.moves.items():
            steps = [status, *way.split()]
            found |= set(pairwise(steps))
    for names, ends in life.walks:
        status = life.begins
        for name in names[:-1]:
            status = life.named(name).moves[status].split()[-1]
        found.add((status, ends))
    return {(old, new) for old, new in found if old != new}


def test_every_move_that_is_drawn_is_walked_and_no_other(record_property: Any) -> None:
    drawn, walked = set(), set()
    for life in LIVES:
        drawn |= {(life.model, *edge) for edge in _edges(life.model.WORKFLOW.moves)}
        walked |= {(life.model, *edge) for edge in _walked(life)}
    tried = sum(len(life.ways()) * len(life.verbs) for life in LIVES)
    record_property("documents", len(LIVES))
    record_property("statuses x verbs tried", tried)
    record_property("moves walked / drawn", f"{len(walked & drawn)} / {len(drawn - NO_VERB)}")
    assert walked == drawn - NO_VERB


def test_every_document_with_a_workflow_has_a_life() -> None:
    drawn = {model for model in apps.get_models() if hasattr(model, "WORKFLOW")}
    assert {life.model for life in LIVES} | {Import} == drawn | {Invoice.Opening}


# They change a document, or begin another, and never its status.
NO_STEP = {
    "accept_lines",  # the part of create_order_from_quotation that is the quotation's
    "allow_credit",
    "allow_protected",
    "apply_fill_plan",
    "ask_protected",
    "award_lines",  # award_line of many
    "change_delivery",
    "change_order",
    "change_receipt",
    "change_rfq",
    "choose_product",
    "drop_supplier",
    "explain_outcome",
    "invite_suppliers",
    "price_purchase_invoice",
    "request_for_order",
    "reserve_waiting",
    "set_language",
    "set_reference_cost",
    "archive_bin",
    "archive_warehouse",
    "state_quantity",
    "take_awards",  # the part of order_awards that is the request's
    "take_prices",
    "unreserve_order",
    "allocate_payment",
    "invoice_delivery",
    "invoice_receipt",
}


def _services() -> set[str]:
    """Return the services that take a document by its id and do not begin one."""
    found = set()
    for path in CODE:
        parts = path.parts
        if (
            parts[0] not in {"quotations", "orders", "inventory", "finance"}
            or "services" not in parts
        ):
            continue
        for node in tree_of(path).body:
            if isinstance(node, ast.FunctionDef) and _is_service(node) and node.args.args:
                begins = node.name.startswith(("create_", "copy_", "_"))
                if node.args.args[0].arg.endswith("_id") and not begins:
                    found.add(node.name)
    return found


def _is_service(node: ast.FunctionDef) -> bool:
    return any(
        isinstance(one, ast.Call) and isinstance(one.func, ast.Name) and one.func.id == "service"
        for one in node.decorator_list
    )


def test_every_service_of_a_document_is_one_of_its_verbs() -> None:
    verbs = {inspect.unwrap(verb.service).__name__ for life in LIVES for verb in life.verbs}
    assert _services() - verbs == NO_STEP


# --- imports -----------------------------------------------------------------------------------

RUNS: dict[str, Callable[..., Any]] = {
    "checking": check_import,
    "applying": apply_import,
    "undoing": undo_import,
}


@pytest.mark.parametrize("status", Import.Status.values)
@pytest.mark.parametrize("run", RUNS)
def test_an_import_takes_no_step_that_is_not_drawn(run: str, status: str) -> None:
    by: User = factories.UserFactory()
    made = Import.objects.create(kind="products", file_name="a.csv", owner=by, status=status)
    if Import.WORKFLOW.allows(status, run):
        return
    assert outcome(lambda: RUNS[run](made.pk, by=by)) == "invalid_transition"
    made.refresh_from_db()
    assert made.status == status
