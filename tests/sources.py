"""Our own source files, for tests about the code itself."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

ROOT = Path(settings.BASE_DIR)
APPS = ("erp", *(app for app in settings.FIRST_PARTY_APPS if "." not in app))
FUNCTION = ast.FunctionDef | ast.AsyncFunctionDef


def is_test(path: Path) -> bool:
    return "tests" in path.parts


def sources(*names: str) -> list[Path]:
    """Return our modules below the named folders, without migrations, relative to the root."""
    return sorted(
        path.relative_to(ROOT)
        for name in names or APPS
        for path in (ROOT / name).rglob("*.py")
        if "migrations" not in path.parts
    )


CODE = [path for path in sources() if not is_test(path)]
EVERYTHING = sources(*APPS, "tests", "bench", "deploy")
EDGE_NAMES = ("admin", "api", "exports", "forms", "pages", "resources", "views")
EDGES = [p for p in CODE if any(part.startswith(EDGE_NAMES) for part in p.parts[1:])]
# What computes with money and quantities.
EXACT = re.compile(
    r"(^|/)(services|models|documents|money|prices|ledger|books|fields|numbering|aggregates)(\.py$|/)"
)


def tree_of(path: Path) -> ast.Module:
    return ast.parse((ROOT / path).read_text(), filename=str(path))


def functions(tree: ast.AST, prefix: str = "") -> Iterator[tuple[str, ast.AST]]:
    """Yield every function with its qualified name, and the module's or class's own statements."""
    own: list[ast.stmt] = []
    for node in getattr(tree, "body", []):
        if isinstance(node, FUNCTION):
            yield f"{prefix}{node.name}", node
        elif isinstance(node, ast.ClassDef):
            yield from functions(node, f"{prefix}{node.name}.")
        else:
            own.append(node)
    yield prefix.rstrip(".") or "<module>", ast.Module(body=own, type_ignores=[])


def unexpected(found: set[str], allowed: dict[str, str]) -> str:
    """Return what differs between what was found and the allow-list, as text; "" when equal."""
    lines = [f"not allowed: {one}" for one in sorted(found - allowed.keys())]
    lines += [f"allowed but gone, take it out: {one}" for one in sorted(allowed.keys() - found)]
    return "\n".join(lines)


def called(call: ast.Call) -> str:
    if isinstance(call.func, ast.Attribute):
        return call.func.attr
    return call.func.id if isinstance(call.func, ast.Name) else ""
