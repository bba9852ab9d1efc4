"""Entering partners: nobody twice unawares, no tax number twice at all."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.core.exceptions import ValidationError
from django.db import connection  # noqa: F401 (skipif reads it)

from audit.models import AuditEntry
from customers import services
from customers.models import Contact, Customer, Supplier
from customers.services import told_of
from tests import factories as f
from tests.racing import at_once, codes
from tests.support import actions, assert_books_ok, refused, seller

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]
NUMBER = "91110000600037341L"


def enter(name: str = "苏州宏锐轴承有限公司", **more: Any) -> Customer:
    confirmed = more.pop("similar_confirmed", False)
    values = {"name": name, "currency": f.CurrencyFactory(), **more}
    return services.create_partner(Customer, values, by=seller(), similar_confirmed=confirmed)


def test_a_new_partner_gets_code_keys_and_owner() -> None:
    customer = enter(tax_id=NUMBER.lower(), phone="0512-55501234")
    assert customer.code == "C00001"
    assert customer.owner == seller()
    assert (customer.tax_id, customer.tax_key) == (NUMBER, "600037341")
    assert (customer.name_key, customer.phone_key) == ("苏州宏锐轴承", "051255501234")
    assert customer.initials == "szhrzcyxgs"
    assert actions(customer) == ["customers.customer.added"]


def test_codes_people_have_chosen_are_left_out() -> None:
    f.CustomerFactory(code="C00001")
    f.CustomerFactory(code="C00003")
    assert services.draw_codes(Customer, 2) == ["C00002", "C00004"]
    assert services.draw_codes(Customer, 1) == ["C00005"]
    assert services.draw_codes(Supplier, 1) == ["S00001"]
    assert_books_ok()


def test_a_tax_number_is_entered_once() -> None:
    first = enter(tax_id=NUMBER)
    with refused("duplicate_tax_id", field="tax_id") as refusal:
        enter("无锡远大机械有限公司", tax_id="110105600037341", similar_confirmed=True)
    assert str(first.owner) in refusal.value.message


def test_a_branch_may_share_the_number_of_its_head_office() -> None:
    enter(tax_id=NUMBER)
    branch = enter("苏州宏锐轴承无锡分公司", tax_id=NUMBER, shares_tax_id=True)
    assert branch.tax_key is None
    assert branch.tax_id == NUMBER


def test_a_firm_may_be_customer_and_supplier() -> None:
    enter(tax_id=NUMBER)
    values = {"name": "苏州宏锐轴承有限公司", "tax_id": NUMBER, "currency": f.CurrencyFactory()}
    assert services.create_partner(Supplier, values, by=seller()).tax_key == "600037341"


def test_a_wrong_tax_number_is_refused() -> None:
    enter("昆山达丰机械有限公司")
    with refused("bad_tax_id", field="tax_id"):
        enter(tax_id="911100006000373410")


@pytest.mark.parametrize(
    "twin",
    [
        {"name": "宏锐（苏州）轴承有限责任公司"},
        {"name": "昆山达丰机械有限公司", "phone": "+86 512 55501234"},
        {"name": "昆山达丰机械有限公司", "phone": "13800000000"},
    ],
)
def test_a_likeness_has_to_be_confirmed_and_is_kept_in_the_log(twin: dict[str, Any]) -> None:
    first = enter(phone="0512-55501234")
    f.ContactFactory(customer=first, phone="138-0000-0000", phone_key="13800000000")
    with refused("similar_partner", field="name"):
        enter(**twin)
    second = enter(**twin, similar_confirmed=True)
    entry = AuditEntry.objects.get(object_id=str(second.pk), action="customers.customer.added")
    assert entry.reason == f"similar: {first.code}"


def test_whoever_does_not_see_the_twin_is_told_only_who_is_responsible() -> None:
    twin = f.CustomerFactory(name="苏州宏锐轴承有限公司", owner=f.UserFactory(display_name="王敏"))
    outsider = f.UserFactory(role="sales")
    similar = services.find_similar(Customer, name="苏州宏锐轴承")
    assert told_of(similar, outsider) == [
        {"id": None, "partner": "", "responsible": "王敏", "reason": "name"}
    ]
    with pytest.raises(Exception, match="王敏") as refusal:
        services.create_partner(
            Customer, {"name": "苏州宏锐轴承", "currency": twin.currency}, by=outsider
        )
    assert twin.code not in str(refusal.value)
    told = told_of(similar, twin.owner)
    assert told[0]["id"] is None  # without the right to view customers he sees none
    twin.owner.user_permissions.add(Permission.objects.get(codename="view_customer"))
    fresh = type(twin.owner).objects.get(pk=twin.owner_id)
    assert told_of(similar, fresh)[0]["partner"] == str(twin)


def test_a_merged_partner_is_no_twin() -> None:
    kept = enter()
    f.CustomerFactory(name="苏州宏锐轴承", merged_into=kept, archived_at="2026-11-01T00:00:00Z")
    assert [one.partner for one in services.find_similar(Customer, name="苏州宏锐轴承")] == [kept]


def test_changing_a_partner_asks_again_only_where_it_tells_who_it_is() -> None:
    first, second = enter(), enter("昆山达丰机械有限公司")
    services.change_partner(Customer, second.pk, {"notes": "x"}, version=1, by=seller())
    with refused("similar_partner"):
        services.change_partner(Customer, second.pk, {"name": first.name}, version=2, by=seller())
    with refused("stale_version"):
        services.change_partner(Customer, second.pk, {"notes": "y"}, version=1, by=seller())
    with refused("not_found"):
        services.change_partner(Customer, 987_654, {}, version=1, by=seller())


def test_saving_what_is_there_already_changes_nothing() -> None:
    customer = enter()
    services.change_partner(Customer, customer.pk, {"name": customer.name}, version=1, by=seller())
    customer.refresh_from_db()
    assert customer.version == 1
    assert actions(customer) == ["customers.customer.added"]


def test_a_code_is_taken_once() -> None:
    enter(code="K1")
    with refused("duplicate_code", field="code"):
        enter("昆山达丰机械有限公司", code="K1")


def test_a_wrong_field_is_named() -> None:
    with pytest.raises(ValidationError) as wrong:
        enter(email="no address")
    assert "email" in wrong.value.error_dict


def test_the_first_contact_becomes_the_default_where_none_is() -> None:
    customer = enter()
    first, second = (f.ContactFactory(customer=customer) for _number in range(2))
    services.keep_one_default(customer, by=seller())
    first.refresh_from_db()
    assert first.is_default
    first.delete()
    services.keep_one_default(customer, by=seller())
    second.refresh_from_db()
    assert second.is_default
    services.keep_one_default(customer, by=seller())
    assert Contact.objects.filter(customer=customer, is_default=True).count() == 1


@pytest.mark.mariadb
@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif("connection.vendor != 'mysql'", reason="a race needs MariaDB")
def test_one_tax_number_entered_by_many_at_once_is_one_partner() -> None:
    seller()
    calls = [
        (lambda n=n: enter(f"同号{n}轴承有限公司", tax_id=NUMBER, code=f"R{n}")) for n in range(8)
    ]
    assert codes(at_once(*calls)) == ["duplicate_tax_id"] * 7 + ["ok"]
    assert Customer.objects.filter(tax_id=NUMBER).count() == 1
