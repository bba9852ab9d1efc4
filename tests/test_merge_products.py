"""Merging two products: everything follows, nothing is lost, the books hold, links still lead."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.utils import timezone

from audit.models import AuditEntry
from erp.core.invariants import verify
from erp.core.models import Attachment
from erp.core.registry import columns_following
from inventory.models import Inbound, Reservation, StockBalance, StockMove, StockValue
from inventory.services import available_by_product
from orders import services as orders
from orders.models import SalesOrderLine
from products.models import Interchange, PriceFact, Product, ProductCode, ProtectedItem
from products.search import Query, match
from products.services import effects_of_merge, merge_products, sweep_merged
from products.tasks import sweep_all
from quotations import services as quotations
from quotations.models import ProtectedLeave, QuotationLine
from tests import factories as f
from tests.support import (
    actions,
    assert_books_ok,
    confirmed_order,
    full_deal,
    keeper,
    line,
    main_bin,
    manager,
    refused,
    seller,
    sent_purchase,
    stock,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]


@pytest.fixture(autouse=True)
def _boss() -> None:
    manager()


@pytest.fixture
def keep() -> Product:
    return f.ProductFactory(designation="6205-2RS1/C3")


@pytest.fixture
def gone() -> Product:
    return f.ProductFactory(designation="6205-2RSC3")


def merge(keep: Product, gone: Product, *, on_purpose: bool = True) -> dict[str, int]:
    return merge_products(keep.pk, gone.pk, on_purpose=on_purpose, by=manager())


def test_everything_of_a_whole_deal_follows(keep: Product) -> None:
    deal = full_deal()
    before = available_by_product([deal.product.pk])[deal.product.pk]
    effects = effects_of_merge(keep, deal.product).counts
    said = list(QuotationLine.objects.order_by("pk").values_list("brand_name", "designation"))
    assert_books_ok()

    counts = merge(keep, deal.product)

    assert counts == effects
    assert {
        "finance.InvoiceLine.product",
        "inventory.Reservation.product",
        "inventory.StockBalance.product",
        "inventory.StockMove.product",
        "inventory.StockValue.product",
        "orders.DeliveryLine.product",
        "orders.PurchaseOrderLine.product",
        "orders.ReceiptLine.product",
        "orders.SalesOrderLine.product",
        "products.PriceFact.product",
        "quotations.QuotationLine.product",
    } <= counts.keys()
    assert available_by_product([keep.pk])[keep.pk] == before
    for name, model, column in columns_following(Product):
        assert not model._default_manager.filter(**{column: deal.product.pk}).exists(), name
    # What was issued says what it said.
    now = QuotationLine.objects.order_by("pk").values_list("brand_name", "designation")
    assert list(now) == said
    assert_books_ok()


def test_a_deal_goes_on_after_the_merge(keep: Product, gone: Product) -> None:
    stock(gone, 10, "75.00")
    order = confirmed_order(line(gone, 4))
    merge(keep, gone)
    delivery = orders.create_delivery(order.pk, by=keeper())
    orders.ship_delivery(delivery.pk, by=keeper())
    assert available_by_product([keep.pk])[keep.pk] == 6
    assert_books_ok()


def test_stock_of_one_bin_and_value_of_one_warehouse_add_up_to_the_cent(
    keep: Product, gone: Product
) -> None:
    stock(keep, 3, "10.01")
    stock(gone, 7, "33.34")
    other = f.BinFactory(warehouse__code="W2", code="B-1")
    stock(gone, "0.125", "0.01", other)
    confirmed_order(line(keep, 2))
    confirmed_order(line(gone, 5))
    merge(keep, gone)
    here = StockBalance.objects.get(product=keep, bin=main_bin())
    assert [here.on_hand, here.reserved] == [10, 7]
    value = StockValue.objects.get(product=keep, warehouse=main_bin().warehouse)
    assert [value.quantity, value.value] == [10, Decimal("43.35")]
    moved = StockBalance.objects.get(product=keep, bin=other)
    assert moved.on_hand == Decimal("0.125")
    assert not StockBalance.objects.filter(product=gone).exists()
    assert Reservation.objects.filter(product=keep).count() == 2
    assert StockMove.objects.filter(product=keep).count() == 3
    assert_books_ok()


def test_inbound_goods_follow_and_arrive(keep: Product, gone: Product) -> None:
    order = sent_purchase(gone)
    merge(keep, gone)
    assert Inbound.objects.get().product == keep
    receipt = orders.create_receipt(order.pk, bin_id=main_bin().pk, by=keeper())
    assert receipt.lines.get().product == keep


def test_the_one_that_goes_is_archived_and_points_at_the_other(
    keep: Product, gone: Product
) -> None:
    before = keep.version
    merge(keep, gone)
    keep.refresh_from_db()
    gone.refresh_from_db()
    assert gone.merged_into == keep
    assert gone.archived_at is not None
    assert keep.version == before + 1
    assert (actions(keep), actions(gone)) == (["product.merged"], ["product.merged_away"])


def test_the_entry_tells_how_many_rows_followed(keep: Product, gone: Product) -> None:
    f.PriceFactFactory.create_batch(3, product=gone)
    merge(keep, gone)
    entry = AuditEntry.objects.get(action="product.merged")
    assert entry.actor == manager()
    assert entry.changes["products.PriceFact.product"] == [0, 3]
    assert entry.changes[str(gone)] == [gone.pk, keep.pk]


def test_a_chain_of_merges_leads_to_the_last(keep: Product, gone: Product) -> None:
    first = f.ProductFactory(designation="6205RSC3")
    merge(gone, first)
    merge(keep, gone)
    first.refresh_from_db()
    assert first.merged_into == keep


def test_the_designation_that_goes_still_finds_the_part(keep: Product) -> None:
    gone = f.ProductFactory(designation="XYZ-4711", old_designation="180205")
    merge(keep, gone)
    for text in ("xyz 4711", "180205"):
        (found,) = match([Query(text)], user=None)
        assert [hit.product for hit in found.hits[:1]] == [keep], text


def test_what_only_the_one_that_goes_knew_is_taken_over(keep: Product, gone: Product) -> None:
    Product.objects.filter(pk=gone.pk).update(bore_mm=25, name="另一个名字", speed_oil_rpm=9000)
    Product.objects.filter(pk=keep.pk).update(name="名字")
    merge(keep, gone)
    keep.refresh_from_db()
    assert [keep.bore_mm, keep.speed_oil_rpm, keep.name] == [25, 9000, "名字"]


# --- pairs that would stand side by side --------------------------------------------------------


def test_codes_that_both_have_are_kept_once(keep: Product, gone: Product) -> None:
    customer = f.CustomerFactory()
    own = {"code": "MAT-1", "customer": customer}
    f.ProductCodeFactory(product=keep, archived_at=timezone.now(), **own)
    used = f.ProductCodeFactory(product=gone, **own)
    f.ProductCodeFactory(product=gone, code="MAT-1", customer=f.CustomerFactory())
    merge(keep, gone)
    assert ProductCode.objects.get(customer=customer) == used
    assert ProductCode.objects.filter(product=keep, code="MAT-1").count() == 2


def test_the_link_between_the_two_is_gone(keep: Product, gone: Product) -> None:
    f.InterchangeFactory(from_product=gone, to_product=keep)
    merge(keep, gone)
    assert not Interchange.objects.exists()


@pytest.mark.parametrize("turned", [False, True])
def test_of_two_links_to_a_third_the_approved_one_stays(
    turned: bool, keep: Product, gone: Product
) -> None:
    third = f.ProductFactory(brand=f.BrandFactory(code="NSK"))
    f.InterchangeFactory(from_product=keep, to_product=third, grade="upgrade")
    ends = {"from_product": third, "to_product": gone}
    if turned:
        ends = {"from_product": gone, "to_product": third}
    approved = f.InterchangeFactory(grade="dimensional", approved_by=manager(), **ends)
    merge(keep, gone)
    link = Interchange.objects.get()
    assert (link.pk, link.grade) == (approved.pk, "dimensional")
    assert {link.from_product, link.to_product} == {keep, third}


def test_a_protection_that_both_have_stays_with_its_leave(keep: Product, gone: Product) -> None:
    customer = f.CustomerFactory()
    f.ProtectedItemFactory(product=keep, customer=customer, archived_at=timezone.now())
    item = f.ProtectedItemFactory(product=gone, customer=customer)
    quotation = f.QuotationFactory(lines__product=gone, owner=seller())
    quotations.allow_protected(quotation.pk, by=manager())
    merge(keep, gone)
    assert ProtectedItem.objects.get().pk == item.pk
    assert ProtectedItem.objects.get().product == keep
    assert ProtectedLeave.objects.get().item_id == item.pk


def test_leave_follows_the_protection_that_stays(keep: Product, gone: Product) -> None:
    customer = f.CustomerFactory()
    kept = f.ProtectedItemFactory(product=keep, customer=customer)
    f.ProtectedItemFactory(product=gone, customer=customer)
    quotation = f.QuotationFactory(lines__product=gone, owner=seller())
    Product.objects.filter(pk=keep.pk).update(form_key="")  # touched by its own item alone
    quotations.allow_protected(quotation.pk, by=manager())
    merge(keep, gone)
    assert ProtectedLeave.objects.get().item_id == kept.pk
    quotations.submit_quotation(quotation.pk, by=seller())


def test_files_follow(keep: Product, gone: Product) -> None:
    f.AttachmentFactory(object_type="products.product", object_id=gone.pk)
    f.AttachmentFactory(object_type="quotations.quotation", object_id=gone.pk)
    merge(keep, gone)
    assert Attachment.objects.get(object_type="products.product").object_id == keep.pk
    assert Attachment.objects.get(object_type="quotations.quotation").object_id == gone.pk


# --- refusals -----------------------------------------------------------------------------------


def _other_unit(gone: Product) -> None:
    gone.unit = f.UnitFactory(code="pair")


def _other_size(gone: Product) -> None:
    gone.bore_mm = Decimal("30.000")


def _merged(gone: Product) -> None:
    gone.merged_into = f.ProductFactory(designation="NU2208")
    gone.archived_at = timezone.now()


@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("different_units", _other_unit),
        ("different_sizes", _other_size),
        ("already_merged", _merged),
    ],
)
def test_what_is_not_one_part_is_not_merged(
    code: str, change: Callable[[Product], None], keep: Product, gone: Product
) -> None:
    Product.objects.filter(pk=keep.pk).update(bore_mm=25)
    keep.refresh_from_db()
    change(gone)
    gone.save()
    assert [one.code for one in effects_of_merge(keep, gone).refusals] == [code]
    with refused(code, field="gone"):
        merge(keep, gone)


@pytest.mark.parametrize(
    ("code", "unlike"),
    [
        ("different_brands", {"designation": "6205-2RS1/C3", "brand__code": "SKF-CN"}),
        ("different_designations", {"designation": "6205-2RS1"}),
    ],
)
def test_what_looks_like_another_part_is_merged_on_purpose_only(
    code: str, unlike: dict[str, str], keep: Product
) -> None:
    gone = f.ProductFactory(**unlike)
    assert [doubt.code for doubt in effects_of_merge(keep, gone).doubts] == [code]
    with refused(code, field="on_purpose"):
        merge(keep, gone, on_purpose=False)
    merge(keep, gone)


def test_another_spelling_of_the_same_is_no_doubt(keep: Product) -> None:
    gone = f.ProductFactory(designation="6205 - 2RSC3")
    assert effects_of_merge(keep, gone).doubts == []
    merge(keep, gone, on_purpose=False)


def test_neither_itself_nor_what_is_missing_or_archived(keep: Product, gone: Product) -> None:
    with refused("same_product"):
        merge(keep, keep)
    with refused("not_found"):
        merge_products(keep.pk, 10**9, by=manager())
    Product.objects.filter(pk=keep.pk).update(archived_at=timezone.now())
    with refused("product_archived"):
        merge(keep, gone)


def test_an_archived_duplicate_can_be_cleared_away(keep: Product, gone: Product) -> None:
    f.PriceFactFactory(product=gone)
    Product.objects.filter(pk=gone.pk).update(archived_at=timezone.now())
    merge(keep, gone)
    assert PriceFact.objects.get().product == keep


# --- afterwards ---------------------------------------------------------------------------------


def test_a_form_opened_before_the_merge_saves_the_part_that_stays(
    keep: Product, gone: Product
) -> None:
    quotation = quotations.create_quotation(
        f.CustomerFactory(owner=seller()).pk, [line(gone)], by=seller()
    )
    merge(keep, gone)
    now = quotations.replace_lines(quotation.pk, [line(gone)], version=1, by=seller())
    row = now.lines.get()
    assert (row.product, row.designation) == (keep, keep.designation)
    assert_books_ok()


def test_an_enquiry_line_takes_the_part_that_stays(keep: Product, gone: Product) -> None:
    enquiry = f.EnquiryFactory()
    merge(keep, gone)
    assert quotations.choose_product(enquiry.lines.get().pk, gone.pk, by=seller()).product == keep


def test_a_purchase_buys_the_part_that_stays(keep: Product, gone: Product) -> None:
    merge(keep, gone)
    assert sent_purchase(gone).lines.get().product == keep


# --- what slips in ------------------------------------------------------------------------------


def test_rows_added_meanwhile_are_found_and_swept(keep: Product, gone: Product) -> None:
    merge(keep, gone)
    f.SalesOrderLineFactory(product=gone)
    (check,) = [one for one in verify() if "merged away" in one.name]
    assert check.first_difference == (
        f"product {gone.pk} was merged away and orders.SalesOrderLine.product still names it"
    )
    assert sweep_merged(gone.pk) == {"orders.SalesOrderLine.product": 1}
    assert SalesOrderLine.objects.get().product == keep
    assert sweep_merged(gone.pk) == {}
    f.SalesOrderLineFactory(product=gone)
    sweep_all()
    assert not SalesOrderLine.objects.filter(product=gone).exists()
    assert sweep_merged(keep.pk) == {}, "it was not merged"
