"""Two spellings of one code are one code, on either database (CASES.md BZ07)."""

from typing import Any

import pytest

from accounts.models import User, username_key
from customers.models import Customer
from customers.services import create_partner
from erp.core.twins import canonical, twin_key
from inventory.models import Bin, Warehouse
from products.models import Brand
from tests import factories as f
from tests.pages import filled
from tests.support import refused
from tests.test_admin import client_of, url

pytestmark = [pytest.mark.django_db, pytest.mark.case("BZ07")]

# As entered, and whether it is the code "Abcé" again.
SPELLINGS = [
    ("Abcé", True),
    ("ABCÉ", True),
    ("abcé", True),
    (" Abcé ", True),
    ("Ａｂｃé", True),
    ("Abce\u0301", True),
    ("Abce", True),
    ("Abcd", False),
    ("Abcé1", False),
]


@pytest.fixture
def boss() -> User:
    user: User = f.UserFactory(language="en", is_superuser=True, is_staff=True)
    return user


def _add(user: User, model: Any, **values: Any) -> Any:
    client = client_of(user)
    page = client.get(url(model, "add"))
    data = dict(filled(page, f"{model._meta.model_name}_form"))
    return client.post(url(model, "add"), data | values)


TABLES: dict[str, dict[str, Any]] = {
    "products.brand": {"name_en": "x"},
    "products.category": {"name_en": "x", "name_zh": "x"},
    "inventory.warehouse": {"name": "x"},
    "finance.account": {"name": "x"},
    "core.unit": {"name_en": "x", "name_zh": "x", "decimals": 0},
    "core.paymentterm": {"name": "x", "days": 0},
}


@pytest.mark.parametrize("label", TABLES)
@pytest.mark.parametrize(("spelling", "is_twin"), SPELLINGS)
def test_a_twin_is_a_form_error(boss: User, label: str, spelling: str, is_twin: bool) -> None:
    model_admin = next(
        found for model, found in _admins().items() if model._meta.label_lower == label
    )
    model = model_admin.model
    first = _add(boss, model, code="Abcé", **TABLES[label])
    assert first.status_code == 302, first.context["errors"]

    answer = _add(boss, model, code=spelling, **TABLES[label])

    assert answer.status_code == (200 if is_twin else 302), spelling
    if is_twin:
        assert "code" in answer.context["adminform"].form.errors


def _admins() -> Any:
    from django.contrib import admin  # noqa: PLC0415

    return admin.site._registry


@pytest.mark.parametrize(("spelling", "is_twin"), SPELLINGS)
def test_a_customers_code_is_judged_alike_by_the_service(
    boss: User, spelling: str, is_twin: bool
) -> None:
    f.CustomerFactory(code="Abcé")
    values = {
        "code": spelling,
        "name": "远大轴承有限公司",
        "currency": f.CurrencyFactory(),
        "owner": boss,
    }
    if is_twin:
        with refused("duplicate_code"):
            create_partner(Customer, values, by=boss)
    else:
        assert create_partner(Customer, values, by=boss).code == spelling


def test_a_bin_is_a_twin_only_in_its_own_warehouse(boss: User) -> None:
    here, there = f.WarehouseFactory(code="W1"), f.WarehouseFactory(code="W2")
    _add(boss, Bin, warehouse=here.pk, code="A-01")

    again = _add(boss, Bin, warehouse=here.pk, code="ａ-01")
    elsewhere = _add(boss, Bin, warehouse=there.pk, code="a-01")

    assert (again.status_code, elsewhere.status_code) == (200, 302)


def test_what_is_stored_is_the_code_without_width_and_blanks(boss: User) -> None:
    _add(boss, Warehouse, code=" ＥＡＳＴ  1 ", name="x")
    assert Warehouse.objects.filter(code="EAST 1").exists()


def test_a_row_is_no_twin_of_itself(boss: User) -> None:
    brand = f.BrandFactory(code="Abc")
    client = client_of(boss)
    page = client.get(url(Brand, "change", brand.pk))
    data = dict(filled(page, "brand_form"))

    answer = client.post(url(Brand, "change", brand.pk), data | {"code": "ABC"})

    assert answer.status_code == 302
    brand.refresh_from_db()
    assert brand.code == "ABC"


@pytest.mark.parametrize(
    ("spelling", "is_twin"), [("ＡＬＩＣＥ", True), ("alícé", True), ("alic", False)]
)
def test_user_names_are_judged_alike(boss: User, spelling: str, is_twin: bool) -> None:
    f.UserFactory(username="alice", username_key=username_key("alice"))
    answer = _add(
        boss,
        User,
        username=spelling,
        display_name="x",
        password1="kR7-blue-horse",
        password2="kR7-blue-horse",
        usable_password="true",
    )
    assert answer.status_code == (200 if is_twin else 302)


def test_keys_and_stored_form() -> None:
    assert canonical(" ＡＢ  c\u0301 ") == "AB ć"
    assert twin_key("ÀB C") == twin_key("ａｂ  c ")
    assert twin_key("轴承") == "轴承"
