"""Two tabs over one row: the second gets the difference, and nothing is lost (CASES.md BZ04)."""

from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client

from accounts.models import User
from accounts.services import sync_roles
from audit.models import AuditEntry
from customers.models import Contact, Customer, FollowUp, InvoiceProfile
from erp.core.admin import ReadOnlyAdmin, VersionedForm
from erp.core.admin.audited import AuditedAdmin
from erp.core.models import Company, PaymentTerm, Period
from products.models import Brand, Product
from tests import factories as f
from tests.pages import filled
from tests.test_admin import ADMINS, FACTORIES, client_of, url

pytestmark = [pytest.mark.django_db, pytest.mark.case("BZ04")]


@pytest.fixture
def boss() -> User:
    user: User = f.UserFactory(language="en", is_superuser=True, is_staff=True)
    return user


def _form_of(client: Client, row: Any) -> dict[str, Any]:
    page = client.get(url(type(row), "change", row.pk))
    assert page.status_code == 200
    return dict(filled(page, f"{row._meta.model_name}_form"))


def _post(client: Client, row: Any, data: dict[str, Any]) -> Any:
    return client.post(url(type(row), "change", row.pk), data)


def _again(answer: Any, row: Any) -> dict[str, Any]:
    """Return the page that came back, as it would be posted again."""
    assert answer.status_code == 200, answer.headers
    return dict(filled(answer, f"{row._meta.model_name}_form"))


def _differences(answer: Any) -> list[tuple[str, str, str, str]]:
    told = answer.context["meanwhile"]
    return [(one.label, one.seen, one.theirs, one.mine) for one in told]


# --- every form there is -----------------------------------------------------------------------

EDITED = sorted(label for label, found in ADMINS.items() if not isinstance(found, ReadOnlyAdmin))
ROWS: dict[str, Any] = {
    "accounts.department": f.DepartmentFactory,
    "accounts.user": f.UserFactory,
    "auth.group": lambda: Group.objects.create(name="helpers"),
    "core.company": Company.objects.get,
    "core.currency": lambda: f.CurrencyFactory(code="XAU"),
    "core.exchangerate": f.ExchangeRateFactory,
    "core.paymentterm": lambda: f.PaymentTermFactory(code="x", name="x"),
    "core.period": f.PeriodFactory,
    "core.taxrate": lambda: f.TaxRateFactory(code="x"),
    "core.unit": lambda: f.UnitFactory(code="x"),
    "customers.customer": lambda: (
        f.ContactFactory(customer=f.CustomerFactory(), is_default=True).customer
    ),
    "customers.followup": f.FollowUpFactory,
    "customers.invoiceprofile": f.InvoiceProfileFactory,
    "customers.supplier": f.SupplierFactory,
    "finance.account": f.AccountFactory,
    "finance.bankaccount": f.BankAccountFactory,
    "inventory.bin": lambda: f.BinFactory(code="Z-1"),
    "inventory.warehouse": lambda: f.WarehouseFactory(code="ZZ"),
    "products.brand": f.BrandFactory,
    "products.category": f.CategoryFactory,
    "products.interchange": lambda: f.InterchangeFactory(
        from_product__designation="6203", to_product__designation="6203"
    ),
    "products.product": lambda: f.ProductCodeFactory().product,
    "products.protecteditem": f.ProtectedItemFactory,
    "products.stopword": f.StopWordFactory,
    "inventory.assembly": f.AssemblyFactory,
    "inventory.recipe": f.RecipeFactory,
    "inventory.reorderrule": f.ReorderRuleFactory,
    "inventory.stockcount": f.StockCountFactory,
    "inventory.stockentry": f.StockEntryFactory,
    "inventory.transfer": f.TransferFactory,
    "inventory.usualbin": f.UsualBinFactory,
    "quotations.approvallimit": lambda: f.ApprovalLimitFactory(most_amount=1000),
    "quotations.outcomereason": f.OutcomeReasonFactory,
    **FACTORIES,
}


def _row(label: str) -> Any:
    factory = ROWS.get(label)
    if factory is None:
        pytest.skip(f"{label}: its own tests show that it is versioned")
    return factory()


def test_every_form_that_edits_is_versioned(rf: Any, boss: User) -> None:
    """A form without it would overwrite what another saved a moment ago."""
    request = rf.get("/")
    request.user = boss
    unversioned = []
    for label in EDITED:
        model_admin = ADMINS[label]
        row = ROWS.get(label, model_admin.model)()
        form = model_admin.get_form(request, row, change=True)
        if not (isinstance(model_admin, AuditedAdmin) and issubclass(form, VersionedForm)):
            unversioned.append(label)
    assert unversioned == []


@pytest.mark.parametrize("label", EDITED)
def test_a_page_nobody_touched_changes_nothing(label: str, boss: User) -> None:
    row = _row(label)
    client = client_of(boss)
    data = _form_of(client, row)
    if "seen" not in data:
        return  # nothing of it is edited
    before = AuditEntry.objects.count()

    answer = _post(client, row, data)

    assert answer.status_code == 302, answer.context["errors"]
    assert list(AuditEntry.objects.values_list("action", "changes")[before:]) == []


@pytest.mark.parametrize("label", EDITED)
def test_a_page_of_another_version_saves_nothing(label: str, boss: User) -> None:
    row = _row(label)
    client = client_of(boss)
    data = _form_of(client, row)
    if "seen" not in data:
        return
    before = AuditEntry.objects.count()

    answer = _post(client, row, data | {"seen_version": "9-old"})

    assert answer.status_code == 200
    assert answer.context["meanwhile"] == []
    assert AuditEntry.objects.count() == before
    assert _post(client, row, _again(answer, row)).status_code == 302


# --- the fields of one row ---------------------------------------------------------------------


def test_each_of_two_keeps_what_only_he_changed(boss: User) -> None:
    product = f.ProductFactory(name="old", old_designation="")
    client = client_of(boss)
    mine, theirs = _form_of(client, product), _form_of(client, product)
    _post(client, product, theirs | {"name": "theirs"})

    answer = _post(client, product, mine | {"old_designation": "180205"})

    product.refresh_from_db()
    assert (product.name, product.old_designation) == ("theirs", "")
    assert _differences(answer) == [("Name", "old", "theirs", "")]
    again = _again(answer, product)
    assert (again["name"], again["old_designation"]) == (["theirs"], ["180205"])
    assert _post(client, product, again).status_code == 302
    product.refresh_from_db()
    assert (product.name, product.old_designation) == ("theirs", "180205")


def _conflict(boss: User) -> tuple[Client, Product, Any]:
    product = f.ProductFactory(name="old")
    client = client_of(boss)
    mine = _form_of(client, product)
    _post(client, product, mine | {"name": "theirs"})
    return client, product, _post(client, product, mine | {"name": "mine"})


def test_where_both_changed_the_same_both_are_told_and_mine_stands(boss: User) -> None:
    client, product, answer = _conflict(boss)

    assert _differences(answer) == [("Name", "old", "theirs", "mine")]
    _post(client, product, _again(answer, product))

    product.refresh_from_db()
    assert product.name == "mine"


def test_theirs_can_be_taken_instead(boss: User) -> None:
    client, product, answer = _conflict(boss)

    data = _again(answer, product)
    assert data["theirs-name"] == ["theirs"]
    answer = _post(client, product, data | {"take": "name"})

    product.refresh_from_db()
    assert answer.status_code == 302
    assert product.name == "theirs"


def test_a_third_save_in_between_is_told_again(boss: User) -> None:
    client, product, answer = _conflict(boss)
    data = _again(answer, product)
    Product.objects.filter(pk=product.pk).update(name="third", version=9)

    answer = _post(client, product, data)

    assert _differences(answer) == [("Name", "theirs", "third", "mine")]


def test_a_page_that_does_not_say_what_it_showed_tells_all_that_differs(boss: User) -> None:
    client = client_of(boss)
    product = f.ProductFactory(name="theirs")
    data = _form_of(client, product)
    data.pop("seen")

    answer = _post(client, product, data | {"name": "mine", "seen_version": "0"})

    assert _differences(answer) == [("Name", "", "theirs", "mine")]
    assert _again(answer, product)["name"] == ["mine"]


def test_choices_yes_and_no_and_relations_are_told_in_words(boss: User) -> None:
    customer = f.CustomerFactory(price_includes_tax=True, kind="end_user")
    term = f.PaymentTermFactory(code="x30", name="Net thirty")
    client = client_of(boss)
    mine = _form_of(client, customer)
    Customer.objects.filter(pk=customer.pk).update(
        price_includes_tax=False, kind="reseller", payment_term=term, version=2
    )

    answer = _post(client, customer, mine | {"notes": "mine"})

    told = {label: theirs for label, _seen, theirs, _mine in _differences(answer)}
    assert told["Prices include tax"] == "no"
    assert told["Kind"] == "reseller"
    assert "Net thirty" in told["Payment term"]
    again = _again(answer, customer)
    assert "price_includes_tax" not in again
    assert (again["kind"], again["notes"]) == (["reseller"], ["mine"])


def test_a_table_without_a_version_column_is_told_by_what_it_holds(boss: User) -> None:
    term = f.PaymentTermFactory(code="x30", name="old", days=30)
    client = client_of(boss)
    mine = _form_of(client, term)
    PaymentTerm.objects.filter(pk=term.pk).update(days=45)

    answer = _post(client, term, mine | {"name": "mine"})

    assert [one[1:] for one in _differences(answer)] == [("30", "45", "")]
    _post(client, term, _again(answer, term))
    term.refresh_from_db()
    assert (term.name, term.days) == ("mine", 45)


def test_roles_given_in_one_tab_are_not_taken_away_in_another(boss: User) -> None:
    sync_roles()
    user = f.UserFactory(role="sales", title="old")
    client = client_of(boss)
    mine = _form_of(client, user)
    user.groups.add(Group.objects.get(name="purchaser"))

    answer = _post(client, user, mine | {"title": "mine"})
    _post(client, user, _again(answer, user))

    user.refresh_from_db()
    assert user.title == "mine"
    assert set(user.groups.values_list("name", flat=True)) == {"sales", "purchaser"}


def test_a_verb_pressed_on_an_old_page_of_such_a_table_does_nothing(boss: User) -> None:
    period = f.PeriodFactory()
    client = client_of(boss)
    page = client.get(url(Period, "change", period.pk))
    Period.objects.filter(pk=period.pk).update(area="stock")

    client.post(url(Period, "do", period.pk, "close"), {"version": page.context["row_version"]})

    period.refresh_from_db()
    assert period.closed_at is None


# --- rows inside the page ----------------------------------------------------------------------


@pytest.fixture
def customer() -> Customer:
    made: Customer = f.CustomerFactory()
    f.ContactFactory(customer=made, name="张", phone="1", is_default=True)
    f.ContactFactory(customer=made, name="李", phone="2", is_default=None)
    return made


def _names(customer: Customer) -> set[tuple[str, str]]:
    return set(customer.contact_set.values_list("name", "phone"))


def test_rows_inside_keep_what_each_of_two_changed(boss: User, customer: Customer) -> None:
    client = client_of(boss)
    mine, theirs = _form_of(client, customer), _form_of(client, customer)
    _post(client, customer, theirs | {"contact_set-0-phone": "111"})

    answer = _post(client, customer, mine | {"contact_set-1-phone": "222"})

    assert _differences(answer) == [("张: Phone", "1", "111", "")]
    assert _post(client, customer, _again(answer, customer)).status_code == 302
    assert _names(customer) == {("张", "111"), ("李", "222")}


def test_a_row_another_added_is_there_and_mine_too(boss: User, customer: Customer) -> None:
    client = client_of(boss)
    mine = _form_of(client, customer)
    f.ContactFactory(customer=customer, name="王", phone="3", is_default=None)
    Customer.objects.filter(pk=customer.pk).update(version=2)
    new = {
        "contact_set-TOTAL_FORMS": "3",
        "contact_set-2-id": "",
        "contact_set-2-customer": str(customer.pk),
        "contact_set-2-name": "赵",
        "contact_set-2-phone": "4",
        "contact_set-2-is_default": "",
    }

    answer = _post(client, customer, mine | new)

    assert _differences(answer) == [("王", "", "added", "")]
    assert _post(client, customer, _again(answer, customer)).status_code == 302
    assert _names(customer) == {("张", "1"), ("李", "2"), ("王", "3"), ("赵", "4")}


def test_a_row_another_removed_stays_away_unless_i_changed_it(
    boss: User, customer: Customer
) -> None:
    client = client_of(boss)
    mine = _form_of(client, customer)
    customer.contact_set.get(name="李").delete()
    Customer.objects.filter(pk=customer.pk).update(version=2)

    answer = _post(client, customer, mine | {"contact_set-1-phone": "222"})
    _post(client, customer, _again(answer, customer))

    assert _names(customer) == {("张", "1"), ("李", "222")}

    mine = _form_of(client, customer)
    customer.contact_set.get(name="李").delete()
    customer.refresh_from_db()
    Customer.objects.filter(pk=customer.pk).update(version=customer.version + 1)
    answer = _post(client, customer, mine | {"notes": "mine"})
    _post(client, customer, _again(answer, customer))
    assert _names(customer) == {("张", "1")}


def test_a_row_i_removed_comes_back_when_another_changed_it(boss: User, customer: Customer) -> None:
    client = client_of(boss)
    mine, theirs = _form_of(client, customer), _form_of(client, customer)
    _post(client, customer, theirs | {"contact_set-1-phone": "222"})

    answer = _post(client, customer, mine | {"contact_set-1-DELETE": "on"})

    assert ("李", "", "changed", "removed, shown again") in _differences(answer)
    _post(client, customer, _again(answer, customer))
    assert _names(customer) == {("张", "1"), ("李", "222")}


def test_a_row_changed_on_a_page_of_its_own_counts_too(boss: User) -> None:
    """The profile has a page of its own, which leaves the customer's version alone."""
    profile = f.InvoiceProfileFactory(customer=f.CustomerFactory(), is_default=True)
    client = client_of(boss)
    mine = _form_of(client, profile.customer)
    InvoiceProfile.objects.filter(pk=profile.pk).update(bank_account="theirs")

    answer = _post(client, profile.customer, mine | {"invoiceprofile_set-0-title": "mine"})
    _post(client, profile.customer, _again(answer, profile.customer))

    profile.refresh_from_db()
    assert (profile.title, profile.bank_account) == ("mine", "theirs")


def test_the_difference_tells_nothing_the_form_does_not_show() -> None:
    """Who may not set the credit limit does not learn it from a difference."""
    rights = [f"customers.{verb}_customer" for verb in ("view", "change", "view_all")]
    user = f.UserFactory(rights=rights)
    hidden: Any = f.ContactFactory(customer=f.CustomerFactory(), name="SECRET")
    client = client_of(user)
    mine = _form_of(client, hidden.customer)
    Customer.objects.filter(pk=hidden.customer_id).update(version=2, notes="theirs")
    Contact.objects.filter(pk=hidden.pk).update(name="SECRET2")

    answer = _post(client, hidden.customer, mine | {"phone": "1"})

    assert [one[0] for one in _differences(answer)] != []
    assert "SECRET" not in answer.content.decode()


def test_what_was_posted_as_seen_may_be_anything(boss: User) -> None:
    brand = f.BrandFactory()
    client = client_of(boss)
    data = _form_of(client, brand)
    for junk in ("", "{", "[]", '{"fields": 3, "rows": {}}', '{"fields": {}, "rows": {"a": 1}}'):
        answer = _post(client, brand, data | {"seen": junk, "seen_version": "0"})
        assert answer.status_code == 200, junk
    assert Brand.objects.get(pk=brand.pk).version == 1
    assert FollowUp.objects.count() == 0
    assert Permission.objects.exists()
