"""The hot word lists: what is in them, who may read them, and when they change."""

from ipaddress import ip_network
from json import dumps
from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.test import AsyncClient, Client
from django.urls import reverse

from accounts.models import User
from erp.core.models import Company
from erp.core.networks import networks
from imports import services
from products import words
from products.models import Brand, WordList
from tests.factories import (
    BrandFactory,
    CategoryFactory,
    ProductFactory,
    StopWordFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
WORDS, STOP_WORDS = "/dictionary/words.txt", "/dictionary/stopwords.txt"
KEY = "a-key-of-enough-length"


@pytest.fixture
def administrator(db: None) -> User:
    return UserFactory(role="administrator")


def terms(client: Client, url: str = WORDS) -> list[str]:
    answer = client.get(url)
    assert answer.status_code == 200
    return b"".join(answer).decode().splitlines()


def mark(client: Client, url: str = WORDS) -> tuple[str, str]:
    answer = client.head(url)
    return answer["ETag"], answer["Last-Modified"]


def save(user: User, obj: Any, **values: Any) -> int:
    """Save a row by its admin form, as the browser would."""
    client = Client()
    client.force_login(user)
    meta = obj._meta
    url = reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[obj.pk])
    form = client.get(url).context["adminform"].form
    data = {name: form[name].value() for name in form.fields}
    data = {n: dumps(v) if isinstance(v, list) else v or "" for n, v in data.items()}
    return client.post(url, {**data, **values}).status_code


# --- what is in them --------------------------------------------------------------------------


def test_the_words_are_brands_names_categories_and_designations(client: Client) -> None:
    brand = BrandFactory(code="SKF", name_en="SKF", name_zh="斯凯孚", aliases=["瑞典SKF"])
    CategoryFactory(name_en="Deep groove ball bearings", name_zh="深沟球轴承")
    ProductFactory(brand=brand, designation="6205-2RSH", name="深沟球轴承")
    ProductFactory(brand=BrandFactory(code="HRB"), designation="6205-2RSH")
    found = terms(client)
    assert {"SKF", "斯凯孚", "瑞典SKF", "深沟球轴承", "groove", "6205-2RSH"} <= set(found)
    assert len(found) == len(set(found))
    assert "" not in found


def test_a_term_never_breaks_its_line(client: Client) -> None:
    BrandFactory(code="SKF", aliases=["two\nlines", "  ", "nul\x00"])
    found = terms(client)
    assert "two lines" in found
    assert "nul" in found


def test_all_designations_come_once_however_they_are_cut(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(words, "_BATCH", 3)
    for brand in [BrandFactory(code=code) for code in ("A1", "B1", "C1", "D1")]:
        for designation in ("6205", "6206", "6207"):
            ProductFactory(brand=brand, designation=designation, name="")
    ProductFactory(brand=BrandFactory(code="A1"), designation="6207-2Z", name="")
    found = [term for term in terms(client) if term.startswith("62")]
    assert found == ["6205", "6206", "6207", "6207-2Z"]


def test_the_stop_words_are_those_kept_in_the_back_office(client: Client) -> None:
    for word in ("请", "报价", "the"):
        StopWordFactory(word=word)
    assert sorted(terms(client, STOP_WORDS)) == sorted(["请", "报价", "the"])


def test_an_asynchronous_server_streams_them_too() -> None:
    BrandFactory(code="SKF")

    async def ask() -> bytes:
        answer: Any = await AsyncClient().get(WORDS)
        assert answer.is_async
        return b"".join([piece async for piece in answer])

    assert b"SKF\n" in async_to_sync(ask)()


# --- HTTP -------------------------------------------------------------------------------------


def test_the_list_is_plain_text_in_utf8(client: Client) -> None:
    answer = client.get(WORDS)
    assert answer["Content-Type"] == "text/plain; charset=UTF-8"
    assert answer["Cache-Control"] == "private, no-cache"


def test_who_has_the_list_is_told_so(client: Client) -> None:
    words.changed()
    etag, changed_at = mark(client)
    for headers in ({"If-None-Match": etag}, {"If-Modified-Since": changed_at}):
        for ask in (client.get, client.head):
            answer = ask(WORDS, headers=headers)
            assert answer.status_code == 304
            assert answer.content == b""
            assert (answer["ETag"], answer["Last-Modified"]) == (etag, changed_at)
    words.changed()
    for headers in ({"If-None-Match": etag}, {"If-Modified-Since": changed_at}):
        assert client.get(WORDS, headers=headers).status_code == 200


def test_head_answers_like_get_without_the_words(client: Client) -> None:
    BrandFactory(code="SKF")
    head, get = client.head(WORDS), client.get(WORDS)
    assert head.status_code == 200
    assert head.content == b""
    for name in ("ETag", "Last-Modified", "Content-Type"):
        assert head[name] == get[name]


def test_the_lists_change_apart(client: Client) -> None:
    before = mark(client), mark(client, STOP_WORDS)
    words.changed(words.STOP_WORDS)
    assert mark(client) == before[0]
    assert mark(client, STOP_WORDS) != before[1]


def test_every_change_is_later_than_the_one_before(client: Client) -> None:
    seen = []
    for _ in range(3):
        words.changed()
        seen.append(mark(client))
    assert len({etag for etag, _at in seen}) == len({at for _etag, at in seen}) == 3


# --- when they change -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "value", "changes"),
    [("code", "SKF2", True), ("aliases", '["斯凯孚"]', True), ("country", "SE", False)],
)
def test_a_brand_changes_the_words_by_its_names_alone(
    client: Client, administrator: User, field: str, value: str, changes: bool
) -> None:
    brand = BrandFactory(code="SKF", aliases=[])
    before = mark(client)
    assert save(administrator, brand, **{field: value}) == 302
    assert (mark(client) != before) is changes


def test_a_category_and_a_stop_word_change_their_list(client: Client, administrator: User) -> None:
    before = mark(client), mark(client, STOP_WORDS)
    assert save(administrator, CategoryFactory(), name_en="Others") == 302
    assert mark(client) != before[0]
    assert mark(client, STOP_WORDS) == before[1]
    assert save(administrator, StopWordFactory(word="请"), word="您好") == 302
    assert mark(client, STOP_WORDS) != before[1]
    assert terms(client, STOP_WORDS) == ["您好"]


def test_adding_and_deleting_in_the_back_office_change_the_words(
    client: Client, administrator: User
) -> None:
    browser = Client()
    browser.force_login(administrator)
    before = mark(client)
    data = {"code": "NEW", "name_en": "New", "name_zh": "", "country": "", "aliases": "[]"}
    assert browser.post("/admin/products/brand/add/", data).status_code == 302
    added = mark(client)
    assert added != before
    brand = Brand.objects.get(code="NEW")
    url = f"/admin/products/brand/{brand.pk}/delete/"
    seen = {f"seen-{brand.pk}": brand.version}
    assert browser.post(url, {"post": "yes", **seen}).status_code == 302
    assert mark(client) != added


@pytest.mark.parametrize(("field", "changes"), [("designation", True), ("mass_kg", False)])
def test_a_product_changes_the_words_by_its_designation(
    client: Client, administrator: User, field: str, changes: bool
) -> None:
    before = mark(client)
    browser = Client()
    browser.force_login(administrator)
    product = ProductFactory(designation="6205")
    url = f"/admin/products/product/{product.pk}/change/"
    page = browser.get(url).context
    forms = [page["adminform"].form]
    for formset in page["inline_admin_formsets"]:
        forms += [formset.formset.management_form]
    values = {f.add_prefix(n): f[n].value() for f in forms for n in f.fields}
    data = {name: "" if value is None else value for name, value in values.items()}
    data[field] = {"designation": "6206", "mass_kg": "0.13"}[field]
    assert browser.post(url, data).status_code == 302
    product.refresh_from_db()
    assert str(getattr(product, field)).startswith(data[field])
    assert (mark(client) != before) is changes


def test_an_import_changes_the_words_once_if_at_all(
    client: Client, company: Company, tmp_path: Path
) -> None:
    BrandFactory(code="SKF")
    path = tmp_path / "list.csv"

    def load(*rows: str) -> int:
        path.write_text("\n".join(("品牌,型号,名称,单价", *rows)), encoding="utf-8")
        made = services.create_import("products", path.name, by=None)
        services.check_import(made.pk, path=path, by=None)
        return services.apply_import(made.pk, by=None).pk

    seen = [words.state_of(words.WORDS).revision]
    first = load("SKF,6205,,1", "SKF,6206,,1")
    seen.append(words.state_of(words.WORDS).revision)
    load("SKF,6205,,2")  # a price is no word
    seen.append(words.state_of(words.WORDS).revision)
    load("SKF,6205,深沟球轴承,2")
    seen.append(words.state_of(words.WORDS).revision)
    assert seen == [0, 1, 1, 2]
    assert "6206" in terms(client)
    second = load("SKF,6207,,1")
    services.undo_import(second, by=None)
    assert words.state_of(words.WORDS).revision == 4
    assert first != second
    assert "6207" not in terms(client)


def test_a_change_that_is_taken_back_leaves_them_unchanged(client: Client) -> None:
    words.changed()
    before = mark(client)
    with pytest.raises(ZeroDivisionError):
        _rename_and_fail()
    assert mark(client) == before
    assert WordList.objects.get(name=words.WORDS).revision == 1


@transaction.atomic
def _rename_and_fail() -> None:
    Brand.objects.filter(code="SKF").update(code="SKF2")
    words.changed()
    raise ZeroDivisionError


# --- who may read them ------------------------------------------------------------------------


def test_a_stranger_is_refused_without_the_key(client: Client, settings: Any) -> None:
    settings.DICTIONARY_KEY = KEY
    answer = client.get(WORDS, REMOTE_ADDR="203.0.113.9")
    assert answer.status_code == 401
    assert answer.content == b""
    assert answer["WWW-Authenticate"] == "Bearer"
    assert "ETag" not in answer
    assert client.head(WORDS, REMOTE_ADDR="203.0.113.9").status_code == 401


@pytest.mark.parametrize("way", ["header", "query"])
def test_the_key_opens_from_anywhere(client: Client, settings: Any, way: str) -> None:
    settings.DICTIONARY_KEY = KEY

    def ask(key: str) -> int:
        headers = {"Authorization": f"Bearer {key}"} if way == "header" else {}
        query = {"key": key} if way == "query" else {}
        return client.get(WORDS, query, headers=headers, REMOTE_ADDR="203.0.113.9").status_code

    assert ask(KEY) == 200
    for wrong in ("", KEY[:-1], KEY + "x", "ключ"):
        assert ask(wrong) == 401


def test_no_key_is_right_where_none_is_set(client: Client, settings: Any) -> None:
    settings.DICTIONARY_KEY = ""
    assert client.get(WORDS, {"key": ""}).status_code == 401
    assert client.get(WORDS, headers={"Authorization": "Bearer "}).status_code == 401


def test_a_wrong_key_is_refused_in_an_allowed_network_too(client: Client, settings: Any) -> None:
    settings.DICTIONARY_KEY = KEY
    assert client.get(WORDS).status_code == 200
    assert client.get(WORDS, {"key": "wrong"}).status_code == 401


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("10.1.2.3", 200),
        ("::ffff:10.1.2.3", 200),
        ("fd00::5", 200),
        ("10.2.0.1", 401),
        ("127.0.0.1", 401),
        ("", 401),
        ("unix:", 401),
    ],
)
def test_an_allowed_network_is_the_peers_own(
    client: Client, settings: Any, address: str, status: int
) -> None:
    settings.DICTIONARY_NETWORKS = (ip_network("10.1.0.0/16"), ip_network("fd00::/8"))
    assert client.get(WORDS, REMOTE_ADDR=address).status_code == status


@pytest.mark.parametrize("header", ["X-Forwarded-For", "X-Real-IP", "Forwarded"])
def test_a_forged_address_opens_nothing(client: Client, header: str) -> None:
    headers = {header: "127.0.0.1"}
    for address in ("203.0.113.9", "127.0.0.1"):  # the second: a proxy on this machine
        answer = client.get(WORDS, headers=headers, REMOTE_ADDR=address)
        assert answer.status_code == 401


def test_settings_that_would_open_them_are_refused(settings: Any) -> None:
    with pytest.raises(ImproperlyConfigured, match="Not a network"):
        networks(["10.0.0.1/8"])
    settings.DICTIONARY_KEY = "short"
    assert "products.E001" in {check.id for check in run_checks()}
