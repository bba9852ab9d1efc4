"""The admin: lists stay quick, rows and rights come from the one policy, saves are recorded."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.db import connection, models
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from erp.core.admin import DocumentAdmin, ReadOnlyAdmin, ScopedAdmin
from tests import factories as f

pytestmark = pytest.mark.django_db
COUNTS = Path(__file__).parent / "query_counts.json"
MOST_QUERIES = 15
ADMINS: dict[str, Any] = {
    model._meta.label_lower: model_admin
    for model, model_admin in admin.site._registry.items()
    if isinstance(model_admin, ScopedAdmin)
}


def url(model: type[models.Model] | str, page: str, *args: Any) -> str:
    label = model if isinstance(model, str) else model._meta.label_lower
    return reverse(f"admin:{label.replace('.', '_')}_{page}", args=args)


def client_of(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def everything() -> Any:
    """A user with every right there is, and still no superuser."""
    user = f.UserFactory()
    user.user_permissions.set(Permission.objects.all())
    return user


def _rows(number: int) -> None:
    """One row of everything; every third shares its relations."""
    k = number % 3
    owner = User.objects.filter(username=f"owner{k}").first() or f.UserFactory(
        username=f"owner{k}", department=f.DepartmentFactory(name=f"D{k}")
    )
    customer = f.CustomerFactory(owner=owner)
    supplier = f.SupplierFactory(owner=owner)
    currency = f.CurrencyFactory(code=("CNY", "USD", "EUR")[k])
    place = f.BinFactory(warehouse__code=f"W{k}", code=f"A-{number:06d}")
    f.ContactFactory(customer=customer)
    f.InvoiceProfileFactory(customer=customer)
    product = f.ProductFactory(
        brand__code=f"BRAND{k}", category=f.CategoryFactory(code=f"c{k}")
    )
    f.BrandFactory(code=f"B{number}")
    f.CategoryFactory(code=f"cat{number}", parent=product.category)
    f.ProductCodeFactory(product=product, customer=customer)
    f.InterchangeFactory(from_product=product, to_product__brand__code=f"BRAND{(k + 1) % 3}")
    f.PriceFactFactory(product=product, customer=customer, currency=currency)
    f.WarehouseFactory(code=f"WH{number}")
    f.StockFactory(product=product, bin=place)
    f.ReservationFactory(product=product, bin=place)
    f.InboundFactory(product=product, warehouse=place.warehouse)
    document = {"owner": owner, "currency": currency}
    f.EnquiryFactory(owner=owner, customer=customer)
    f.QuotationFactory(customer=customer, **document)
    order = f.SalesOrderFactory(customer=customer, warehouse=place.warehouse, **document)
    f.DeliveryFactory(sales_order=order, **document)
    purchase = f.PurchaseOrderFactory(supplier=supplier, warehouse=place.warehouse, **document)
    f.ReceiptFactory(purchase_order=purchase, **document)
    f.InvoiceFactory(customer=customer, **document)
    account = f.BankAccountFactory(code=f"BANK{number}", currency=currency)
    f.PaymentFactory(customer=customer, bank_account=account, **document)
    f.JournalEntryFactory(posted_by=owner, source_type="orders.salesorder", source_id=order.pk)
    f.AuditEntryFactory(actor=owner)
    f.AttachmentFactory(
        created_by=owner, object_type="orders.salesorder", object_id=order.pk
    )
    f.UserFactory(department=owner.department, role="sales" if k else "manager")
    f.DepartmentFactory(name=f"Dep{number}")
    f.PeriodFactory()
    f.ExchangeRateFactory()
    f.UnitFactory(code=f"u{number}")
    f.TaxRateFactory(code=f"t{number}")
    f.PaymentTermFactory(code=f"p{number}", name=f"p{number}")
    f.CurrencyFactory(code=f"X{number:02d}")


@pytest.fixture
def thirty_rows(everything: Any) -> Any:
    for number in range(30):
        _rows(number)
        f.NotificationFactory(recipient=everything)
    return everything


def test_every_list_and_page_opens_and_its_queries_are_pinned(thirty_rows: Any) -> None:
    client = client_of(thirty_rows)
    counted = {}
    for label, model_admin in sorted(ADMINS.items()):
        if label == "core.company":  # one row: its list leads to it
            continue
        client.get(url(label, "changelist"))  # content types are remembered after this
        with CaptureQueriesContext(connection, ) as queries:
            response = client.get(url(label, "changelist"))
        assert response.status_code == 200, label
        shown = response.context["cl"].result_list
        if label != "auth.group":
            assert len(shown) >= 30, label
        counted[label] = len(queries)
        page = client.get(url(label, "change", shown[0].pk))
        assert page.status_code == 200, label
    assert max(counted.values()) <= MOST_QUERIES, counted
    pinned = json.loads(COUNTS.read_text()) if COUNTS.exists() else {}
    assert counted == pinned, f"write this to {COUNTS.name}:\n{json.dumps(counted, indent=2)}"
