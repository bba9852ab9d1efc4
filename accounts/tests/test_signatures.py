"""Signed requests of programs (CASES.md RP01-RP03, ID01-ID04)."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import ApiClient, UsedNonce, User
from accounts.services import create_api_client, revoke_api_client, rotate_api_client
from accounts.signatures import forget_nonces
from audit.models import AuditEntry
from customers.models import Customer
from erp.core.errors import DomainError
from tests import factories
from tests.signing import COVERED, Program, send

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]
PATH = "/api/v1/customers?limit=5"
NEW = {"code": "C-901", "name": "Northern Bearings"}


@pytest.fixture
def user() -> User:
    return factories.UserFactory(username="robot-owner", role="sales")


@pytest.fixture
def program(user: User) -> Program:
    made, secret = create_api_client("shop", user.pk, by=None)
    return Program(made.key_id, secret)


@pytest.fixture
def web() -> Client:
    return Client()


def code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json().get("code", "")


BAD = (401, "bad_signature")


def test_a_signed_request_acts_as_its_employee(program: Program, web: Client, user: User) -> None:
    mine = factories.CustomerFactory(owner=user)
    factories.CustomerFactory()
    answer = program.call(web, "GET", PATH)
    assert answer.status_code == 200
    assert [item["id"] for item in answer.json()["items"]] == [mine.pk]
    assert ApiClient.objects.get().last_used_at is not None


def test_the_same_request_is_accepted_once(program: Program, web: Client) -> None:
    headers = program.signed("GET", PATH)
    assert send(web, "GET", PATH, b"", headers).status_code == 200
    assert code(send(web, "GET", PATH, b"", headers)) == (409, "replayed")
    assert UsedNonce.objects.count() == 1


def test_a_nonce_is_each_clients_own(program: Program, web: Client, user: User) -> None:
    made, secret = create_api_client("other", user.pk, by=None)
    other = Program(made.key_id, secret)
    for one in (program, other):
        headers = one.signed("GET", PATH, nonce="the-same-number")
        assert send(web, "GET", PATH, b"", headers).status_code == 200


def test_a_nonce_is_used_up_by_a_refused_change_too(program: Program, web: Client) -> None:
    body = b'{"name": ""}'
    headers = {**program.signed("POST", "/api/v1/customers", body), "Idempotency-Key": "k"}
    assert send(web, "POST", "/api/v1/customers", body, headers).status_code == 400
    again = send(web, "POST", "/api/v1/customers", body, headers)
    assert code(again) == (409, "replayed")


@pytest.mark.parametrize("nonce", ["", "short", "n" * 129, "no blanks in", "ümlaut-nonce"])
def test_a_nonce_has_8_to_128_visible_characters(program: Program, web: Client, nonce: str) -> None:
    if not nonce.isascii():
        headers = program.signed("GET", PATH)
        headers["Signature-Input"] = headers["Signature-Input"].replace('nonce="', 'nonce="ü')
    else:
        headers = program.signed("GET", PATH, nonce=nonce)
    assert code(send(web, "GET", PATH, b"", headers)) == BAD


def test_what_was_signed_is_what_must_come(program: Program, web: Client) -> None:
    body = json.dumps(NEW).encode()
    headers = {**program.signed("POST", "/api/v1/customers", body), "Idempotency-Key": "k"}
    changed = body.replace(b"901", b"902")
    tries = [
        ("POST", "/api/v1/customers", changed),
        ("POST", "/api/v1/customers", b""),
        ("POST", "/api/v1/suppliers", body),
        ("POST", "/api/v1/customers?x=1", body),
        ("PUT", "/api/v1/customers", body),
    ]
    for method, path, sent in tries:
        answer = send(web, method, path, sent, headers)
        assert answer.status_code in {401, 405}, (method, path)
        if answer.status_code == 401:
            assert code(answer) == BAD
    assert not Customer.objects.exists()
    assert send(web, "POST", "/api/v1/customers", body, headers).status_code == 201


def test_a_digest_of_other_bytes_is_refused(program: Program, web: Client) -> None:
    body = json.dumps(NEW).encode()
    headers = program.signed("POST", "/api/v1/customers", body)
    headers["Content-Digest"] = "sha-256=:" + "A" * 43 + "=:"
    assert code(send(web, "POST", "/api/v1/customers", body, headers)) == BAD


@pytest.mark.parametrize("left_out", COVERED)
def test_method_path_and_query_must_be_signed(program: Program, web: Client, left_out: str) -> None:
    covered = tuple(one for one in COVERED if one != left_out)
    headers = program.signed("GET", PATH, covered=covered)
    assert code(send(web, "GET", PATH, b"", headers)) == BAD


def test_a_body_must_be_signed(program: Program, web: Client) -> None:
    body = json.dumps(NEW).encode()
    headers = program.signed("POST", "/api/v1/customers")  # as if there were none
    assert code(send(web, "POST", "/api/v1/customers", body, headers)) == BAD


@pytest.mark.parametrize(
    "late", [301, -301, 1e9, -1e9], ids=["old", "early", "last century", "far ahead"]
)
def test_a_clock_that_is_off_is_told_with_our_time(
    program: Program, web: Client, late: float
) -> None:
    answer = send(web, "GET", PATH, b"", program.signed("GET", PATH, late=late))
    assert code(answer) == (401, "clock_skew")
    assert answer.json()["server_time"].endswith("Z")


@pytest.mark.parametrize("late", [290, -290])
def test_a_clock_within_300_seconds_is_good_enough(
    program: Program, web: Client, late: float
) -> None:
    answer = send(web, "GET", PATH, b"", program.signed("GET", PATH, late=late))
    assert answer.status_code == 200


@pytest.mark.parametrize("created", ["", ";created=1e20", ";created=-5", ";created=1", "ms"])
def test_a_time_that_is_none_is_refused(program: Program, web: Client, created: str) -> None:
    headers = program.signed("GET", PATH)
    before, _, after = headers["Signature-Input"].partition(";created=")
    number, _, rest = after.partition(";")
    put = f";created={number}000" if created == "ms" else created
    headers["Signature-Input"] = f"{before}{put};{rest}"
    assert code(send(web, "GET", PATH, b"", headers)) == (401, "clock_skew")


def test_key_ids_count_case_and_blanks(program: Program, web: Client) -> None:
    for wrong in (program.key_id.upper(), program.key_id + " ", "key-unknown"):
        liar = Program(wrong, program.secret)
        assert code(liar.call(web, "GET", PATH)) == BAD


def test_another_label_or_two_signatures_are_refused(program: Program, web: Client) -> None:
    assert code(send(web, "GET", PATH, b"", program.signed("GET", PATH, label="x"))) == BAD
    one, two = program.signed("GET", PATH), program.signed("GET", PATH, label="sig2")
    for twice in (
        {name: f"{one[name]}, {two[name]}" for name in one},
        {name: f"{one[name]}, {one[name]}" for name in one},
    ):
        answer = send(web, "GET", PATH, b"", twice)
        assert answer.status_code == 401


def test_half_a_signature_never_falls_back_to_the_session(
    program: Program, web: Client, user: User
) -> None:
    web.force_login(user)
    headers = program.signed("GET", PATH)
    del headers["Signature"]
    assert code(send(web, "GET", PATH, b"", headers)) == BAD


def test_a_revoked_expired_or_leavers_key_is_out_of_use_at_once(
    program: Program, web: Client, user: User
) -> None:
    row = ApiClient.objects.filter(key_id=program.key_id)
    row.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert code(program.call(web, "GET", PATH)) == BAD
    row.update(expires_at=None)
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert code(program.call(web, "GET", PATH)) == BAD
    User.objects.filter(pk=user.pk).update(is_active=True)
    assert program.call(web, "GET", PATH).status_code == 200
    revoke_api_client(row.get().pk, by=None)
    assert code(program.call(web, "GET", PATH)) == BAD


def test_a_new_secret_leaves_the_old_one_a_day(program: Program, web: Client) -> None:
    old = ApiClient.objects.get(key_id=program.key_id)
    made, secret = rotate_api_client(old.pk, by=None)
    for one in (program, Program(made.key_id, secret)):
        assert one.call(web, "GET", PATH).status_code == 200
    old.refresh_from_db()
    assert old.expires_at is not None
    assert old.expires_at - timezone.now() <= timedelta(hours=24)


def test_a_scope_bounds_what_its_employee_may(web: Client, user: User) -> None:
    made, secret = create_api_client("reader", user.pk, scopes=["customers:read"], by=None)
    reader = Program(made.key_id, secret)
    assert reader.call(web, "GET", PATH).status_code == 200
    refused = reader.call(web, "POST", "/api/v1/customers", NEW, Idempotency_Key="k")
    assert code(refused) == (403, "insufficient_scope")
    assert code(reader.call(web, "GET", "/api/v1/quotations")) == (403, "insufficient_scope")


def test_rights_bound_a_program_as_they_bound_its_employee(web: Client) -> None:
    keeper = factories.UserFactory(username="keeper-of-keys", role="storekeeper")
    made, secret = create_api_client("scanner", keeper.pk, by=None)
    answer = Program(made.key_id, secret).call(web, "GET", "/api/v1/quotations")
    assert code(answer) == (403, "permission_denied")


def test_a_program_names_each_post_once(program: Program, web: Client) -> None:
    path = "/api/v1/customers"
    assert code(program.call(web, "POST", path, NEW)) == (400, "idempotency_key_required")
    first = program.call(web, "POST", path, NEW, Idempotency_Key="order-7")
    again = program.call(web, "POST", path, NEW, Idempotency_Key="order-7")
    assert (first.status_code, first.json()) == (again.status_code, again.json())
    assert again.headers["Idempotency-Replayed"] == "true"
    changed = program.call(web, "POST", path, {**NEW, "name": "X"}, Idempotency_Key="order-7")
    assert code(changed) == (422, "idempotency_key_reused")
    assert Customer.objects.count() == 1


def test_the_same_key_of_another_client_is_another_request(
    program: Program, web: Client, user: User
) -> None:
    made, secret = create_api_client("other", user.pk, by=None)
    other = Program(made.key_id, secret)
    path = "/api/v1/customers"
    assert program.call(web, "POST", path, NEW, Idempotency_Key="1").status_code == 201
    second = other.call(
        web, "POST", path, {"code": "C-902", "name": "Southern"}, Idempotency_Key="1"
    )
    assert second.status_code == 201
    assert "Idempotency-Replayed" not in second.headers


@pytest.mark.parametrize("key", ["", "k" * 300, "a\tb"])
def test_an_idempotency_key_has_1_to_255_printable_characters(
    program: Program, web: Client, key: str
) -> None:
    answer = program.call(web, "POST", "/api/v1/customers", NEW, Idempotency_Key=key)
    assert code(answer) == (400, "bad_idempotency_key")


def test_nobody_makes_a_client_that_may_more_than_himself(user: User) -> None:
    admin = factories.UserFactory(username="chief", role="administrator")
    root = factories.UserFactory(username="root", is_superuser=True)
    for other in (root, user):
        with pytest.raises(DomainError) as refused:
            create_api_client("mine", other.pk, by=admin)
        assert refused.value.code == "not_yours"
    assert create_api_client("own", admin.pk, by=admin)[0].user == admin
    assert AuditEntry.objects.filter(action="accounts.api_client.created").count() == 1


@pytest.mark.parametrize("scopes", [[], ["customers"], ["Customers:read"], ["customers:delete"]])
def test_a_scope_is_a_section_and_read_or_write(user: User, scopes: list[str]) -> None:
    with pytest.raises(DomainError) as refused:
        create_api_client("x", user.pk, scopes=scopes, by=None)
    assert (refused.value.code, refused.value.field) == ("bad_scope", "scopes")


def test_the_secret_is_not_in_the_database_nor_in_the_log(user: User) -> None:
    made, secret = create_api_client("shop", user.pk, by=None)
    row = ApiClient.objects.filter(pk=made.pk).values().get()
    assert secret not in str(row)
    assert secret not in str(list(AuditEntry.objects.values()))


def test_a_secret_outlives_a_change_of_the_secret_key(
    program: Program, web: Client, settings: Any
) -> None:
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "x" * 60
    assert program.call(web, "GET", PATH).status_code == 200
    settings.SECRET_KEY_FALLBACKS = []
    assert code(program.call(web, "GET", PATH)) == BAD


def test_old_nonces_are_forgotten(program: Program, web: Client) -> None:
    program.call(web, "GET", PATH)
    assert forget_nonces() == 0
    UsedNonce.objects.update(used_at=timezone.now() - timedelta(minutes=21))
    assert forget_nonces() == 1
