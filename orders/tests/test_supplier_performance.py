"""What really came tells how reliable a supplier is."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from orders.models import Receipt
from orders.performance import supplier_performance
from tests import factories as f

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]
TODAY = date(2026, 11, 20)


def _received(supplier: object, ordered: date, came: date, wanted: date | None) -> None:
    order = f.PurchaseOrderFactory(supplier=supplier, dated_on=ordered, requested_on=wanted)
    f.ReceiptFactory(purchase_order=order, dated_on=came, status=Receipt.Status.POSTED)


def test_lead_time_and_punctuality_come_from_posted_receipts_of_a_year() -> None:
    supplier = f.SupplierFactory()
    _received(supplier, date(2026, 10, 1), date(2026, 10, 11), date(2026, 10, 11))
    _received(supplier, date(2026, 10, 1), date(2026, 10, 31), date(2026, 10, 15))
    _received(supplier, date(2026, 10, 1), date(2026, 10, 21), None)
    _received(supplier, date(2024, 1, 1), date(2024, 6, 1), date(2024, 1, 2))
    f.ReceiptFactory(purchase_order__supplier=supplier)  # not posted yet
    _received(f.SupplierFactory(), date(2026, 10, 1), date(2026, 10, 2), date(2026, 10, 2))
    told = supplier_performance(supplier, on=TODAY)
    assert (told.receipts, told.average_days) == (3, 20)
    assert (told.on_time, told.promised, told.on_time_percent) == (1, 2, 50)


def test_without_receipts_nothing_is_said() -> None:
    told = supplier_performance(f.SupplierFactory(), on=TODAY)
    assert (told.receipts, told.average_days, told.on_time_percent) == (0, None, None)


def test_the_suppliers_page_shows_it() -> None:
    supplier = f.SupplierFactory()
    client = Client()
    client.force_login(f.UserFactory(role="purchaser", language="en"))
    page = client.get(reverse("admin:customers_supplier_change", args=(supplier.pk,)))
    assert [value for _label, value in page.context["facts"]] == ["0", "–", "–"]
