"""Imports as a door: no file changes, takes over or tells of what its importer may not see."""

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import load_workbook

from accounts.models import User
from customers.models import Address, Contact, Customer
from erp.core.errors import DomainError
from erp.core.models import Company
from imports import services
from imports.errors_file import write_error_workbook
from imports.models import Import, ImportChunk, ImportProblem
from imports.packing import unpacked
from imports.report import as_report
from tests import factories as f
from tests.importing import Importing, counts, told

pytestmark = pytest.mark.django_db

NUMBER = "91110000600037341L"
HIDDEN = "苏州宏锐轴承股份有限公司"
HEAD = "名称,税号,地址,电话,联系人,备注"


@pytest.fixture
def seller(company: Company) -> User:
    return f.UserFactory(username="seller", role="sales")


@pytest.fixture
def colleague(company: Company) -> User:
    return f.UserFactory(username="wang", role="sales")


@pytest.fixture
def customers(tmp_path: Path) -> Importing:
    return Importing("customers", tmp_path)


def state_of(customer: Customer) -> list[Any]:
    """Return everything an import could change of a customer."""
    return [
        Customer.objects.values().get(pk=customer.pk),
        list(Contact.objects.filter(customer=customer).values()),
        list(Address.objects.filter(customer=customer).values()),
    ]


def everything_told(of: Import, tmp_path: Path) -> str:
    """Return report and error workbook as one text."""
    path = tmp_path / "errors.xlsx"
    write_error_workbook(of, path)
    cells = [cell for row in load_workbook(path).active.values for cell in row]
    return f"{as_report(of)} {of.layout} {cells}"


def test_rows_that_together_mean_a_colleague_s_customer(
    seller: User, colleague: User, customers: Importing
) -> None:
    """Each row alone is another firm; the second gives the first the hidden one's phone."""
    theirs = f.CustomerFactory(name=HIDDEN, phone="0512-55501234", owner=colleague)
    before = state_of(theirs)
    path = customers.file(
        HEAD,
        "苏州宏锐轴承有限公司,,偷来路1号,,李工,",
        "苏州宏锐轴承有限公司,,,0512-55501234,赵工,改了",
    )
    of = customers.check(path, by=seller)
    assert (2, "not_yours") in told(of)
    with pytest.raises(DomainError):
        services.apply_import(of.pk, by=seller)
    services.apply_import(of.pk, skip_refused=True, by=seller)
    assert state_of(theirs) == before


def test_a_customer_a_colleague_entered_between_check_and_apply(
    seller: User, colleague: User, customers: Importing
) -> None:
    of = customers.check(customers.file(HEAD, f"{HIDDEN},{NUMBER},新路,,李工,改了"), by=seller)
    theirs = f.CustomerFactory(name=HIDDEN, tax_id=NUMBER, owner=colleague)
    before = state_of(theirs)
    with pytest.raises(DomainError) as refusal:
        services.apply_import(of.pk, by=seller)
    assert refusal.value.code == "not_yours"
    assert state_of(theirs) == before


@pytest.mark.parametrize(
    "row",
    [
        f"苏州宏锐轴承有限公司,{NUMBER},,,,",  # the same by number, written otherwise
        f"别的公司,{NUMBER},,,,",
        "苏州宏锐轴承有限公司,,,,李工,",  # similar
        "苏州宏锐轴承有限公司,,,0512-55501234,,",
    ],
)
def test_the_report_tells_no_hidden_name(
    seller: User, colleague: User, customers: Importing, tmp_path: Path, row: str
) -> None:
    f.CustomerFactory(
        name=HIDDEN, code="HIDDEN-1", tax_id=NUMBER, phone="0512-55501234", owner=colleague
    )
    of = customers.check(customers.file(HEAD, row), by=seller)
    text = everything_told(of, tmp_path)
    assert HIDDEN not in text
    assert "HIDDEN-1" not in text
    assert told(of)


def test_a_choice_between_hidden_ones_names_none(
    seller: User, colleague: User, customers: Importing, tmp_path: Path
) -> None:
    for tax_id in (NUMBER, "91410972933T17L07X"):
        f.CustomerFactory(name=HIDDEN, tax_id=tax_id, owner=colleague)
    of = customers.check(customers.file(HEAD, "苏州宏锐轴承股份有限公司,,,,李工,"), by=seller)
    assert told(of) == [(2, "ambiguous_partner")]
    assert [problem.value for problem in ImportProblem.objects.filter(of=of)] != [HIDDEN]
    assert f"{HIDDEN}; {HIDDEN}" not in everything_told(of, tmp_path)


def test_visible_ones_are_named(seller: User, customers: Importing, tmp_path: Path) -> None:
    f.CustomerFactory(name=HIDDEN, owner=seller)
    of = customers.check(customers.file(HEAD, "苏州宏锐轴承有限公司,,,,李工,"), by=seller)
    assert told(of) == [(2, "similar_partner")]
    assert HIDDEN in everything_told(of, tmp_path)


@pytest.mark.parametrize("change", ["备注", "联系人", "新客户"])
def test_undoing_leaves_alone_what_a_colleague_has_by_now(
    seller: User, colleague: User, customers: Importing, change: str
) -> None:
    """Values, details and whole customers an import wrote are the colleague's to keep."""
    if change != "新客户":
        f.CustomerFactory(name=HIDDEN, owner=seller)
    contact, note = ("李工", "") if change == "联系人" else ("", "改了")
    of = customers.apply(customers.file(HEAD, f"{HIDDEN},,,,{contact},{note}"), by=seller)
    customer = Customer.objects.get()
    Customer.objects.filter(pk=customer.pk).update(owner=colleague, short_name="新名字")
    before = state_of(customer)
    with pytest.raises(DomainError) as refusal:
        services.undo_import(of.pk, by=seller)
    assert refusal.value.code == "undo_blocked"
    assert "新名字" not in refusal.value.message
    assert HIDDEN not in refusal.value.message
    assert state_of(customer) == before
    services.undo_import(of.pk, by=f.UserFactory(username="boss", role="manager"))
    assert Customer.objects.exists() == (change != "新客户")


def test_a_price_list_knows_only_visible_suppliers(tmp_path: Path, company: Company) -> None:
    product = f.ProductFactory(designation="6205")
    f.SupplierFactory(code="S-HID", owner=f.UserFactory(username="other"))
    rights = ("products.change_product", "products.view_pricefact", "customers.view_supplier")
    buyer = f.UserFactory(username="buyer", rights=rights)
    prices = Importing("prices", tmp_path)
    line = f"{product.brand.code},6205,12.5,S-HID"
    of = prices.check(prices.file("品牌,型号,未税价,供应商", line), by=buyer)
    assert told(of) == [(2, "unknown_supplier")]


def test_opening_balances_know_only_visible_partners(tmp_path: Path, company: Company) -> None:
    f.CustomerFactory(code="K-HID", owner=f.UserFactory(username="other"))
    rights = ("finance.import_opening_balances", "customers.view_customer")
    clerk = f.UserFactory(username="clerk", rights=rights)
    balances = Importing("opening_balances", tmp_path)
    for code in ("K-HID", "K-MISSING"):
        of = balances.check(balances.file("客户,余额", f"{code},100"), by=clerk)
        assert told(of) == [(2, "unknown_partner")]


def test_no_password_of_a_file_is_kept_in_a_table(tmp_path: Path, company: Company) -> None:
    staff = Importing("employees", tmp_path)
    of = staff.check(staff.file("用户名,姓名,密码", "newcomer,新人,s3cret-Pa55"))
    assert told(of) == [(2, "password_in_file")]
    assert "s3cret-Pa55" not in everything_told(of, tmp_path)
    kept = [unpacked(chunk.originals) for chunk in ImportChunk.objects.filter(of=of)]
    assert "s3cret-Pa55" not in str(kept)
    assert not ImportProblem.objects.filter(value__contains="s3cret").exists()


@pytest.mark.parametrize("role", ["sales", "storekeeper", "accountant", "administrator"])
def test_each_role_is_offered_only_kinds_it_may_write(
    role: str, company: Company, client: Any
) -> None:
    """A forged kind is refused like one that does not exist."""
    user = f.UserFactory(username="asker", role=role)
    client.force_login(user)
    answers = []
    for kind in ("prices" if role != "accountant" else "products", "no-such-kind"):
        file = SimpleUploadedFile("list.csv", "名称\n甲\n".encode())
        answers.append(
            client.post("/imports/new/", {"kind": kind, "file": file, "token": "t"}).status_code
        )
    assert answers == [400, 400]
    assert not Import.objects.exists()


def test_counts_do_not_tell_what_a_colleague_keeps(
    seller: User, colleague: User, customers: Importing
) -> None:
    """Right or wrong guesses of a hidden customer's values are refused alike."""
    f.CustomerFactory(name=HIDDEN, notes="底价 12", owner=colleague)
    seen = [
        counts(customers.check(customers.file(HEAD, f"{HIDDEN},,,,,{guess}"), by=seller))
        for guess in ("底价 12", "底价 13")
    ]
    assert seen[0] == seen[1] == {"refused": 1}
