"""A storekeeper of one warehouse finds nothing of the other behind any door (独立仓库)."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from erp.core.policy import Scoped
from inventory.models import Bin, StockBalance, WarehouseStaff
from messaging.models import Notification
from orders import services as orders
from orders.models import Delivery, PurchaseOrder, Receipt
from tests import factories as f
from tests.importing import Importing, counts
from tests.support import (
    draft_order,
    line,
    main_bin,
    main_warehouse,
    stock,
)

pytestmark = pytest.mark.django_db
SECRET = "ZZ7777-EAST"


class Scene:
    """A storekeeper of MAIN; one product in both warehouses, another only in EAST."""

    def __init__(self) -> None:
        self.place = Bin.objects.get(warehouse__code="EAST")
        self.east = self.place.warehouse
        self.keeper = f.UserFactory(role="storekeeper", warehouses=[main_warehouse()])
        self.shared = f.ProductFactory(designation="6205-SHARED")  # a number like 705 is looked for
        self.secret = f.ProductFactory(designation=SECRET)
        stock(self.shared, 5, "40.00")
        stock(self.shared, 700, "5600.00", self.place)
        stock(self.secret, 9, "90.00", self.place)
        f.ReservationFactory(product=self.secret, bin=self.place)
        f.InboundFactory(product=self.secret, warehouse=self.east, quantity=3)
        f.InboundFactory(product=self.shared, warehouse=self.east, quantity=800)
        f.InboundPromiseFactory(warehouse=self.east)
        order = f.SalesOrderFactory(warehouse=self.east, lines__product=self.secret)
        f.DeliveryFactory(sales_order=order, warehouse=self.east)
        purchase = f.PurchaseOrderFactory(warehouse=self.east)
        f.ReceiptFactory(purchase_order=purchase, warehouse=self.east)
        f.ReturnFactory(warehouse=self.east)
        f.SupplierReturnFactory(warehouse=self.east)
        f.StockAgeFactory(product=self.secret, warehouse=self.east)
        f.TransferFactory(warehouse=self.east, to_warehouse__code="WEST")
        f.StockCountFactory(warehouse=self.east)
        f.StockEntryFactory(warehouse=self.east)
        f.AssemblyFactory(bin=self.place)
        f.UsualBinFactory(bin=self.place)
        self.client = Client()
        self.client.force_login(self.keeper)


@pytest.fixture
def scene() -> Scene:
    return Scene()


PLACED = [
    model
    for model in apps.get_models()
    if issubclass(model, Scoped) and model.scope_warehouse and admin.site.is_registered(model)
]


def _label(model: Any) -> str:
    return str(model._meta.label_lower)


@pytest.mark.parametrize("model", PLACED, ids=_label)
def test_a_list_and_its_export_hold_his_warehouses_only(scene: Scene, model: Any) -> None:
    url = reverse(f"admin:{_label(model).replace('.', '_')}_changelist")
    answer = scene.client.get(url)
    if answer.status_code == 403:
        return  # the whole table is none of his business
    shown = set(answer.context["cl"].result_list)
    everything = set(model.objects.all())
    assert shown == set(model.objects.visible_to(scene.keeper))
    assert everything - shown, "there is one elsewhere"
    content = answer.content.decode()
    assert SECRET not in content
    assert "EAST" not in content, "nor does a filter name the other warehouse"
    exported = scene.client.post(f"{url}export/", {"format": "csv"})
    assert exported.status_code == 200
    text = b"".join(exported).decode("utf-8-sig")
    assert SECRET not in text
    assert len(text.splitlines()) == len(shown) + 1


def test_the_catalogue_over_http_counts_his_stock(scene: Scene) -> None:
    item = scene.client.get(f"/api/v1/products/{scene.shared.pk}").json()
    assert (item["available"], item["inbound"]) == ("5", "0")
    for query in ({"q": scene.shared.designation}, {}):
        items = scene.client.get("/api/v1/products", query).json()["items"]
        assert {"5"} == {one["available"] for one in items if one["id"] == scene.shared.pk}
    cockpit = scene.client.get(f"/api/v1/products/{scene.shared.pk}/cockpit").json()
    assert (cockpit["on_hand"], cockpit["available"], cockpit["inbound"]) == ("5", "5", "0")
    assert [shelf["warehouse"] for shelf in cockpit["stock"]] == ["MAIN"]
    assert cockpit["inbound_lines"] == []


def test_the_part_page_shows_his_shelves(scene: Scene) -> None:
    answer = scene.client.get(f"/parts/{scene.shared.pk}/")
    assert [shelf.warehouse.code for shelf in answer.context["cockpit"].shelves] == ["MAIN"]
    assert answer.context["facts"].available == 5
    for text in ("EAST", "东仓", "700", "705", "800"):
        assert text not in answer.content.decode()
    listed = scene.client.get("/parts/", {"q": scene.shared.designation})
    ((_hit, facts),) = listed.context["rows"]
    assert (facts.available, facts.inbound) == (5, 0)


def test_the_typeahead_of_a_grid_counts_his_stock(scene: Scene) -> None:
    answer = scene.client.get("/quotations/parts/", {"q": scene.shared.designation})
    assert answer.status_code == 200
    assert "705" not in answer.content.decode()


def test_a_restricted_seller_quotes_from_his_warehouse(scene: Scene) -> None:
    seller = f.UserFactory(role="sales", warehouses=[main_warehouse()])
    free = f.UserFactory(role="sales")
    for user, expected in ((seller, "5"), (free, "705")):
        client = Client()
        client.force_login(user)
        sent = {
            "customer_id": f.CustomerFactory(owner=user).pk,
            "text": f"{scene.shared.designation} SKF 10个",
        }
        answer = client.post("/api/v1/enquiries", sent, content_type="application/json")
        assert answer.status_code == 201, answer.json()
        (priced,) = answer.json()["lines"]
        assert priced["available"] == expected


# --- posting -------------------------------------------------------------------------------------


def _do(client: Client, obj: Any, name: str) -> Any:
    url = reverse(f"admin:{_label(obj).replace('.', '_')}_do", args=[obj.pk, name])
    return client.post(url, {"version": obj.version}, follow=True)


def _order_in(place: Bin) -> Any:
    product = f.ProductFactory()
    stock(product, 20, "160.00", place)
    drafted = draft_order(line(product))
    drafted.warehouse = place.warehouse
    drafted.save()
    return orders.confirm_order(drafted.pk, by=drafted.owner)


def test_he_plans_no_delivery_out_of_a_foreign_warehouse(scene: Scene) -> None:
    order = _order_in(scene.place)
    answer = _do(scene.client, order, "deliver")
    assert "none of your warehouses" in answer.content.decode()
    assert not Delivery.objects.filter(sales_order=order).exists()
    WarehouseStaff.objects.create(user=scene.keeper, warehouse=scene.east)
    _do(scene.client, order, "deliver")
    assert Delivery.objects.filter(sales_order=order).count() == 1


def test_he_ships_from_his_warehouse_only(scene: Scene) -> None:
    order = _order_in(scene.place)
    delivery = orders.create_delivery(order.pk, by=order.owner)
    url = reverse("admin:orders_delivery_do", args=[delivery.pk, "ship"])
    assert scene.client.post(url, {"version": delivery.version}).status_code == 404
    assert scene.client.get(f"/deliveries/{delivery.pk}/pdf/").status_code == 404
    delivery.refresh_from_db()
    assert delivery.status == Delivery.Status.RESERVED


def test_he_receives_into_his_warehouse_only(scene: Scene) -> None:
    receipt = Receipt.objects.get(warehouse=scene.east)
    url = reverse("admin:orders_receipt_do", args=[receipt.pk, "count"])
    assert scene.client.post(url, {"version": receipt.version}).status_code == 404
    order_url = reverse(
        "admin:orders_purchaseorder_do", args=[receipt.purchase_order_id, "receive"]
    )
    assert scene.client.post(order_url, {"version": 1}).status_code == 404
    assert Receipt.objects.filter(warehouse=scene.east).count() == 1


def test_the_keepers_of_the_warehouse_are_told(scene: Scene) -> None:
    away = f.UserFactory(role="storekeeper", warehouses=[scene.east])
    order = _order_in(main_bin())
    told = Notification.objects.filter(kind="order.confirmed", object_id=order.pk)
    assert told.filter(recipient=scene.keeper).exists()
    assert not told.filter(recipient=away).exists()


# --- files ---------------------------------------------------------------------------------------


def test_an_import_of_stock_counts_in_his_warehouses_only(scene: Scene, tmp_path: Path) -> None:
    boss = f.UserFactory(role="manager", warehouses=[main_warehouse()])
    importing = Importing("stock", tmp_path)
    heading, row = "型号,仓库,库位,数量,成本", f"{scene.shared.designation},EAST,B-010101,1,8"
    of = importing.check(importing.file(heading, row), by=boss)
    assert counts(of).get("refused") == 1
    balance = StockBalance.objects.get(product=scene.shared, bin=scene.place)
    assert balance.on_hand == Decimal(700)


# --- the page that says who works where ----------------------------------------------------------


def test_who_works_where_is_kept_on_both_pages(scene: Scene) -> None:
    boss = f.UserFactory(role="manager")
    client = Client()
    client.force_login(boss)
    east = reverse("admin:inventory_warehouse_change", args=[scene.east.pk])
    colleague = f.UserFactory(role="storekeeper", warehouses=[])
    prefix = "warehousestaff_set"
    form = {
        "code": "EAST",
        "name": "东仓",
        "approval_limit": "0",
        "seen_version": scene.east.version,
        f"{prefix}-TOTAL_FORMS": 1,
        f"{prefix}-INITIAL_FORMS": 0,
        f"{prefix}-0-user": colleague.pk,
        f"{prefix}-0-warehouse": scene.east.pk,
    }
    assert client.post(east, form).status_code == 302
    assert WarehouseStaff.objects.filter(user=colleague, warehouse=scene.east).exists()
    form |= {f"{prefix}-0-user": boss.pk}
    client.post(east, form)
    assert not WarehouseStaff.objects.filter(user=boss).exists(), "nobody keeps his own"


def test_the_user_page_names_his_warehouses(scene: Scene) -> None:
    boss = f.UserFactory(is_superuser=True)
    client = Client()
    client.force_login(boss)
    page = client.get(reverse("admin:accounts_user_change", args=[scene.keeper.pk]))
    assert "MAIN" in page.content.decode()


def test_a_restricted_buyer_sees_and_orders_what_his_warehouses_lack(scene: Scene) -> None:
    buyer = f.UserFactory(role="purchaser", warehouses=[main_warehouse()])
    client = Client()
    client.force_login(buyer)
    lines = [
        f.SalesOrderLineFactory(document__warehouse=place, product__designation=number)
        for place, number in ((main_warehouse(), "LACK-HERE"), (scene.east, "LACK-THERE"))
    ]
    shown = client.get("/shortages/?drafts=1").content
    export: Any = client.post("/shortages/export/?drafts=1", {"format": "csv"})
    for text in (shown, b"".join(export.streaming_content)):
        assert b"LACK-HERE" in text
        assert b"LACK-THERE" not in text
    supplier = f.SupplierFactory(owner=buyer).pk
    for line_of, made in ((lines[1], 0), (lines[0], 1)):
        token = f"t{line_of.pk}"
        client.post("/shortages/", {"token": token, "line": [line_of.pk], "supplier": supplier})
        assert PurchaseOrder.objects.filter(supplier=supplier).count() == made
