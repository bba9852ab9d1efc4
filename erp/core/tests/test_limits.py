"""How often one may ask (CASES.md RL01, SE02)."""

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.core.exceptions import ImproperlyConfigured
from django.test import Client, RequestFactory
from django.utils import timezone

from accounts.services import create_api_client
from erp.core.addresses import client_address
from erp.core.limits import DEFAULT_LIMITS, kind_of, parse_limits
from tests import factories
from tests.signing import Program

PATH = "/api/v1/customers"


@pytest.fixture
def limited(settings: Any) -> Iterator[Any]:
    """Two reads and two log-ins a minute, and a minute that does not end."""
    cache.clear()
    settings.RATE_LIMITS = {**dict.fromkeys(DEFAULT_LIMITS, 0), "read": 2, "login": 2}
    with time_machine.travel(timezone.now(), tick=False):
        yield settings


def signed_in(username: str) -> Client:
    web = Client()
    web.force_login(factories.UserFactory(username=username, role="sales"))
    return web


@pytest.mark.django_db
def test_a_user_who_asks_too_often_waits_and_others_do_not(limited: Any) -> None:
    first, other = signed_in("first"), signed_in("other")
    assert [first.get(PATH).status_code for _n in range(2)] == [200, 200]
    refused = first.get(PATH)
    assert (refused.status_code, refused.json()["code"]) == (429, "throttled")
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert other.get(PATH).status_code == 200


@pytest.mark.django_db
def test_a_page_says_so_in_the_readers_language(limited: Any) -> None:
    web = signed_in("first")
    for _n in range(2):
        web.get("/")
    refused = web.get("/")
    assert refused.status_code == 429
    assert b"You asked too often." in refused.content


@pytest.mark.django_db
def test_a_program_has_a_limit_of_its_own(limited: Any) -> None:
    user = factories.UserFactory(username="owner", role="sales")
    programs = []
    for name in ("a", "b"):
        made, secret = create_api_client(name, user.pk, by=None)
        programs.append(Program(made.key_id, secret))
    web = Client()
    # Each from an address of its own, so that only the program's limit is met.
    places = [Client(REMOTE_ADDR=f"10.0.0.{n}") for n in range(3)]
    told = [programs[0].call(place, "GET", PATH).status_code for place in places]
    assert told == [200, 200, 429]
    assert programs[1].call(web, "GET", PATH).status_code == 200


@pytest.mark.django_db
def test_guesses_from_one_address_are_bounded_whatever_they_claim(limited: Any) -> None:
    limited.TRUSTED_PROXIES = 0
    web = Client()
    told = [
        web.post("/admin/login/", {}, headers={"X-Forwarded-For": f"10.1.1.{n}"}).status_code
        for n in range(3)
    ]
    assert told == [200, 200, 429]


@pytest.mark.parametrize(
    ("trusted", "forwarded", "address"),
    [
        (0, "1.1.1.1", "9.9.9.9"),
        (1, "1.1.1.1", "1.1.1.1"),
        (1, "6.6.6.6, 1.1.1.1", "1.1.1.1"),
        (2, "6.6.6.6, 1.1.1.1, 2.2.2.2", "1.1.1.1"),
        (2, "1.1.1.1", "9.9.9.9"),
        (1, "nonsense", "9.9.9.9"),
        (1, "", "9.9.9.9"),
    ],
)
def test_only_what_a_trusted_proxy_added_is_believed(
    settings: Any, trusted: int, forwarded: str, address: str
) -> None:
    settings.TRUSTED_PROXIES = trusted
    asked = RequestFactory(REMOTE_ADDR="9.9.9.9").get("/", headers={"X-Forwarded-For": forwarded})
    assert client_address(asked) == address


@pytest.mark.parametrize(
    ("method", "route", "kind"),
    [
        ("POST", "admin/login/", "login"),
        ("GET", "admin/login/", "read"),
        ("GET", "admin/autocomplete/", "search"),
        ("GET", "quotations/<int:pk>/pdf/", "print"),
        ("GET", "stock/export/", "export"),
        ("POST", "imports/<int:pk>/apply/", "import"),
        ("GET", "imports/", "read"),
        ("PATCH", "api/v1/quotations/<int:pk>", "write"),
    ],
)
def test_a_route_has_a_class(method: str, route: str, kind: str) -> None:
    assert kind_of(method, route) == kind


def test_limits_are_named_in_the_settings() -> None:
    assert parse_limits(["search=5"]) == {**DEFAULT_LIMITS, "search": 5}
    for wrong in ("search", "searches=5", "search=-1"):
        with pytest.raises(ImproperlyConfigured, match="RATE_LIMITS"):
            parse_limits([wrong])
