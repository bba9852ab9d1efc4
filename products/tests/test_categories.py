"""Categories are a tree: no circles, shown in its order, filtered and archived by branch."""

import threading
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, connections
from django.test import Client
from django.urls import reverse
from django.utils import translation
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from products.categories import subtree_of, tree_of
from products.models import Category
from products.services import archive_category, unarchive_category
from tests.factories import CategoryFactory, ProductFactory, UserFactory
from tests.selling import signed_in
from tests.support import actions, manager, refused

pytestmark = pytest.mark.django_db
LIST = reverse("admin:products_category_changelist")


@pytest.fixture
def tree() -> dict[str, Category]:
    """bearing > (ball > deep, roller); other."""
    found: dict[str, Category] = {}
    for code, above in (
        ("bearing", ""),
        ("ball", "bearing"),
        ("deep", "ball"),
        ("roller", "bearing"),
        ("other", ""),
    ):
        found[code] = CategoryFactory(code=code, name_en=code, parent=found.get(above))
    return found


@pytest.fixture
def boss() -> Client:
    return signed_in(UserFactory(role="manager"))


def move(client: Client, category: Category, parent: Category | None) -> Any:
    category.refresh_from_db()
    sent = {
        "code": category.code,
        "name_zh": category.name_zh,
        "name_en": category.name_en,
        "parent": parent.pk if parent else "",
        "seen_version": category.version,
    }
    return client.post(reverse("admin:products_category_change", args=[category.pk]), sent)


def test_the_tree_has_its_order(tree: dict[str, Category]) -> None:
    found = [(one.category.code, one.depth, one.children) for one in tree_of(tree.values())]
    assert found == [
        ("bearing", 0, 2),
        ("ball", 1, 1),
        ("deep", 2, 0),
        ("roller", 1, 0),
        ("other", 0, 0),
    ]


def test_a_branch_without_its_parent_stands_at_the_top(tree: dict[str, Category]) -> None:
    found = tree_of([tree["deep"], tree["roller"]])
    assert [(one.category.code, one.depth) for one in found] == [("deep", 0), ("roller", 0)]


def test_a_subtree_is_found_in_one_query(
    tree: dict[str, Category], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1):
        found = subtree_of(tree["bearing"].pk)
    assert found == {tree[code].pk for code in ("bearing", "ball", "deep", "roller")}


@pytest.mark.parametrize("below", ["bearing", "ball", "deep"])
def test_nothing_stands_below_itself(below: str, tree: dict[str, Category]) -> None:
    top = tree["bearing"]
    top.parent = tree[below]
    with translation.override("en"), pytest.raises(ValidationError, match="below itself"):
        top.clean()


def test_the_admin_moves_a_branch_and_refuses_a_circle(
    tree: dict[str, Category], boss: Client
) -> None:
    assert move(boss, tree["ball"], tree["other"]).status_code == 302
    assert subtree_of(tree["other"].pk) == {tree[c].pk for c in ("other", "ball", "deep")}
    answer = move(boss, tree["other"], tree["deep"])
    assert "below itself" in answer.text
    tree["other"].refresh_from_db()
    assert tree["other"].parent is None


def test_the_list_shows_the_tree(tree: dict[str, Category], boss: Client) -> None:
    shown = boss.get(LIST).context["cl"].result_list
    assert [row.code for row in shown] == ["bearing", "ball", "deep", "roller", "other"]
    text = boss.get(LIST).text
    assert "\u3000\u3000deep" in text


def test_a_category_filters_the_products_of_its_branch(
    tree: dict[str, Category], boss: Client
) -> None:
    for code in ("deep", "roller", "other"):
        ProductFactory(designation=f"62{len(code)}{code}", category=tree[code])
    path = reverse("admin:products_product_changelist")

    def found(code: str) -> set[str]:
        answer = boss.get(path, {"category__id__exact": tree[code].pk})
        return {row.category.code for row in answer.context["cl"].result_list}

    assert found("bearing") == {"deep", "roller"}
    assert found("ball") == {"deep"}
    assert found("other") == {"other"}
    assert boss.get(path, {"category__id__exact": "x"}).status_code in {200, 302}


# --- the archive ------------------------------------------------------------------------------


def test_a_branch_is_archived_whole(tree: dict[str, Category]) -> None:
    archive_category(tree["ball"].pk, by=manager())
    archived = Category.objects.exclude(archived_at=None)
    assert set(archived.values_list("code", flat=True)) == {"ball", "deep"}
    assert actions(tree["deep"]) == ["products.category.archived"]


def test_a_branch_comes_back_from_its_top(tree: dict[str, Category]) -> None:
    by = manager()
    archive_category(tree["ball"].pk, by=by)
    with refused("parent_archived"):
        unarchive_category(tree["deep"].pk, by=by)
    unarchive_category(tree["ball"].pk, by=by)
    unarchive_category(tree["deep"].pk, by=by)
    assert not Category.objects.exclude(archived_at=None).exists()
    with refused("not_found"):
        archive_category(10**9, by=by)


def test_the_button_archives_the_branch(tree: dict[str, Category], boss: Client) -> None:
    path = reverse("admin:products_category_do", args=[tree["ball"].pk, "archive"])
    boss.post(path, {"version": tree["ball"].version})
    tree["deep"].refresh_from_db()
    assert tree["deep"].archived_at is not None


def test_nothing_new_goes_into_the_archive(tree: dict[str, Category]) -> None:
    archive_category(tree["ball"].pk, by=manager())
    ball = Category.objects.get(pk=tree["ball"].pk)
    with translation.override("en"), pytest.raises(ValidationError, match="archived"):
        Category(code="new", name_en="new", name_zh="新", parent=ball).clean()


# --- two at once ------------------------------------------------------------------------------


@pytest.mark.mariadb
@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "mysql", reason="row locks need MariaDB")
def test_two_moves_at_once_make_no_circle() -> None:
    user: User = UserFactory(role="manager")
    for number in range(6):
        pair = [CategoryFactory(code=f"{side}{number}", name_en=side) for side in "ab"]
        clients = [signed_in(user), signed_in(user)]

        def go(place: int, pair: list[Category] = pair, clients: list[Client] = clients) -> None:
            try:
                move(clients[place], pair[place], pair[1 - place])
            finally:
                connections.close_all()

        threads = [threading.Thread(target=go, args=(place,)) for place in (0, 1)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        both = Category.objects.filter(pk__in=[category.pk for category in pair])
        assert both.filter(parent=None).count() == 1, "one of them stays at the top"
