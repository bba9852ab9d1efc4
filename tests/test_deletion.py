"""Deleting: all that belongs along, nothing that is needed, all or nothing (CASES.md AZ18)."""

from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import Permission
from django.core.files.storage import default_storage
from django.db import models
from django.utils import translation

from accounts.models import User
from audit.models import AuditEntry
from customers.models import Contact, Customer, InvoiceProfile
from erp.core.attachments import attach
from erp.core.deletion import delete_rows, effects_of_deleting, pointing_at
from erp.core.models import Attachment
from erp.core.registry import does_go_along
from messaging.models import Notification
from messaging.services import notify
from orders.models import SalesOrder, SalesOrderLine
from products import words
from products.models import Brand, Interchange, Product, ProductCode, ProtectedItem
from quotations.models import Quotation, QuotationLine
from tests import factories as f
from tests.support import (
    actions,
    confirmed_order,
    draft_order,
    draft_quotation,
    line,
    refused,
    stock,
)
from tests.test_admin import client_of, url

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss() -> User:
    """A user with every right there is, and still no superuser."""
    user: User = f.UserFactory()
    user.user_permissions.set(Permission.objects.all())
    return user


# --- the seam ----------------------------------------------------------------------------------

# The database would take these along; we do not: what they say is no part of the row they point at.
STAYS = {
    "accounts.UsedNonce.client": "an API client is never deleted",
    "core.Export.owner": "a user is never deleted",
    "imports.ImportBeat.of": "an import is never deleted",
    "imports.ImportChunk.of": "an import is never deleted",
    "imports.ImportProblem.of": "an import is never deleted",
    "inventory.StockDay.account": "a stock value is never deleted",
    "inventory.WarehouseStaff.user": "a user is never deleted",
    "messaging.Notification.recipient": "a user is never deleted",
    "orders.AwardOrder.order": "what a request for quotation led to",
    "products.ForbiddenBrand.brand": "what a customer said of the brand",
    "products.ProtectedItem.product": "what was agreed with a customer",
    "quotations.ProtectedLeave.item": "what was allowed on a quotation",
}


def test_a_foreign_key_nobody_named_takes_nothing_along() -> None:
    """Whoever adds one that the database would follow says whether its rows go along."""
    ours = set(settings.FIRST_PARTY_APPS)
    followed = {
        f"{field.model._meta.label}.{field.name}"
        for model in apps.get_models()
        for field in pointing_at(model)
        if field.model._meta.app_config.name in ours
        and field.remote_field.on_delete is not models.PROTECT
        and not does_go_along(field)
    }
    assert followed == set(STAYS)


def test_every_table_that_names_rows_by_type_and_id_is_known() -> None:
    """``source_type`` stands against a deletion; these go along, or stay as history."""
    known = {"core.Attachment", "messaging.Notification", "audit.AuditEntry"}
    naming = {
        model._meta.label
        for model in apps.get_models()
        if "object_type" in {field.name for field in model._meta.concrete_fields}
    }
    assert naming == known


# --- the service -------------------------------------------------------------------------------

ALONE: list[Callable[[], Any]] = [
    f.CustomerFactory,
    f.SupplierFactory,
    f.ProductFactory,
    f.ProductCodeFactory,
    f.BrandFactory,
    f.CategoryFactory,
    f.WarehouseFactory,
    f.BinFactory,
    f.InterchangeFactory,
    f.ProtectedItemFactory,
    f.StopWordFactory,
    f.AddressFactory,
    f.ContactFactory,
    f.InvoiceProfileFactory,
    f.FollowUpFactory,
    f.DepartmentFactory,
    f.QuotationFactory,
    f.SalesOrderFactory,
    f.PurchaseOrderFactory,
    f.InvoiceFactory,
    f.PaymentFactory,
]


@pytest.mark.parametrize("factory", ALONE, ids=lambda one: one._meta.model.__name__)
def test_what_nothing_needs_is_deleted_and_recorded(factory: Any, boss: User) -> None:
    row = factory()

    delete_rows(type(row), [row.pk], by=boss)

    assert not type(row)._default_manager.filter(pk=row.pk).exists()
    assert actions(row) == [f"{row._meta.label_lower}.deleted"]


def test_a_partner_goes_with_all_that_is_his(boss: User) -> None:
    customer = f.CustomerFactory()
    belonging = [
        f.ContactFactory(customer=customer),
        f.AddressFactory(customer=customer),
        f.InvoiceProfileFactory(customer=customer),
        f.FollowUpFactory(customer=customer),
        f.ProductCodeFactory(customer=customer),
        f.ProtectedItemFactory(customer=customer),
        f.ForbiddenBrandFactory(customer=customer),
    ]

    effects = delete_rows(Customer, [customer.pk], by=boss)

    assert {group.model for group in effects.along} == {type(row) for row in belonging}
    for row in belonging:
        assert not type(row)._default_manager.filter(pk=row.pk).exists()
    assert AuditEntry.objects.get(object_id=str(customer.pk)).changes["along"][0] is not None


def test_a_partner_with_history_stays_with_all_that_is_his(boss: User) -> None:
    order = f.SalesOrderFactory()
    f.ContactFactory(customer=order.customer)
    with translation.override("en"), refused("in_use") as refusal:
        delete_rows(Customer, [order.customer_id], by=boss)
    assert {"table": "orders.salesorder", "count": 1} in refusal.value.details
    assert "Sales order (1)" in refusal.value.message
    assert order.ref not in refusal.value.message


def test_one_that_is_needed_keeps_all_of_them(boss: User) -> None:
    free, used = f.ProductFactory(), draft_order().lines.get().product
    with refused("in_use"):
        delete_rows(Product, [free.pk, used.pk], by=boss)


def test_a_stock_move_stands_against_its_product_bin_and_warehouse(boss: User) -> None:
    move = f.StockMoveFactory()
    place: Any = move.to_bin or move.from_bin
    rows: list[Any] = [move.product, place, place.warehouse]
    for row in rows:
        with refused("in_use"):
            delete_rows(type(row), [row.pk], by=boss)


def test_a_protected_item_holds_its_product(boss: User) -> None:
    item = f.ProtectedItemFactory()
    with refused("in_use"):
        delete_rows(Product, [item.product_id], by=boss)
    assert ProtectedItem.objects.filter(pk=item.pk).exists()


def test_a_product_goes_with_codes_and_interchanges_and_moves_the_word_list(boss: User) -> None:
    link = f.InterchangeFactory()
    code = f.ProductCodeFactory(product=link.from_product)
    before = words.state_of(words.WORDS).revision

    delete_rows(Product, [link.from_product_id], by=boss)

    assert not Interchange.objects.filter(pk=link.pk).exists()
    assert not ProductCode.objects.filter(pk=code.pk).exists()
    assert words.state_of(words.WORDS).revision == before + 1


def test_rows_that_point_at_each_other_go_together(boss: User) -> None:
    kept = f.ProductFactory()
    gone = f.ProductFactory(merged_into=kept)
    with refused("in_use"):
        delete_rows(Product, [kept.pk], by=boss)

    delete_rows(Product, [kept.pk, gone.pk], by=boss)

    assert not Product.objects.filter(pk__in=[kept.pk, gone.pk]).exists()


def test_another_becomes_the_default_when_the_default_goes(boss: User) -> None:
    customer = f.CustomerFactory()
    first = f.InvoiceProfileFactory(customer=customer, is_default=True)
    second = f.InvoiceProfileFactory(customer=customer, is_default=None)

    delete_rows(InvoiceProfile, [first.pk], by=boss)

    second.refresh_from_db()
    assert second.is_default is True


def test_what_was_looked_at_long_ago_is_not_deleted(boss: User) -> None:
    brand = f.BrandFactory(version=3)
    with refused("stale_version"):
        delete_rows(Brand, [brand.pk], versions={brand.pk: 2}, by=boss)


def test_a_missing_row_is_refused(boss: User) -> None:
    with refused("not_found"):
        delete_rows(Brand, [10**9], by=boss)


# --- documents ---------------------------------------------------------------------------------


def test_a_draft_goes_with_its_lines_and_what_was_said_about_it(boss: User) -> None:
    quotation = draft_quotation(line(f.ProductFactory()), line(f.ProductFactory()))
    notify("quotation.submitted", quotation, [boss])

    delete_rows(Quotation, [quotation.pk], by=boss)

    assert not QuotationLine.objects.exists()
    assert not Notification.objects.exists()
    assert actions(quotation)[-1] == "quotations.quotation.deleted"


def test_a_document_with_a_number_is_never_deleted(boss: User) -> None:
    product = f.ProductFactory()
    stock(product, 50, "100.00")
    order = confirmed_order(line(product))
    with refused("in_use"):
        delete_rows(SalesOrder, [order.pk], by=boss)


def test_a_submitted_quotation_is_not_deleted(boss: User) -> None:
    quotation = f.QuotationFactory(status="submitted")
    with refused("in_use"):
        delete_rows(Quotation, [quotation.pk], by=boss)


def test_an_order_made_of_a_quotation_is_cancelled_not_deleted(boss: User) -> None:
    order = draft_order()
    with refused("in_use"):
        delete_rows(SalesOrder, [order.pk], by=boss)
    assert SalesOrderLine.objects.filter(document=order).exists()


# --- files -------------------------------------------------------------------------------------


def test_files_go_after_the_commit_unless_another_row_has_the_same(
    boss: User, django_capture_on_commit_callbacks: Any, settings: Any, tmp_path: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    product, other = f.ProductFactory(), f.ProductFactory()
    shared = attach(Product, product.pk, "a.txt", b"the same in both", by=boss)
    attach(Product, other.pk, "b.txt", b"the same in both", by=boss)
    own = attach(Product, product.pk, "c.txt", b"its own", by=boss)

    with django_capture_on_commit_callbacks() as callbacks:
        delete_rows(Product, [product.pk], by=boss)
    there_before = default_storage.exists(str(own.file.name))
    for callback in callbacks:
        callback()

    assert there_before
    assert not default_storage.exists(str(own.file.name))
    assert default_storage.exists(str(shared.file.name))
    assert Attachment.objects.count() == 1


# --- the page ----------------------------------------------------------------------------------


def _page(user: User, row: Any, **data: Any) -> Any:
    page = url(type(row), "delete", row.pk)
    client = client_of(user)
    return client.post(page, data, follow=True) if data else client.get(page)


def test_the_page_tells_what_goes_along_before_anything_does(boss: User) -> None:
    contact = f.ContactFactory(customer=f.CustomerFactory(), name="张工")

    page = _page(boss, contact.customer)

    assert page.context["allowed"]
    assert "张工" in page.content.decode()
    assert Contact.objects.filter(pk=contact.pk).exists()


def test_what_stands_in_the_way_is_named_in_sight_and_counted_out_of_sight() -> None:
    owner = f.UserFactory(role="sales")
    user = f.UserFactory(
        rights=[
            "customers.view_customer",
            "customers.view_all_customer",
            "customers.delete_customer",
            "orders.view_salesorder",
        ]
    )
    customer = f.CustomerFactory(owner=owner)
    hidden = f.SalesOrderFactory(customer=customer, owner=owner, partner_reference="SECRET")
    mine = f.SalesOrderFactory(customer=customer, owner=user)
    quotation = f.QuotationFactory(customer=customer, owner=user)

    page = _page(user, customer)

    text = page.content.decode()
    orders, quotations = sorted(page.context["blockers"], key=lambda group: -len(group.rows))
    assert mine.ref in text
    assert hidden.ref not in text
    assert (len(orders.rows), orders.more) == (1, 1)
    assert (len(quotations.rows), quotations.more) == (0, 1), "no right to view quotations"
    assert quotation.ref not in text


def test_the_page_archives_instead_and_the_row_comes_back(boss: User) -> None:
    customer = f.SalesOrderFactory().customer
    seen = {f"seen-{customer.pk}": customer.version}

    _page(boss, customer, post="archive", **seen)
    customer.refresh_from_db()
    archived = customer.archived_at
    client_of(boss).post(
        url(Customer, "do", customer.pk, "unarchive"), {"version": customer.version}
    )

    customer.refresh_from_db()
    assert archived is not None
    assert customer.archived_at is None
    assert actions(customer) == ["customers.customer.archived", "customers.customer.unarchived"]


@pytest.mark.parametrize("post", ["yes", "archive"])
def test_a_page_seen_before_somebody_elses_change_does_nothing(boss: User, post: str) -> None:
    brand = f.BrandFactory(version=3)

    answer = _page(boss, brand, post=post, **{f"seen-{brand.pk}": 2})

    brand.refresh_from_db()
    assert answer.status_code == 200
    assert brand.archived_at is None


def test_a_page_without_the_versions_does_nothing(boss: User) -> None:
    brand = f.BrandFactory()
    _page(boss, brand, post="yes")
    assert Brand.objects.filter(pk=brand.pk).exists()


def test_ticked_rows_are_deleted_together(boss: User) -> None:
    brands = [f.BrandFactory(code=f"N{number}") for number in range(3)]
    keys = [brand.pk for brand in brands]
    data = {"action": "delete_selected", "_selected_action": keys}
    client = client_of(boss)

    asked = client.post(url(Brand, "changelist"), data)
    there = Brand.objects.filter(pk__in=keys).count()
    seen = {f"seen-{pk}": 1 for pk in keys}
    client.post(url(Brand, "changelist"), {**data, **seen, "post": "yes"})

    assert asked.context["allowed"]
    assert there == 3
    assert not Brand.objects.filter(pk__in=keys).exists()


def test_a_row_ticked_on_its_parents_page_is_judged_alike(boss: User) -> None:
    customer = f.CustomerFactory()
    contact = f.ContactFactory(customer=customer)
    quotation = f.QuotationFactory(customer=customer, contact=contact)
    sets = ("contact", "address", "invoiceprofile", "followup", "forbiddenbrand")
    empty = {"TOTAL_FORMS": 0, "INITIAL_FORMS": 0, "MIN_NUM_FORMS": 0, "MAX_NUM_FORMS": 1000}
    form = {
        "code": customer.code,
        "name": customer.name,
        "kind": customer.kind,
        "owner": customer.owner_id,
        "currency": customer.currency_id,
        "seen_version": customer.version,
        **{f"{one}_set-{key}": value for one in sets for key, value in empty.items()},
        "contact_set-TOTAL_FORMS": 1,
        "contact_set-INITIAL_FORMS": 1,
        "contact_set-0-id": contact.pk,
        "contact_set-0-customer": customer.pk,
        "contact_set-0-name": contact.name,
        "contact_set-0-DELETE": "on",
    }

    answer = client_of(boss).post(url(Customer, "change", customer.pk), form)

    assert answer.status_code == 200
    assert Contact.objects.filter(pk=contact.pk).exists()
    assert quotation.ref not in answer.content.decode()


def test_effects_are_found_in_few_queries(boss: User, django_assert_max_num_queries: Any) -> None:
    customers = [f.CustomerFactory() for _n in range(20)]
    for customer in customers:
        f.ContactFactory(customer=customer)
    with django_assert_max_num_queries(60):
        effects_of_deleting(Customer, [customer.pk for customer in customers])
