"""What a person decides about a line teaches what this customer's wording means."""

from decimal import Decimal

import pytest

from accounts.models import User
from customers.models import Customer
from products.codes import learn_code
from products.models import Product, ProductCode
from quotations import services
from quotations.matching import price_enquiry
from quotations.models import EnquiryLine
from tests import factories
from tests.support import actions, refused

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]


def asked(text: str, customer: Customer, by: User) -> EnquiryLine:
    return services.create_enquiry(text, customer_id=customer.pk, by=by).lines.get()


@pytest.fixture
def other(part: Product) -> Product:
    return factories.ProductFactory(brand=part.brand, designation="6206-2RS1")


def test_a_decision_teaches_the_customers_wording(
    seller: User, customer: Customer, part: Product
) -> None:
    line = asked("主机轴承XK88-7 10个", customer, seller)
    assert (line.product, line.wording, line.doubts) == (None, "XK88-7", ["no_part"])

    services.choose_product(line.pk, part.pk, remember=True, by=seller)

    (next_time,) = price_enquiry("xk88/7 5只", customer=customer, user=seller).lines
    assert (next_time.product, next_time.match, next_time.doubts) == (part, "code", [])
    code = ProductCode.objects.get()
    assert (code.customer, code.code, code.search_key) == (customer, "XK88-7", "XK887")
    assert actions(code) == ["product_code.learned"]


def test_a_size_can_be_taught(seller: User, customer: Customer, part: Product) -> None:
    line = asked("内径25外径52厚15 轴承 10个", customer, seller)
    assert line.doubts[:1] == ["size_only"]
    services.choose_product(line.pk, part.pk, remember=True, by=seller)
    (next_time,) = price_enquiry("25*52*15 轴承 3个", customer=customer, user=seller).lines
    assert (next_time.product, next_time.match) == (part, "code")


def test_what_one_customer_means_is_not_what_another_means(
    seller: User, customer: Customer, part: Product
) -> None:
    learn_code(customer.pk, "XK88-7", part.pk, by=seller)
    stranger = factories.CustomerFactory(owner=seller)
    for whose in (stranger, None):
        (line,) = price_enquiry("轴承XK88-7 5只", customer=whose, user=seller).lines
        assert line.product is None


def test_nothing_is_taught_unless_asked(seller: User, customer: Customer, part: Product) -> None:
    line = asked("主机轴承XK88-7 10个", customer, seller)
    services.choose_product(line.pk, part.pk, by=seller)
    assert not ProductCode.objects.exists()


def test_the_same_lesson_twice_is_one(seller: User, customer: Customer, part: Product) -> None:
    first = learn_code(customer.pk, "XK88-7", part.pk, by=seller)
    assert learn_code(customer.pk, "xk 88/7", part.pk, by=seller) == first
    assert ProductCode.objects.count() == 1
    assert actions(first) == ["product_code.learned"]


def test_the_newest_lesson_counts(
    seller: User, customer: Customer, part: Product, other: Product
) -> None:
    old = learn_code(customer.pk, "XK88-7", part.pk, by=seller)
    new = learn_code(customer.pk, "XK88-7", other.pk, by=seller)
    assert list(ProductCode.objects.active()) == [new]
    old.refresh_from_db()
    assert old.archived_at is not None
    assert actions(old) == ["product_code.learned", "product_code.archived"]

    back = learn_code(customer.pk, "XK88-7", part.pk, by=seller)
    assert list(ProductCode.objects.active()) == [back]


def test_another_brand_than_asked_for_is_an_offer_and_teaches_nothing(
    seller: User, customer: Customer, part: Product
) -> None:
    nsk = factories.BrandFactory(code="NSK")
    line = asked("NSK 6205ABC 10个", customer, seller)
    services.choose_product(line.pk, part.pk, remember=True, by=seller)
    assert not ProductCode.objects.exists()
    own = factories.ProductFactory(brand=nsk, designation="6205DDU")
    services.choose_product(line.pk, own.pk, remember=True, by=seller)
    assert ProductCode.objects.get().product == own


@pytest.mark.parametrize("wording", ["", "  ", "轴承"])
def test_a_wording_without_letters_or_digits_is_refused(
    seller: User, customer: Customer, part: Product, wording: str
) -> None:
    with refused("no_wording", field="wording"):
        learn_code(customer.pk, wording, part.pk, by=seller)


def test_unknown_customer_and_product_are_refused(
    seller: User, customer: Customer, part: Product
) -> None:
    with refused("unknown_customer", field="customer"):
        learn_code(10**9, "X1", part.pk, by=seller)
    with refused("unknown_product", field="product"):
        learn_code(customer.pk, "X1", 10**9, by=seller)


def test_a_decision_on_what_is_no_longer_shown_is_refused(
    seller: User, customer: Customer, part: Product, other: Product
) -> None:
    line = asked("主机轴承XK88-7 10个", customer, seller)
    services.choose_product(line.pk, part.pk, seen_product_id=0, by=seller)
    with refused("stale_version"):
        services.choose_product(line.pk, other.pk, seen_product_id=0, by=seller)
    line.refresh_from_db()
    assert line.product == part
    services.choose_product(line.pk, other.pk, seen_product_id=part.pk, by=seller)
    services.choose_product(line.pk, other.pk, seen_product_id=part.pk, by=seller)  # agreed


@pytest.mark.parametrize(
    ("text", "doubts"),
    [
        ("SKF 6205-2RS1/C3 10个", []),
        ("6205-2RS1/C3 10个", []),
        ("SKF 6205-2RS1/C3", ["quantity_unknown"]),
        ("SKF 6205-2RS1/C3 20-30个", ["quantity_range"]),
        ("SKF 6205-2RS1/C3 2箱", ["unit_unknown"]),
        ("NSK 6205-2RS1/C3 10个", ["other_brand"]),
        ("SKF 6205-2RS1/C 10个", ["similar"]),
        ("25*52*15 轴承 10个", ["size_only"]),
        ("SKF 6318-2RS1", ["no_part", "quantity_unknown"]),
    ],
)
def test_what_is_unsure_is_marked(
    seller: User, customer: Customer, part: Product, text: str, doubts: list[str]
) -> None:
    factories.BrandFactory(code="NSK")
    line = asked(text, customer, seller)
    assert (line.doubts, line.is_sure) == (doubts, not doubts)
    (priced,) = price_enquiry(text, customer=customer, user=seller).lines
    assert priced.as_json()["sure"] is (not doubts)
    assert priced.as_json()["doubts"] == doubts


def test_several_brands_of_a_part_without_a_brand_are_a_doubt(
    seller: User, customer: Customer, part: Product
) -> None:
    nsk = factories.BrandFactory(code="NSK")
    factories.ProductFactory(brand=nsk, designation="6205-2RS1/C3")
    line = asked("6205-2RS1/C3 10个", customer, seller)
    assert (line.product, line.doubts) == (part, ["brand_open"])  # the one in stock


def test_a_decision_settles_the_part_and_a_number_the_quantity(
    seller: User, customer: Customer, part: Product
) -> None:
    line = asked("SKF 6318-2RS1", customer, seller)
    line = services.choose_product(line.pk, part.pk, by=seller)
    assert line.doubts == ["quantity_unknown"]
    line = services.state_quantity(line.pk, Decimal(12), by=seller)
    assert (line.quantity, line.doubts) == (Decimal(12), [])
    assert actions(line.document)[-2:] == ["enquiry.product_chosen", "enquiry.quantity_stated"]


@pytest.mark.parametrize("quantity", ["0", "-1", "1E+30", "0.0001", "NaN"])
def test_a_bad_quantity_is_not_stated(
    seller: User, customer: Customer, part: Product, quantity: str
) -> None:
    line = asked("SKF 6205-2RS1/C3", customer, seller)
    with refused("bad_quantity", field="quantity"):
        services.state_quantity(line.pk, Decimal(quantity), by=seller)
    line.refresh_from_db()
    assert (line.quantity, line.doubts) == (None, ["quantity_unknown"])


def test_a_box_becomes_pieces_when_somebody_counts_them(
    seller: User, customer: Customer, part: Product
) -> None:
    line = asked("SKF 6205-2RS1/C3 2箱", customer, seller)
    line = services.state_quantity(line.pk, Decimal(100), by=seller)
    assert (line.quantity, line.unit_id) == (Decimal(100), part.unit_id)
