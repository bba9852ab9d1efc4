"""The pages of buying: the grid, counting, shortages, papers and the API open and save."""

from decimal import Decimal
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse
from django.utils import translation

from erp.core.pages import new_token
from erp.core.periods import company
from orders import services
from orders.buying_printing import purchase_order_context
from orders.models import PurchaseOrder, Receipt, ReceiptStatus
from orders.services import CountedLine, ReturnedLine, Wanted
from orders.shortages import shortages
from tests import factories
from tests.support import (
    buyer,
    chart,
    draft_order,
    keeper,
    line,
    main_bin,
    main_warehouse,
    posted_receipt,
    refused,
    sent_purchase,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]


@pytest.fixture
def client() -> Client:
    made = Client()
    made.force_login(factories.UserFactory(role="manager"))
    return made


def grid(*rows: tuple[int, str, str], **more: Any) -> dict[str, Any]:
    return {
        "token": new_token(),
        "warehouse": main_warehouse().pk,
        "product": [row[0] for row in rows],
        "source_line": ["" for _row in rows],
        "includes_tax": ["0" for _row in rows],
        "wording": ["" for _row in rows],
        "quantity": [row[1] for row in rows],
        "unit_price": [row[2] for row in rows],
        **more,
    }


def test_a_purchase_order_is_typed_saved_and_handed_in(client: Client) -> None:
    supplier, product = factories.SupplierFactory(owner=buyer()), factories.ProductFactory()
    page = reverse("orders:new-purchase-order")
    assert client.get(page).status_code == 200
    assert client.get(f"{page}?supplier={supplier.pk}").status_code == 200
    row = reverse("orders:purchase-row", args=[supplier.pk])
    assert client.get(f"{row}?product={product.pk}").status_code == 200
    assert client.get(reverse("orders:find-purchase-parts"), {"q": "6205"}).status_code == 200
    assert client.get(reverse("orders:find-suppliers"), {"q": "S"}).status_code == 200
    sent = client.post(f"{page}?supplier={supplier.pk}", grid((product.pk, "5", "8.00")))
    order = PurchaseOrder.objects.get()
    shown = reverse("orders:purchase-order", args=[order.pk])
    assert (sent.status_code, sent.headers["Location"]) == (302, shown)
    assert client.get(shown).status_code == 200
    changed = grid((product.pk, "6", "8.50"), version=1, then="submit")
    assert client.post(shown, changed).status_code == 302
    order.refresh_from_db()
    assert (order.status, order.net_total) == ("submitted", Decimal("51.00"))
    assert client.get(shown).status_code == 200
    assert (
        client.get(reverse("admin:orders_purchaseorder_change", args=[order.pk])).status_code == 200
    )


def test_a_price_above_the_known_ones_is_told_and_accepted_by_name(client: Client) -> None:
    product = factories.ProductFactory()
    order = sent_purchase(product, 10, "8.00")
    posted_receipt(order)
    supplier = order.supplier
    draft = services.create_purchase_order(
        supplier.pk,
        [services.PurchaseLineInput(product.pk, Decimal(1), Decimal(20))],
        warehouse_id=main_warehouse().pk,
        by=buyer(),
    )
    page = reverse("orders:purchase-order", args=[draft.pk])
    told = client.post(page, grid((product.pk, "1", "20"), version=1, then="submit"))
    assert told.status_code == 409
    assert b"submit-despite" in told.content
    client.post(page, grid((product.pk, "1", "20"), version=1, then="submit-despite"))
    draft.refresh_from_db()
    assert draft.status == "submitted"


def test_the_second_tab_sees_the_difference(client: Client) -> None:
    product = factories.ProductFactory()
    draft = services.create_purchase_order(
        factories.SupplierFactory(owner=buyer()).pk,
        [services.PurchaseLineInput(product.pk, Decimal(1), Decimal(2))],
        warehouse_id=main_warehouse().pk,
        by=buyer(),
    )
    page = reverse("orders:purchase-order", args=[draft.pk])
    assert client.post(page, grid((product.pk, "2", "2"), version=1)).status_code == 302
    stale = client.post(page, grid((product.pk, "3", "2"), version=1))
    assert stale.status_code == 409
    assert [one.mine for one in stale.context["differences"]] == ["3 × 2.00"]


def test_a_receipt_is_counted_and_posted_on_its_page(client: Client) -> None:
    chart()
    order = sent_purchase(factories.ProductFactory(), 20)
    receipt = services.create_receipt(order.pk, by=keeper())
    page = reverse("orders:receipt", args=[receipt.pk])
    assert client.get(page).status_code == 200
    row = order.lines.get()
    sent = client.post(
        page,
        {
            "token": new_token(),
            "version": 1,
            "source_line": [row.pk],
            "quantity": ["17"],
            "bin": [main_bin().code],
            "rejected": ["3"],
            "reject_reason": ["rust"],
            "then": "post",
        },
    )
    assert sent.status_code == 302
    assert Receipt.objects.get().status == ReceiptStatus.POSTED
    assert client.get(page).status_code == 200
    assert client.get(reverse("admin:orders_receipt_change", args=[receipt.pk])).status_code == 200


def test_goods_rejected_without_a_reason_are_marked_in_their_row(client: Client) -> None:
    order = sent_purchase(factories.ProductFactory(), 20)
    receipt = services.create_receipt(order.pk, by=keeper())
    sent = client.post(
        reverse("orders:receipt", args=[receipt.pk]),
        {
            "token": new_token(),
            "version": 1,
            "source_line": [order.lines.get().pk],
            "quantity": ["17"],
            "bin": [main_bin().code],
            "rejected": ["3"],
            "reject_reason": [" "],
        },
    )
    assert sent.status_code == 400
    assert [set(row.errors) for row in sent.context["rows"]] == [{"reject_reason"}]
    assert Receipt.objects.get().version == 1


def test_what_orders_lack_is_listed_and_ordered_once(client: Client) -> None:
    product = factories.ProductFactory()
    supplier = factories.SupplierFactory(owner=buyer())
    sold = draft_order(line(product, 10)).lines.get()
    (found,) = shortages(None)
    assert found.lack == 10
    assert found.supplier_id is None
    by = buyer()
    with refused("no_supplier"):
        services.order_shortages([Wanted(sold.pk)], by=by)
    page = reverse("orders:shortages")
    assert client.get(f"{page}?drafts=1").status_code == 200
    ticked = {"token": new_token(), "line": [sold.pk], "supplier": supplier.pk}
    client.post(page, ticked)
    bought = PurchaseOrder.objects.get().lines.get()
    assert bought.source_line_id == sold.pk
    assert bought.quantity == 10
    assert shortages(None) == []
    with refused("nothing_lacking"):
        services.order_shortages([Wanted(sold.pk)], by=by)
    assert client.get(page).status_code == 200


def test_the_papers_are_printed(client: Client) -> None:
    order = sent_purchase(factories.ProductFactory(), 20)
    receipt = posted_receipt(order)
    back = services.create_supplier_return(
        receipt.pk, [ReturnedLine(receipt.lines.get().pk, Decimal(1))], reason="x", by=buyer()
    )
    for name, pk in (
        ("purchase-order-pdf", order.pk),
        ("receipt-pdf", receipt.pk),
        ("supplier-return-pdf", back.pk),
    ):
        answer = client.get(reverse(f"orders:{name}", args=[pk]))
        assert answer.headers["Content-Type"] == "application/pdf", name


def test_on_a_purchase_order_we_are_the_buyer() -> None:
    order = sent_purchase(factories.ProductFactory(), 20)
    with translation.override("en"):
        page = render_to_string("print/purchase_order.html", purchase_order_context(order))
    ours, theirs = page.index(">Buyer<"), page.index(">Seller<")
    assert ours < page.index(company().address, ours) < theirs


def test_the_api_tells_no_amount_to_those_who_may_not_see_cost() -> None:
    order = sent_purchase(factories.ProductFactory(), 20)
    for role, sees in (("storekeeper", False), ("purchaser", True)):
        asking = Client()
        asking.force_login(factories.UserFactory(role=role))
        told = asking.get(f"/api/v1/purchase-orders/{order.pk}").json()
        assert (told["net"] is not None, told["lines"][0]["unit_price"] is not None) == (sees, sees)
        if sees:
            assert told["lines"][0]["open"] == "20"
    counted = CountedLine(order.lines.get().pk, Decimal(20))
    receipt = services.create_receipt(order.pk, lines=[counted], by=keeper())
    assert asking.get(f"/api/v1/receipts/{receipt.pk}").json()["lines"][0]["bin"] == "A-010101"
