"""The expectations, as the two tables say them."""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).parent
ROLES = ("sales", "purchaser", "storekeeper", "accountant", "manager", "administrator")


@dataclass(frozen=True)
class Rule:
    """What one route answers to one method: a status per kind of person.

    ``seen``, ``hidden``: for a row in sight, and for another's or a missing one. ``own``: only the
    person's own rows are in sight.
    """

    route: str
    method: str
    role: str
    seen: str
    hidden: str
    own: bool = False
    label: str = ""
    values: dict[str, str] = field(default_factory=dict, hash=False)


def _lines(name: str) -> list[dict[str, str]]:
    text = (HERE / name).read_text()
    return list(csv.DictReader(line for line in text.splitlines() if not line.startswith("#")))


def page_rules() -> Iterator[Rule]:
    for line in _lines("routes.csv"):
        values = dict(pair.split("=") for pair in line["values"].split())
        yield from (_rule(line, role, values) for role in ("anonymous", *ROLES))


def _rule(line: dict[str, str], role: str, values: dict[str, str]) -> Rule:
    cell = line[role]
    own = cell.startswith("own:")
    status = cell.removeprefix("own:")
    # Without the right nothing is looked up; with it a missing row is 404.
    passed = line["object"] and role != "anonymous" and status != "403"
    hidden = "404" if passed else status
    return Rule(line["route"], line["method"], role, status, hidden, own, line["object"], values)


# --- the admin -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Table:
    """One line of admin.csv."""

    label: str
    owned: bool
    may: dict[str, str]
    verbs: dict[str, set[str]]  # verb → roles
    has_verbs: bool = True


def tables() -> list[Table]:
    found = []
    for line in _lines("admin.csv"):
        verbs: dict[str, set[str]] = {}
        has_verbs = line["verbs"] != "-"
        for part in filter(None, line["verbs"].removeprefix("-").split(";")):
            names, roles = part.split(":")
            verbs.update((name, set(roles.split())) for name in names.split())
        may = {role: line[role] for role in ROLES}
        found.append(Table(line["model"], line["own"] == "yes", may, verbs, has_verbs))
    return found


# What the admin answers. "" is: without the right.
_ROW_ROUTES = ("<path:object_id>/change/", "<path:object_id>/history/", "<path:object_id>/delete/")


def _admin_answers(may: str) -> Iterator[tuple[str, str, str, str]]:
    """Yield (route, method, seen, hidden) for what a role may do to a table."""
    sees = "v" in may or "o" in may
    for method in ("GET", "POST"):
        listed = "200" if sees else "403"
        yield "", method, listed, listed
        added = "200" if "a" in may else "403"
        yield "add/", method, added, added
        # A row out of sight is a redirect with a message, as Django does for a missing one.
        yield "<path:object_id>/history/", method, "200" if sees else "302", "302"
        deletes = "d" in may
        yield (
            "<path:object_id>/delete/",
            method,
            "200" if deletes else "403",
            "302" if deletes else "403",
        )
    # Every role may export what it sees.
    yield "export/", "POST", *(("200", "200") if sees else ("403", "403"))
    yield "export/", "GET", "405", "405"
    yield "<path:object_id>/", "GET", "302", "302"  # to the change page, which decides
    yield "<path:object_id>/change/", "GET", *(("200", "302") if sees else ("403", "403"))
    changed = {"c": ("200", "302"), "f": ("403", "302")}
    letter = next((one for one in "cf" if one in may), "")
    yield "<path:object_id>/change/", "POST", *changed.get(letter, ("403", "403"))


def admin_rules() -> Iterator[Rule]:
    for table in tables():
        base = f"admin/{table.label.replace('.', '/')}/"
        for role in ROLES:
            may = table.may[role]
            for route, method, seen, hidden in _admin_answers(may):
                label = table.label if "<" in route else ""
                yield Rule(base + route, method, role, seen, hidden, "o" in may, label)
            yield from _verb_rules(table, role, base)
        for route in (*_ROW_ROUTES, "<path:object_id>/", "", "add/", "export/", *_do(table)):
            label = table.label if "<" in route else ""
            for method in ("GET", "POST"):
                yield Rule(
                    base + route, method, "anonymous", "login", "login", False, label, {"name": "x"}
                )


def _do(table: Table) -> tuple[str, ...]:
    return ("<path:object_id>/do/<slug:name>/",) if table.has_verbs else ()


def _verb_rules(table: Table, role: str, base: str) -> Iterator[Rule]:
    for route in _do(table):
        own = "o" in table.may[role]
        for verb, roles in {**table.verbs, "burn": set()}.items():
            values = {"name": verb}
            may = role in roles
            seen, hidden = ("302", "404") if may else ("403", "403")
            if verb == "burn":  # no such verb
                seen = hidden = "404"
            yield Rule(base + route, "POST", role, seen, hidden, own, table.label, values)
        yield Rule(base + route, "GET", role, "405", "405", own, table.label, {"name": "burn"})


# What answers otherwise than its kind, and why.
EXCEPTIONS = {
    # One company: its list leads straight to it.
    ("admin/core/company/", "GET"): {"200": "302"},
}


def rules() -> Iterator[Rule]:
    for rule in (*page_rules(), *admin_rules()):
        other = EXCEPTIONS.get((rule.route, rule.method), {})
        if rule.seen in other:
            status = other[rule.seen]
            yield Rule(rule.route, rule.method, rule.role, status, status, rule.own, rule.label)
        else:
            yield rule


def listed_routes() -> set[str]:
    return {rule.route for rule in rules()}


def placeholders(route: str) -> list[str]:
    return re.findall(r"<(?:\w+:)?(\w+)>", route)
