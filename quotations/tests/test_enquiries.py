"""An enquiry keeps the customer's words and what was read from them."""

from decimal import Decimal

import pytest

from quotations import services
from quotations.models import Enquiry
from tests import factories
from tests.support import actions, assert_books_ok, refused, seller

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]
TEXT = "6205-2RS1/C3 SKF 10个\n6306-2RS1 SKF 4个\n"


def test_an_enquiry_keeps_the_text_and_its_matched_lines() -> None:
    product = factories.ProductFactory(designation="6205-2RS1/C3")
    by = factories.UserFactory(role="sales")
    customer = factories.CustomerFactory(owner=by)

    enquiry = services.create_enquiry(TEXT, customer_id=customer.pk, by=by)

    assert (enquiry.text, enquiry.status, enquiry.customer) == (TEXT, "matching", customer)
    assert enquiry.number is not None
    first, second = enquiry.lines.all()
    assert (first.product, first.quantity, first.unit_id) == (product, Decimal(10), "piece")
    assert (second.product, second.quantity) == (None, Decimal(4))
    assert actions(enquiry) == ["enquiry.created"]
    assert_books_ok()


@pytest.mark.parametrize(
    ("code", "text"), [("no_text", " \n"), ("nothing_found", "您好，请报价，谢谢！")]
)
def test_a_text_without_parts_makes_no_enquiry(code: str, text: str) -> None:
    customer = factories.CustomerFactory(owner=seller())
    with refused(code, field="text"):
        services.create_enquiry(text, customer_id=customer.pk, by=seller())


def test_an_unknown_customer_makes_no_enquiry() -> None:
    by = seller()
    with refused("unknown_customer", field="customer"):
        services.create_enquiry(TEXT, customer_id=10**9, by=by)


def test_an_endless_enquiry_is_refused() -> None:
    customer = factories.CustomerFactory(owner=seller())
    factories.BrandFactory(code="SKF")
    text = "\n".join(f"{6000 + n}-2RS1 SKF 10个" for n in range(600))
    with refused("too_many_lines", field="text"):
        services.create_enquiry(text, customer_id=customer.pk, by=seller())


def test_a_person_decides_what_a_line_means() -> None:
    enquiry, product = factories.EnquiryFactory(), factories.ProductFactory()
    line = services.choose_product(enquiry.lines.get().pk, product.pk, by=seller())
    assert (line.product, line.match) == (product, "chosen")
    assert actions(enquiry) == ["enquiry.product_chosen"]


def test_an_unknown_or_archived_product_is_not_chosen() -> None:
    line = factories.EnquiryFactory().lines.get()
    by = seller()
    with refused("unknown_product", field="product"):
        services.choose_product(line.pk, 10**9, by=by)


def test_a_line_that_does_not_exist_is_refused() -> None:
    product, by = factories.ProductFactory(), seller()
    with refused("unknown_line"):
        services.choose_product(10**9, product.pk, by=by)


def test_the_quotation_has_a_line_per_matched_line_and_remembers_it() -> None:
    enquiry = factories.EnquiryFactory(lines=3, status="matching")
    first, second, _unmatched = enquiry.lines.all()
    product = factories.ProductFactory()
    for line, quantity in ((first, Decimal(7)), (second, None)):
        line.product, line.quantity = product, quantity
        line.save()

    quotation = services.create_quotation_from_enquiry(enquiry.pk, by=seller())

    rows = list(quotation.lines.all())
    assert quotation.enquiry == enquiry
    assert [row.source_line for row in rows] == [first, second]
    assert [row.quantity for row in rows] == [Decimal(7), Decimal(1)]
    assert rows[0].partner_wording == first.raw


def test_without_a_customer_or_a_matched_line_nothing_is_quoted() -> None:
    by = seller()
    nobody, unmatched = factories.EnquiryFactory(customer=None), factories.EnquiryFactory()
    with refused("no_customer"):
        services.create_quotation_from_enquiry(nobody.pk, by=by)
    with refused("nothing_matched"):
        services.create_quotation_from_enquiry(unmatched.pk, by=by)
    with refused("not_found"):
        services.create_quotation_from_enquiry(10**9, by=by)
    assert Enquiry.objects.count() == 2


@pytest.mark.parametrize("status", ["won", "lost", "expired", "cancelled"])
def test_a_closed_enquiry_is_neither_changed_nor_quoted(status: str) -> None:
    enquiry, product, by = factories.EnquiryFactory(), factories.ProductFactory(), seller()
    Enquiry.objects.filter(pk=enquiry.pk).update(status=status)
    with refused("enquiry_closed"):
        services.choose_product(enquiry.lines.get().pk, product.pk, by=by)
    with refused("enquiry_closed"):
        services.create_quotation_from_enquiry(enquiry.pk, by=by)


@pytest.mark.parametrize(
    ("unit", "asked", "quoted", "priced"),
    [
        ("piece", 4, 4, True),
        ("pair", 4, 8, True),
        ("set", 4, 4, True),
        ("box", 4, 4, False),
        (None, 4, 4, True),
        ("piece", None, 1, False),
    ],
)
def test_a_line_is_quoted_in_the_products_unit_or_waits_for_a_person(
    unit: str | None, asked: int | None, quoted: int, priced: bool
) -> None:
    by = seller()
    product = factories.ProductFactory(unit_id="piece")
    factories.PriceFactFactory(product=product, kind="list", customer=None, net_unit_price=10)
    enquiry = factories.EnquiryFactory(owner=by, customer=factories.CustomerFactory(owner=by))
    enquiry.lines.update(product=product, unit=unit, quantity=asked)

    quotation = services.create_quotation_from_enquiry(enquiry.pk, by=by)

    line = quotation.lines.get()
    assert (line.quantity, line.unit_id) == (Decimal(quoted), "piece")
    assert (line.unit_price > 0) is priced
    if not priced:
        with refused("missing_price", field="lines[1].unit_price"):
            services.submit_quotation(quotation.pk, by=by)
