"""Rules about the code itself that no linter knows: STYLE.md §2, DESIGN.md §2-3.

Each allow-list says why; an entry that is no longer needed fails too, so that lists only shrink.
Rows read past the policy: test_policy_in_code.py. Templates: test_templates.py.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import get_commands, load_command_class

from erp.core import jobs
from tests.sources import (
    CODE,
    EDGES,
    EVERYTHING,
    EXACT,
    ROOT,
    called,
    functions,
    is_test,
    tree_of,
    unexpected,
)

# --- files --------------------------------------------------------------------------------------


def test_the_sources_are_found() -> None:
    """Every check below is empty when the search for files is wrong."""
    assert Path("orders/services/sales.py") in CODE
    assert {
        Path("orders/admin/sales.py"),
        Path("erp/core/admin/scoped.py"),
        Path("erp/api.py"),
    } <= set(EDGES)
    assert len(CODE) > 100


def test_locale_is_no_package() -> None:
    """It would shadow Python's own ``locale``."""
    assert not (ROOT / "locale" / "__init__.py").exists()


def test_no_module_is_named_for_nothing() -> None:
    vague = {"utils", "util", "helpers", "common", "misc"}
    shadowing = {"decimal", "types", "locale"}
    bad = [
        str(path) for path in EVERYTHING if {*path.parent.parts, path.stem} & (vague | shadowing)
    ]
    assert bad == [], "name the noun"


LONG_MODULES = {
    "tests/test_admin.py": "one data set serves all of it",
    "deploy/scripts/build_demo_data.py": "run by hand when the sources of the demo data change",
}
MOST_LINES, MOST_LINES_OF_TESTS = 400, 600


def test_modules_stay_short() -> None:
    """A longer one is split by noun into a package of the same name."""
    long = set()
    for path in EVERYTHING:
        most = MOST_LINES_OF_TESTS if is_test(path) else MOST_LINES
        if len((ROOT / path).read_text().splitlines()) > most:
            long.add(str(path))
    assert unexpected(long, LONG_MODULES) == ""


# --- states -------------------------------------------------------------------------------------


def _status_writes(function: ast.AST) -> bool:
    """Whether it sets an attribute ``status``, or updates one in bulk."""
    return any(_sets_status(node) or _updates_status(node) for node in ast.walk(function))


def _sets_status(node: ast.AST) -> bool:
    targets: list[ast.expr] = []
    if isinstance(node, ast.Assign):
        targets = node.targets
    elif isinstance(node, ast.AnnAssign | ast.AugAssign):
        targets = [node.target]
    flat = [
        one for t in targets for one in (t.elts if isinstance(t, ast.Tuple | ast.List) else [t])
    ]
    return any(isinstance(one, ast.Attribute) and one.attr == "status" for one in flat)


def _updates_status(node: ast.AST) -> bool:
    if not isinstance(node, ast.Call):
        return False
    if called(node) == "setattr":
        return any(isinstance(one, ast.Constant) and one.value == "status" for one in node.args)
    return called(node) == "update" and "status" in {keyword.arg for keyword in node.keywords}


def _asks_the_workflow(function: ast.AST) -> bool:
    return any(
        isinstance(node, ast.Attribute)
        and node.attr in {"check", "allows"}
        and isinstance(node.value, ast.Attribute)
        and node.value.attr == "WORKFLOW"
        for node in ast.walk(function)
    )


STATUS_WRITERS = {
    "erp/core/exporting.py write_export": "a background job, no document",
    "erp/core/jobs.py _run_in_thread": "a background job, no document",
    "erp/core/idempotency.py once": "the HTTP status of a stored answer",
    "erp/core/api.py Problem.__init__": "the HTTP status of an answer",
}


def test_a_status_moves_only_through_its_workflow() -> None:
    """In ``move_to``, or in a service that asked the WORKFLOW in the same function."""
    found = set()
    for path in CODE:
        in_service = "services" in {path.stem, *path.parts}
        for name, function in functions(tree_of(path)):
            if not _status_writes(function):
                continue
            may = in_service or name.endswith(".move_to")
            if not (may and _asks_the_workflow(function)):
                found.add(f"{path} {name}")
    assert unexpected(found, STATUS_WRITERS) == ""


@pytest.mark.parametrize(
    "code",
    [
        "order.status = 'done'",
        "old, order.status = order.status, 'done'",
        "rows.update(status='done')",
        "setattr(order, 'status', 'done')",
    ],
)
def test_a_written_status_is_seen(code: str) -> None:
    assert _status_writes(ast.parse(code))
    assert not _status_writes(ast.parse("Order(status='draft'); order.status == 'done'"))


# --- settings -----------------------------------------------------------------------------------


def _environment_names() -> set[str]:
    """Return every name read through ``env`` in the settings."""
    tree, names = tree_of(Path("erp/settings.py")), set()
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and node.args):
            continue
        function = node.func.value if isinstance(node.func, ast.Attribute) else node.func
        first = node.args[0]
        reads = isinstance(function, ast.Name) and function.id == "env"
        if reads and isinstance(first, ast.Constant):
            names.add(str(first.value))
    return names


def test_settings_are_documented() -> None:
    documented = set(
        re.findall(r"^\| `([A-Z_]+)` \|", (ROOT / "docs/settings.md").read_text(), re.M)
    )
    assert {"SECRET_KEY", "DATABASE_URL", "ERP_ENV"} <= _environment_names()
    assert documented == _environment_names()


def test_the_example_environment_names_real_settings() -> None:
    text = (ROOT / ".env.example").read_text()
    named = set(re.findall(r"^(?:# )?([A-Z_]+)=", text, re.MULTILINE))
    assert named
    assert named <= _environment_names()


ENVIRONMENT_READERS = {
    f"erp/{name}.py": "names the settings module, as Django's own do"
    for name in ("asgi", "celery", "wsgi")
}


def test_only_the_settings_read_the_environment() -> None:
    found = set()
    for path in CODE:
        text = (ROOT / path).read_text()
        if re.search(r"\bos\.environ\b|\bgetenv\b|\bfrom os import .*environ", text):
            found.add(str(path))
    assert unexpected(found, ENVIRONMENT_READERS) == ""


# --- figures ------------------------------------------------------------------------------------


def test_nothing_exact_knows_floats() -> None:
    bad = []
    for path in (path for path in CODE if EXACT.search(str(path))):
        for node in ast.walk(tree_of(path)):
            literal = isinstance(node, ast.Constant) and isinstance(node.value, float)
            call = isinstance(node, ast.Call) and called(node) in {"float", "FloatField"}
            if literal or call:
                bad.append(f"{path}:{getattr(node, 'lineno', 0)}")
    assert bad == []
    assert any(EXACT.search(str(path)) for path in CODE)


def test_no_column_is_a_float() -> None:
    labels = {app.rpartition(".")[2] for app in settings.FIRST_PARTY_APPS}
    floats = [
        str(field)
        for model in apps.get_models()
        if model._meta.app_label in labels
        for field in model._meta.concrete_fields
        if field.get_internal_type() == "FloatField"
    ]
    assert floats == []


# --- jobs and commands --------------------------------------------------------------------------


def test_jobs_are_queued_by_a_registered_name() -> None:
    # Tests register jobs of their own.
    known = {
        name: kind
        for name, kind in jobs.registered().items()
        if "tests" not in kind.function.__module__.split(".")
    }
    labels = {app.rpartition(".")[2] for app in settings.FIRST_PARTY_APPS}
    assert all(name.partition(".")[0] in labels for name in known)
    for path in CODE:
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.Call) and called(node) == "enqueue":
                name = node.args[0]
                assert isinstance(name, ast.Constant), f"{path}:{node.lineno}: by literal name"
                assert name.value in known, f"{path}:{node.lineno}: no job {name.value!r}"


COMMANDS = sorted(
    (name, str(app))
    for name, app in get_commands().items()
    if app in {"erp", *settings.FIRST_PARTY_APPS}
)


@pytest.mark.parametrize(("name", "app"), COMMANDS)
def test_commands_explain_themselves(
    name: str, app: str, capsys: pytest.CaptureFixture[str]
) -> None:
    command = load_command_class(app, name)
    assert command.help, "one sentence on what it does"
    parser = command.create_parser("manage.py", name)
    with pytest.raises(SystemExit) as done:
        parser.parse_args(["--help"])
    assert done.value.code == 0
    assert name in capsys.readouterr().out


# --- no signals ---------------------------------------------------------------------------------


def _imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_nothing_listens_to_django_signals() -> None:
    bad = [
        f"{path}: {name}"
        for path in CODE
        for name in _imported(tree_of(path))
        if name.startswith("django.") and {"signals", "dispatch"} & set(name.split("."))
    ]
    assert bad == [], "erp.core.registry is called synchronously and can be read"
