"""Sending what the rules speak of and telling what answers otherwise."""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.messages import get_messages
from django.db import transaction
from django.test import Client

from tests.matrix.expected import Rule, placeholders
from tests.matrix.world import KEEPER, MISSING, World

# Of a table whose key is no number.
_NO_SUCH_ROW = {"core.currency": "ZZZ", "core.unit": "ZZZ", "core.paymentterm": "ZZZ"}
_PER_REQUEST = {
    "X-Request-ID",
    "Content-Length",
    "Content-Security-Policy",
    "Expires",
    "Last-Modified",
    "Set-Cookie",
}
_SECRETS = re.compile(r'(csrfmiddlewaretoken" value=|nonce=|"X-CSRFToken": )"[^"]*"')


@dataclass(frozen=True)
class Question:
    person: str
    rule: Rule
    target: str  # own, other, foreign (of another warehouse), missing, or "" where none is named
    row: Any

    @property
    def key(self) -> str:
        """The id asked for, as the address has it."""
        if self.target == "missing":
            return _NO_SUCH_ROW.get(self.rule.label, str(MISSING))
        return str(getattr(self.row, "pk", ""))

    @property
    def path(self) -> str:
        path = "/" + self.rule.route
        for name in placeholders(self.rule.route):
            value = self.rule.values.get(name, self.key)
            if name == "line_pk":
                value = str(self.row.lines.get().pk)
            path = re.sub(rf"<(\w+:)?{name}>", value, path)
        return path

    @property
    def expected(self) -> str:
        seen = self.target in {"", "own"} or (self.target == "other" and not self.rule.own)
        return self.rule.seen if seen else self.rule.hidden

    def __str__(self) -> str:
        whose = f" ({self.target})" if self.target else ""
        return f"{self.person}: {self.rule.method} {self.path}{whose}"


@dataclass(frozen=True)
class Answer:
    status: str
    response: Any
    said: tuple[str, ...]

    def without(self, key: str) -> tuple[Any, ...]:
        """Return all a client can tell, less the id it asked for and what differs each time."""

        def blank(text: str) -> str:
            return re.sub(rf"\b{re.escape(key)}\b", "ID", text)

        body = _SECRETS.sub(r"\1", self.response.content.decode(errors="replace"))
        headers = {k: blank(v) for k, v in self.response.headers.items() if k not in _PER_REQUEST}
        return self.status, headers, blank(body), tuple(map(blank, self.said))


Body = Callable[[World, Question], dict[str, Any]]


class Asker:
    """Asks in the name of the world's people; each question leaves everything as it was."""

    def __init__(self, world: World, bodies: dict[tuple[str, str], Body]) -> None:
        self.world = world
        self.bodies = bodies
        self.asked = 0
        # Whether pages that say no have to be rendered: where two of them are compared.
        self.compares = False

    def questions(self, person: str, rule: Rule) -> Iterator[Question]:
        if not rule.label:
            yield Question(person, rule, "", None)
            return
        row = None
        if rule.label in self.world.shared or rule.label in self.world.owned:
            row = self.world.own(rule.label, person)
            is_mine = not rule.own or person in self.world.owned[rule.label]
            yield Question(person, rule, "own" if is_mine else "other", row)
            if is_mine and rule.own and rule.hidden != "403":
                row = self.world.other(rule.label, person)
                yield Question(person, rule, "other", row)
        if person == KEEPER and rule.label in self.world.foreign:
            yield Question(person, rule, "foreign", self.world.foreign[rule.label])
        if person != "anonymous":
            yield Question(person, rule, "missing", row)

    def ask(self, question: Question) -> Answer:
        self.asked += 1
        client = self.world.clients[question.person]
        cookies = deepcopy(client.cookies)
        try:
            with transaction.atomic():
                response = self._send(client, question)
                said = tuple(str(message) for message in get_messages(response.wsgi_request))
                transaction.set_rollback(True)
        finally:
            client.cookies = cookies
        return Answer(_status(response), response, said)

    def _send(self, client: Client, question: Question) -> Any:
        rule = question.rule
        body = self.bodies.get((rule.method, rule.route))
        data = body(self.world, question) if body else {}
        if rule.method == "GET":
            return client.get(question.path, data)
        if rule.route.startswith("api/"):
            sent = json.dumps(data)
            return client.generic(rule.method, question.path, sent, "application/json")
        if rule.method == "POST":
            return client.post(question.path, data)
        return client.generic(rule.method, question.path)

    def differences(self, person: str, rules: Iterable[Rule]) -> list[str]:
        """Return a text for each answer that is not the expected one."""
        found = []
        for rule in rules:
            is_kept = person == KEEPER and rule.label in self.world.foreign
            self.compares = (rule.own or is_kept) and rule.hidden != "403"
            answers: dict[str, tuple[Question, Answer]] = {}
            for question in self.questions(person, rule):
                answer = self.ask(question)
                answers[question.target] = question, answer
                if answer.status != question.expected:
                    found.append(f"{question}: {answer.status}, not {question.expected}")
                found += _bad_problem(question, answer)
            for hidden in {"other", "foreign"} & answers.keys() if self.compares else ():
                found += _told_apart(*answers[hidden], *answers["missing"])
        return found


def _status(response: Any) -> str:
    location = response.headers.get("Location", "")
    if response.status_code == 302 and location.startswith(str(settings.LOGIN_URL)):
        return "login"
    return str(response.status_code)


def _told_apart(other: Question, hidden: Answer, missing: Question, none: Answer) -> list[str]:
    """A row out of sight answers as one that is not there, byte for byte."""
    left, right = hidden.without(other.key), none.without(missing.key)
    if left == right:
        return []
    parts = [f"{a!r} / {b!r}" for a, b in zip(left, right, strict=True) if a != b]
    return [f"{other} can be told from a missing one: {'; '.join(parts)[:400]}"]


def _bad_problem(question: Question, answer: Answer) -> list[str]:
    """The API says no in one form, with a stable code."""
    operation = question.rule.route.startswith("api/v1/") and question.rule.route != "api/v1/"
    if not operation or answer.status not in {"400", "401", "403", "404", "409"}:
        return []
    response = answer.response
    if response.headers["Content-Type"] != "application/problem+json":
        return [f"{question}: no problem+json but {response.headers['Content-Type']}"]
    body = response.json()
    good = str(body["status"]) == answer.status and body["code"]
    return [] if good else [f"{question}: {body}"]
