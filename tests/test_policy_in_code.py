"""The policy in the code: edges read scoped rows through it, roles hold rights that exist."""

import ast
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib import admin

from accounts.services import ROLES, role_table, sync_roles
from audit.models import AuditEntry
from erp.core.admin import ScopedAdmin
from erp.core.policy import Scoped
from inventory.models import Bin, Warehouse
from tests.sources import EDGES, ROOT, functions, tree_of, unexpected

SCOPING = {"visible_to", "get_visible", "none"}
# "*": a model known only when it runs.
UNSCOPED_READS = {
    "accounts/admin.py _check_twin User": "a user name is taken whoever may see its holder",
    "audit/admin.py _history AuditEntry": "of one row, whose page asked the policy",
    "customers/admin.py PartnerAdmin.save_formset *": "rows of the partner being saved",
    "erp/core/admin/audited.py AuditedAdmin.get_object *": "locks; the scoped row is read next",
    "erp/core/admin/audited.py AuditedAdmin.save_formset *": "rows of the object being saved",
    "erp/core/admin/audited.py AuditedAdmin.save_model *": "the row being saved",
    "erp/core/admin/audited.py change_row model": "called for a row its page found in sight",
    "erp/core/admin/batch.py _tell *": "the row tried, which its list found in sight",
    "erp/core/admin/columns.py _labelled model": "labels of keys in rows the list shows",
    "erp/core/admin/company.py CompanyAdmin.has_add_permission Company": "there is one at most",
    "orders/api/sales.py order_json SalesOrder": "read again after its service",
    "orders/views/sales.py take_step SalesOrder": "read again after its service",
    "orders/forms.py OrderHeadForm PaymentTerm": "terms are nobody's",
    "orders/forms.py OrderHeadForm.__init__ Contact": "of the customer of an order in sight",
    "erp/core/admin/versions.py VersionedAdmin.render_change_form *": "the row being shown",
    "erp/core/admin/scoped.py visible_rows model": "this is where admins ask visible_to",
}
_MANAGERS = {"objects", "_default_manager", "_base_manager"}


def _scoped_names() -> set[str]:
    return {model.__name__ for model in apps.get_models() if issubclass(model, Scoped)}


def _unscoped_reads(function: ast.AST, scoped: set[str]) -> set[str]:
    """Return the models whose rows a function reads without visible_to or get_visible.

    ``X.objects.select_related(…).get_visible(…)`` is fine, and so is a name that holds such a chain
    and is only ever asked for ``visible_to`` or ``get_visible``.
    """
    parents = {child: node for node in ast.walk(function) for child in ast.iter_child_nodes(node)}
    found = set()
    for node in ast.walk(function):
        if not (isinstance(node, ast.Attribute) and node.attr in _MANAGERS):
            continue
        model = node.value.id if isinstance(node.value, ast.Name) else "*"
        if node.attr == "objects" and model not in scoped:
            continue
        top, methods = _chain(node, parents)
        if methods & SCOPING:
            continue
        holder = parents.get(top)
        if isinstance(holder, ast.Assign | ast.AnnAssign) and _only_scoped_uses(
            function, holder, parents
        ):
            continue
        found.add(model)
    return found


def _chain(node: ast.AST, parents: dict[ast.AST, ast.AST]) -> tuple[ast.AST, set[str]]:
    """Return the outermost call of ``x.a().b()`` and the names called on the way."""
    methods = set()
    while True:
        above = parents.get(node)
        if isinstance(above, ast.Attribute):
            methods.add(above.attr)
        elif not (isinstance(above, ast.Call) and above.func is node):
            return node, methods
        node = above


def _only_scoped_uses(function: ast.AST, held: ast.AST, parents: dict[ast.AST, ast.AST]) -> bool:
    targets = held.targets if isinstance(held, ast.Assign) else [held.target]  # type: ignore[attr-defined]
    names = {target.id for target in targets if isinstance(target, ast.Name)}
    uses = [
        node
        for node in ast.walk(function)
        if isinstance(node, ast.Name) and node.id in names and isinstance(node.ctx, ast.Load)
    ]
    return bool(uses) and all(_chain(node, parents)[1] & SCOPING for node in uses)


def test_edges_read_scoped_rows_through_the_policy() -> None:
    scoped = _scoped_names()
    found = {
        f"{path} {name} {model}"
        for path in EDGES
        for name, function in functions(tree_of(path))
        for model in _unscoped_reads(function, scoped)
    }
    assert unexpected(found, UNSCOPED_READS) == ""


@pytest.mark.parametrize(
    ("code", "seen"),
    [
        ("Order.objects.filter(pk=1)", {"Order"}),
        ("Order.objects.all().first()", {"Order"}),
        ("get_object_or_404(Order.objects, pk=1)", {"Order"}),
        ("rows = Order.objects.select_related('x')\nrows.filter(pk=1)", {"Order"}),
        ("self.model._default_manager.get(pk=1)", {"*"}),
        ("Order.objects.visible_to(user).filter(pk=1)", set()),
        ("Order.objects.select_related('x').get_visible(user, 1)", set()),
        ("rows = Order.objects.select_related('x')\nrows.get_visible(user, 1)", set()),
        ("rows: Any = Order.objects\nrows.select_related('x').visible_to(user)", set()),
        ("rows: Any = Order.objects\nrows.visible_to(user)\nrows.get(pk=1)", {"Order"}),
        ("Order.objects.none()", set()),
        ("Unit.objects.all()", set()),
    ],
)
def test_an_unscoped_read_is_seen(code: str, seen: set[str]) -> None:
    assert _unscoped_reads(ast.parse(code), {"Order"}) == seen


def test_scoped_models_know_who_may_see_them() -> None:
    scoped = [model for model in apps.get_models() if issubclass(model, Scoped)]
    assert len(scoped) > 30
    for model in scoped:
        manager: Any = model._default_manager
        assert callable(manager.visible_to), model._meta.label
        assert callable(manager.get_visible), model._meta.label
        if model.scope_owner:
            first, _sep, _rest = model.scope_owner.partition("__")
            assert model._meta.get_field(first)


# Tables that name a warehouse or a bin and are not scoped by it, and why.
NOT_PLACED = {
    "orders.SalesOrder": "sales follow it wherever it ships from; its deliveries are placed",
}


def test_what_is_in_a_warehouse_is_scoped_by_it() -> None:
    """A new table of stock that leaves it out would show every storekeeper every warehouse."""
    open_ones = {
        model._meta.label
        for model in apps.get_models()
        if issubclass(model, Scoped)
        and not model.scope_warehouse
        and any(field.related_model in (Warehouse, Bin) for field in model._meta.concrete_fields)
    }
    assert unexpected(open_ones, NOT_PLACED) == ""


def test_a_path_to_a_warehouse_ends_at_one() -> None:
    for model in apps.get_models():
        for path in getattr(model, "scope_warehouse", ()):
            found = model._default_manager.filter(**{f"{path}__in": [0]})
            assert '"id" IN' not in str(found.query) or model is Warehouse, model._meta.label


# Tables without rows of anybody: reached through their parent, or never shown.
UNSCOPED_MODELS = {
    "accounts.UsedNonce": "never shown",
    "core.NumberSequence": "never shown",
    "core.NumberVoid": "never shown",
    "core.IdempotencyKey": "never shown; asked for by its client",
    "core.Job": "shown by pages of their own",
    "core.ScheduledRun": "never shown",
    "core.Attachment": "seen by whoever sees its document: admin and file pages ask for that",
    "inventory.StockDay": "through its stock value",
    "imports.ImportBeat": "through its import",
    "imports.ImportChunk": "through its import",
    "imports.ImportGate": "never shown",
    "imports.ImportMapping": "what columns mean, to whoever imports the kind",
    "imports.ImportProblem": "through its import",
    "orders.LandedCostLine": "through its landed cost",
    "products.WordList": "never shown; a counter",
    "quotations.EnquiryLine": "through its enquiry",
    "quotations.QuotationLine": "through its quotation",
    "quotations.ProtectedLeave": "through its quotation",
    "quotations.RfqAward": "through its request",
    "quotations.RfqLine": "through its request",
    "quotations.RfqReply": "through its request, to those who may see cost",
    "inventory.AssemblyLine": "through its assembly order",
    "inventory.RecipeLine": "through its recipe",
    "inventory.StockCountLine": "through its count",
    "inventory.StockEntryLine": "through its receipt or issue",
    "inventory.TransferLine": "through its transfer",
    "orders.SalesOrderLine": "through its order",
    "orders.DeliveryLine": "through its delivery",
    "orders.AwardOrder": "through its order",
    "orders.PurchaseOrderLine": "through its order",
    "orders.ReceiptLine": "through its receipt",
    "orders.ReturnLine": "through its return",
    "orders.SupplierReturnLine": "through its return",
    "finance.InvoiceLine": "through its invoice",
    "finance.JournalLine": "through its entry",
}


def test_our_models_are_scoped() -> None:
    labels = {app.rpartition(".")[2] for app in settings.FIRST_PARTY_APPS}
    open_ones = {
        model._meta.label
        for model in apps.get_models()
        if model._meta.app_label in labels and not issubclass(model, Scoped)
    }
    assert unexpected(open_ones, UNSCOPED_MODELS) == ""


def test_every_admin_is_scoped() -> None:
    others = {
        model._meta.label
        for model, model_admin in admin.site._registry.items()
        if not isinstance(model_admin, ScopedAdmin)
    }
    assert others == set()


# --- rights -------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_roles_hold_rights_that_exist() -> None:
    counts = sync_roles()
    assert counts.keys() == set(ROLES)
    assert all(counts.values())
    written = AuditEntry.objects.count()
    assert sync_roles() == counts
    assert AuditEntry.objects.count() == written, "nothing changed, nothing is recorded"


def test_every_role_is_granted_something_by_data() -> None:
    table = role_table()
    assert set(table) == set(ROLES)
    for role, rights in table.items():
        assert all(right.count(".") == 1 for right in rights), role


def test_permission_tables_name_known_roles() -> None:
    for app in settings.FIRST_PARTY_APPS:
        module = Path(*app.split(".")) / "permissions.py"
        assert (ROOT / module).exists(), module
        imports = [
            n for n in ast.walk(tree_of(module)) if isinstance(n, ast.Import | ast.ImportFrom)
        ]
        assert imports == [], f"{module} is data: it imports nothing"
