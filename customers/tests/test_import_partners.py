"""Kinds customers and suppliers: rows of one firm are one partner, two firms are two."""

import csv
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from accounts.models import User
from customers.models import Address, Contact, Customer, InvoiceProfile, Supplier
from erp.core.errors import DomainError
from erp.core.models import Company
from imports import services
from imports.models import Import
from imports.report import as_report
from tests import factories as f

pytestmark = pytest.mark.django_db

HEAD = "名称,税号,地址,电话,联系人"
NUMBER, OTHER_NUMBER = "91110000600037341L", "91410972933T17L07X"
SHARED = Path(__file__).parents[3] / "shared" / "data" / "china"


@pytest.fixture(autouse=True)
def chief(company: Company) -> User:
    return f.UserFactory(username="chief", display_name="总管", is_superuser=True)


@pytest.fixture
def file(tmp_path: Path) -> Any:
    def make(*lines: str, head: str = HEAD) -> Path:
        path = tmp_path / "list.csv"
        path.write_text("\n".join((head, *lines)), encoding="utf-8")
        return path

    return make


def check(path: Path, kind: str = "customers", by: Any = None) -> Import:
    made = services.create_import(kind, path.name, by=by)
    return services.check_import(made.pk, path=path, by=by)


def applied(path: Path, kind: str = "customers", by: Any = None) -> Import:
    return services.apply_import(check(path, kind, by).pk, by=by)


def told(of: Import) -> list[tuple[int, str]]:
    return [(one["row"], one["code"]) for one in as_report(of)["problems"]]


def counts(of: Import) -> tuple[int, int, int, int, int]:
    names = ("new", "changed", "unchanged", "duplicates", "refused")
    new, changed, unchanged, duplicates, refused = (int(of.counts[name]) for name in names)
    return new, changed, unchanged, duplicates, refused


def test_a_customer_comes_with_contact_and_address(file: Any, chief: User) -> None:
    of = applied(file(f"苏州 宏锐轴承有限公司　,{NUMBER.lower()},苏州市路1号,0512-55501234,王经理"))
    customer = Customer.objects.get()
    assert (customer.code, customer.name) == ("C00001", "苏州宏锐轴承有限公司")
    assert (customer.tax_id, customer.tax_key) == (NUMBER, "600037341")
    assert (customer.name_key, customer.phone_key) == ("苏州宏锐轴承", "051255501234")
    assert customer.owner == chief
    contact, address = Contact.objects.get(), Address.objects.get()
    assert (contact.name, contact.phone, contact.is_default) == ("王经理", "0512-55501234", True)
    assert (address.text, address.is_default) == ("苏州市路1号", True)
    assert counts(of) == (1, 0, 0, 0, 0)


@pytest.mark.parametrize(
    "spelling",
    [
        f"苏州宏锐轴承有限公司,{NUMBER.lower()},,,",
        f"宏锐（苏州）轴承有限公司,{NUMBER},,,",
        "苏州宏锐轴承,９１１１００００６０００３７３４１Ｌ,,,",
        "苏州宏锐轴承有限公司,,,,王经理",
        "苏州宏锐轴承有限公司,911100006000373410,,,",
        "苏州宏锐轴承有限公司,110105600037341,,,",
        "苏州宏锐轴承,,,+86 512 55501234,",
        "苏州宏锐轴承,,苏州市路 1 号,,",
        "苏州宏锐轴承,911100006000373410,,,",
    ],
)
@pytest.mark.parametrize("first", [True, False])
def test_spellings_of_one_firm_are_one_customer(file: Any, spelling: str, *, first: bool) -> None:
    full = f"苏州宏锐轴承有限公司,{NUMBER},苏州市路1号,0512-55501234,王经理"
    lines = [spelling, full] if first else [full, spelling]
    of = applied(file(*lines))
    assert counts(of) == (1, 0, 0, 1, 0)
    customer = Customer.objects.get()
    assert (customer.tax_id, customer.phone_key) == (NUMBER, "051255501234")
    assert Contact.objects.get().name == "王经理"
    again = applied(file(*lines))
    assert counts(again) == (0, 0, 1, 1, 0)
    assert Customer.objects.get().version == 1


def test_two_right_numbers_are_two_firms_whatever_their_names(file: Any) -> None:
    of = applied(
        file(f"苏州宏锐轴承有限公司,{NUMBER},,,", f"苏州宏锐轴承有限公司,{OTHER_NUMBER},,,")
    )
    assert counts(of) == (2, 0, 0, 0, 0)
    assert told(of) == [(3, "similar_partner")]


def test_a_name_that_is_only_similar_is_another_firm(file: Any) -> None:
    of = applied(
        file("苏州宏锐轴承有限公司,,,0512-55501234,", "苏州宏锐轴承股份有限公司,,,0512-55509999,")
    )
    assert counts(of) == (2, 0, 0, 0, 0)
    assert told(of) == [(3, "similar_partner")]


def test_a_wrong_number_is_refused_where_nothing_else_tells_whose_it_is(file: Any) -> None:
    path = file("苏州宏锐轴承有限公司,911100006000373410,,,", "昆山达丰机械有限公司,,,,李工")
    of = check(path)
    assert told(of) == [(2, "bad_tax_id")]
    assert counts(of) == (1, 0, 0, 0, 1)
    with pytest.raises(DomainError):
        services.apply_import(of.pk, by=None)
    assert not Customer.objects.exists()


def test_a_row_that_may_be_two_firms_is_refused(file: Any) -> None:
    of = check(
        file(
            f"苏州宏锐轴承有限公司,{NUMBER},,,",
            f"苏州宏锐轴承有限公司,{OTHER_NUMBER},,,",
            "苏州宏锐轴承有限公司,,,,王经理",
        )
    )
    assert (4, "ambiguous_partner") in told(of)


def test_what_is_there_is_known_again_and_only_filled_in(file: Any) -> None:
    customer = f.CustomerFactory(code="K7", name="苏州宏锐轴承有限公司", notes="老客户")
    of = applied(file(f"苏州宏锐轴承有限责任公司,{NUMBER},新路2号,,李工"))
    assert counts(of) == (0, 1, 0, 0, 0)
    customer.refresh_from_db()
    assert (customer.code, customer.name) == ("K7", "苏州宏锐轴承有限公司")
    assert (customer.tax_id, customer.notes) == (NUMBER, "老客户")
    assert Contact.objects.get().name == "李工"


def test_values_given_are_taken_over_and_undone(file: Any) -> None:
    customer = f.CustomerFactory(
        name="苏州宏锐轴承有限公司", tax_id=NUMBER, phone="1", payment_term=None
    )
    head = "公司名称,纳税人识别号,电话,邮箱,结算方式,客户类型,信用额度,开户行及账号,备注"
    line = f"苏州宏锐轴承有限公司,{NUMBER},13800000000,a@b.cn,预付,经销商,5000,工行 62,重点"
    of = applied(file(line, head=head))
    assert counts(of) == (0, 1, 0, 0, 0)
    customer.refresh_from_db()
    assert (customer.phone, customer.phone_key) == ("13800000000", "13800000000")
    assert (customer.email, customer.payment_term_id) == ("a@b.cn", "prepaid")
    assert customer.kind == "reseller"
    assert customer.credit_limit == 5000
    assert InvoiceProfile.objects.get().tax_id == NUMBER
    assert counts(applied(file(line, head=head))) == (0, 0, 1, 0, 0)
    services.undo_import(of.pk, by=None)
    customer.refresh_from_db()
    assert (customer.phone, customer.phone_key, customer.email) == ("1", "", "")
    assert not InvoiceProfile.objects.exists()


def test_undoing_deletes_what_was_entered_unless_it_is_used(file: Any) -> None:
    of = applied(file(f"苏州宏锐轴承有限公司,{NUMBER},路1号,139,王经理"))
    quotation = f.QuotationFactory(customer=Customer.objects.get())
    with pytest.raises(DomainError):
        services.undo_import(of.pk, by=None)
    assert Contact.objects.exists()
    quotation.lines.all().delete()
    quotation.delete()
    services.undo_import(of.pk, by=None)
    assert not Customer.objects.exists()
    assert not Contact.objects.exists()


def test_an_import_after_a_merge_does_not_bring_the_other_back(file: Any) -> None:
    path = file("苏州宏锐轴承有限公司,,,,王经理")
    applied(path)
    Contact.objects.all().delete()
    gone, kept = Customer.objects.get(), f.CustomerFactory(code="K1", name="苏州宏锐集团有限公司")
    Customer.objects.filter(pk=gone.pk).update(merged_into=kept)
    assert counts(applied(path)) == (0, 1, 0, 0, 0)
    assert Contact.objects.get().customer == kept
    assert counts(applied(path)) == (0, 0, 1, 0, 0)


@pytest.mark.parametrize(
    ("head", "cell", "code"),
    [
        ("邮箱", "none", "bad_email"),
        ("结算方式", "随便", "unknown_payment_term"),
        ("币种", "XXX", "bad_currency"),
        ("信用额度", "abc", "bad_credit_limit"),
        ("客户类型", "朋友", "bad_choice"),
        ("负责人", "nobody", "unknown_owner"),
        ("编号", "6.205E+03", "damaged_number"),
    ],
)
def test_every_wrong_cell_is_told(file: Any, head: str, cell: str, code: str) -> None:
    of = check(file(f"甲机械有限公司,{cell}", head=f"名称,{head}"))
    assert told(of) == [(2, code)]


def test_a_row_needs_a_name_and_a_code_of_its_own(file: Any) -> None:
    f.CustomerFactory(code="K7", name="昆山达丰机械有限公司")
    of = check(file(",K9,139", "甲机械有限公司,K7,139", head="名称,编号,电话"))
    assert told(of) == [(2, "missing_name"), (3, "duplicate_code")]


def test_somebody_has_to_be_responsible(file: Any, chief: User) -> None:
    User.objects.filter(pk=chief.pk).update(is_superuser=False)
    assert told(check(file("甲机械有限公司,,,,王经理"))) == [(2, "no_owner")]


def test_sales_touch_no_colleagues_customer_and_give_none_away(file: Any) -> None:
    sales, colleague = f.UserFactory(role="sales"), f.UserFactory(username="wang")
    f.CustomerFactory(name="苏州宏锐轴承有限公司", owner=colleague)
    of = check(
        file(
            "苏州宏锐轴承有限公司,,1",
            "甲机械有限公司,wang,",
            "乙机械有限公司,,9000",
            head="名称,负责人,信用额度",
        ),
        by=sales,
    )
    assert told(of) == [
        (2, "right_needed"),
        (2, "not_yours"),
        (3, "right_needed"),
        (4, "right_needed"),
    ]


def test_suppliers_alike(file: Any) -> None:
    applied(
        file("洛阳轴承有限公司,30", "SKF Bearings Co. Ltd,45", head="供应商名称,交期"), "suppliers"
    )
    supplier = Supplier.objects.get(name="洛阳轴承有限公司")
    assert (supplier.lead_time_days, supplier.price_includes_tax) == (30, False)
    assert Supplier.objects.count() == 2


@pytest.mark.skipif(not SHARED.exists(), reason="needs ../shared/data")
def test_the_messy_file_resolves_to_its_firms() -> None:
    of = applied(SHARED / "companies_messy_import.csv")
    assert counts(of) == (200, 0, 0, 56, 0)
    with (SHARED / "companies_messy_expected.csv").open() as lines:
        expected = list(csv.DictReader(lines))
    wrong = {int(one["row"]) + 1 for one in expected if one["variant"] == "badcheck"}
    assert {row for row, code in told(of) if code == "bad_tax_id"} == wrong
    entity = {int(one["row"]) + 1: one["entity"] for one in expected}
    first_row = defaultdict(list)
    for one in as_report(of)["problems"]:
        if one["code"].startswith("duplicate"):
            first_row[one["row"]].append(one)
    assert len(first_row) == 56
    assert len(set(entity.values())) == Customer.objects.count() == 200
    assert counts(applied(SHARED / "companies_messy_import.csv")) == (0, 0, 200, 56, 0)
