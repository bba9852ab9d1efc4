"""How often one may ask: per user, program or address and class of route, within a minute.

The counters are in the cache, so processes that share a Redis share them. Where the cache does not
answer, log-ins are refused and everything else goes on.
"""

import re
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest
from django_ratelimit.core import get_usage

SAFE = {"GET", "HEAD", "OPTIONS"}
# The first that fits decides; the rest are reads and writes.
_CLASSES = (
    ("search", SAFE, re.compile(r"search|autocomplete|/options/")),
    ("print", SAFE, re.compile(r"pdf|labels")),
    ("export", SAFE | {"POST"}, re.compile(r"export|\.xlsx")),
    ("import", {"POST"}, re.compile(r"import|upload")),
    ("login", {"POST"}, re.compile(r"^admin/login/")),
)
# Requests a minute. A salesperson types a search every half second at most.
DEFAULT_LIMITS = {
    "login": 20,
    "search": 300,
    "print": 60,
    "export": 30,
    "import": 30,
    "write": 300,
    "read": 1200,
}


@dataclass(frozen=True, slots=True)
class Exceeded:
    """What was asked too often, and after how many seconds to ask again."""

    kind: str
    retry_after: int


def parse_limits(texts: list[str]) -> dict[str, int]:
    """Return the limits of ``RATE_LIMITS``, written ``search=600``; others keep the default."""
    limits = dict(DEFAULT_LIMITS)
    for text in texts:
        name, _sign, number = text.partition("=")
        if name.strip() not in limits or not number.strip().isdigit():
            known = ", ".join(limits)
            raise ImproperlyConfigured(f"RATE_LIMITS: {text!r} is not CLASS=NUMBER ({known}).")
        limits[name.strip()] = int(number)
    return limits


def kind_of(method: str, route: str) -> str:
    """Return the class of a route: login, search, print, export, import, write or read."""
    for kind, methods, pattern in _CLASSES:
        if method in methods and pattern.search(route):
            return kind
    return "read" if method in SAFE else "write"


def count(request: HttpRequest, who: str) -> Exceeded | None:
    """Count a request of this user, program or address; tell when it is one too many.

    0 in the settings switches a class off.
    """
    route = request.resolver_match.route if request.resolver_match else ""
    kind = kind_of(str(request.method), route)
    most = settings.RATE_LIMITS[kind]
    if not most:
        return None
    usage: dict[str, Any] = get_usage(
        request,
        group=f"erp.{kind}",
        key=lambda _group, _request: who,
        rate=f"{most}/m",
        increment=True,
    )
    silent = usage["time_left"] < 0 or not usage["limit"]
    if silent:
        return Exceeded(kind, 60) if kind == "login" else None
    return Exceeded(kind, max(usage["time_left"], 1)) if usage["should_limit"] else None
