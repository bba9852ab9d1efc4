"""Two entries of one firm become one, with everything that belongs to either."""

import pytest

from accounts.models import User
from customers import services
from customers.models import Contact, Customer, Supplier
from erp.core.models import Attachment
from finance.models import Invoice, JournalLine, Payment
from orders.models import Delivery, PurchaseOrder, SalesOrder
from products.models import PriceFact, ProductCode
from quotations.models import Quotation
from tests import factories as f
from tests.support import (
    actions,
    assert_books_ok,
    full_deal,
    manager,
    refused,
    sent_purchase,
    sent_quotation,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]


def merge(gone: Customer, kept: Customer, **more: int) -> Customer:
    return services.merge_partners(Customer, gone.pk, kept.pk, by=manager(), **more)


def test_every_document_price_and_posting_follows_and_the_books_hold() -> None:
    deal = full_deal()
    gone, kept = deal.order.customer, f.CustomerFactory()
    f.ProductCodeFactory(customer=gone)
    merge(gone, kept)
    for model in (Quotation, SalesOrder, Delivery, Invoice, Payment):
        assert not model._default_manager.filter(customer=gone).exists(), model
        assert model._default_manager.filter(customer=kept).exists(), model
    for rows in (PriceFact.objects, ProductCode.objects, JournalLine.objects):
        assert rows.filter(customer=kept).exists()
        assert not rows.filter(customer=gone).exists()
    assert_books_ok()
    gone.refresh_from_db()
    assert gone.merged_into == kept
    assert gone.archived_at is not None
    assert actions(gone) == ["customers.customer.merged_away"]
    assert actions(kept) == ["customers.customer.merged"]


def test_files_follow() -> None:
    gone, kept = f.CustomerFactory(), f.CustomerFactory()
    f.AttachmentFactory(object_type="customers.customer", object_id=gone.pk)
    merge(gone, kept)
    assert Attachment.objects.get().object_id == kept.pk


def test_suppliers_merge_alike() -> None:
    order = sent_purchase(f.ProductFactory())
    gone, kept = order.supplier, f.SupplierFactory()
    services.merge_partners(Supplier, gone.pk, kept.pk, by=manager())
    assert PurchaseOrder.objects.get(supplier=kept) == order
    assert_books_ok()


def test_what_was_issued_keeps_the_partner_as_it_was_printed() -> None:
    quotation = sent_quotation()
    printed = quotation.partner_snapshot
    merge(quotation.customer, f.CustomerFactory())
    quotation.refresh_from_db()
    assert quotation.partner_snapshot == printed


def test_the_kept_one_takes_over_what_it_lacks() -> None:
    gone = f.CustomerFactory(
        tax_id="91110000600037341L", phone="0512-55501234", blocked_reason="欠款", notes="老客户"
    )
    kept = merge(gone, f.CustomerFactory(phone="0512-55509999", notes="新"))
    assert kept.tax_key == "600037341"
    assert kept.phone == "0512-55509999"
    assert kept.is_blocked
    assert kept.notes == "新\n老客户"
    gone.refresh_from_db()
    assert gone.tax_key is None


def test_contacts_join_with_one_default_and_those_said_twice_are_one() -> None:
    gone, kept = f.CustomerFactory(), f.CustomerFactory()
    f.ContactFactory(customer=kept, name="王经理", is_default=True)
    twin = f.ContactFactory(customer=gone, name="王经理", is_default=True)
    f.ContactFactory(customer=gone, name="李工")
    quotation = f.QuotationFactory(customer=gone, contact=twin)
    merge(gone, kept)
    contacts = Contact.objects.filter(customer=kept).order_by("pk")
    assert [(c.name, c.is_default) for c in contacts] == [("王经理", True), ("李工", None)]
    quotation.refresh_from_db()
    assert quotation.contact == contacts[0]


def test_a_colleague_the_row_was_shared_with_sees_the_kept_one() -> None:
    from guardian.shortcuts import assign_perm  # noqa: PLC0415 (needs the apps)

    colleague = f.UserFactory(role="sales")
    gone, kept = f.CustomerFactory(), f.CustomerFactory()
    assign_perm("customers.view_customer", colleague, gone)
    merge(gone, kept)
    seen = Customer.objects.visible_to(User.objects.get(pk=colleague.pk))
    assert list(seen) == [kept]


def test_firms_with_two_tax_numbers_are_two_firms() -> None:
    one = f.CustomerFactory(tax_id="91110000600037341L")
    other = f.CustomerFactory(tax_id="91410972933T17L07X")
    manager()
    with refused("tax_numbers_differ", field="tax_id"):
        merge(one, other)


def test_what_cannot_be_merged_is_refused() -> None:
    one, other = f.CustomerFactory(), f.CustomerFactory()
    foreign = f.CustomerFactory(currency=f.CurrencyFactory(code="USD"))
    manager()
    with refused("same_partner"):
        merge(one, one)
    with refused("currencies_differ"):
        merge(one, foreign)
    with refused("stale_version"):
        merge(one, other, version=7)
    with refused("not_found"):
        services.merge_partners(Customer, one.pk, 987_654, by=manager())
    merge(one, other)
    with refused("already_merged"):
        merge(one, f.CustomerFactory.build(pk=other.pk))
