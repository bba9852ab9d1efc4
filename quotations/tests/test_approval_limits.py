"""What may go out without approval: by margin, discount and amount, per role; and who sees why."""

from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError

from accounts.models import User
from customers.models import Customer
from products.models import PriceFact, Product
from quotations import services
from quotations.costs import quotation_margin, quotation_margin_rate, unit_costs
from quotations.models import ApprovalLimit, Quotation
from quotations.services import LineInput, approval_reasons
from tests.factories import (
    ApprovalLimitFactory,
    CurrencyFactory,
    ExchangeRateFactory,
    PriceFactFactory,
    ProductFactory,
    SupplierFactory,
    UserFactory,
)
from tests.selling import page_of, send, signed_in
from tests.support import actions, refused

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]


def _drafted(
    seller: User, customer: Customer, part: Product, *, price: str = "11.30", quantity: int = 10
) -> Quotation:
    """A draft of the part that costs 8.00 and is listed at 11.30 with tax: 10.00 net, 20 % left."""
    entered = LineInput(part.pk, Decimal(quantity), Decimal(price), price_includes_tax=True)
    return services.create_quotation(customer.pk, [entered], by=seller)


def _codes(quotation: Quotation, by: User) -> list[str]:
    lines = list(quotation.lines.all())
    return [reason.code for reason in approval_reasons(quotation, lines, by=by)]


def test_without_any_limit_every_quotation_needs_approval(
    seller: User, customer: Customer, part: Product
) -> None:
    quotation = _drafted(seller, customer, part)
    assert _codes(quotation, seller) == ["no_limit"]
    assert services.submit_quotation(quotation.pk, by=seller).status == "submitted"


def test_within_the_limits_submitting_approves_at_once(
    seller: User, customer: Customer, part: Product
) -> None:
    ApprovalLimitFactory(
        least_margin=Decimal("0.2"), most_discount=Decimal(0), most_amount=Decimal(113)
    )
    quotation = _drafted(seller, customer, part)

    assert services.submit_quotation(quotation.pk, by=seller).status == "approved"

    assert actions(quotation)[-2:] == ["quotation.submitted", "quotation.approved"]
    assert services.send_quotation(quotation.pk, by=seller).status == "sent"


@pytest.mark.parametrize(
    ("limit", "code"),
    [
        ({"least_margin": Decimal("0.2001")}, "margin"),
        ({"most_discount": Decimal("0.1")}, "discount"),
        ({"most_amount": Decimal("89.99")}, "amount"),
    ],
)
def test_each_limit_asks_for_approval_beyond_it(
    seller: User, customer: Customer, part: Product, limit: dict[str, Decimal], code: str
) -> None:
    ApprovalLimitFactory(**limit)
    price = "11.30" if code == "margin" else "9.00"
    quotation = _drafted(seller, customer, part, price=price)
    assert _codes(quotation, seller) == [code]
    submitted = services.submit_quotation(quotation.pk, by=seller)
    assert submitted.status == "submitted"
    with refused("own_document"):  # beyond the limits somebody else decides
        services.approve_quotation(quotation.pk, by=seller)


def test_unknown_cost_is_no_margin(seller: User, customer: Customer) -> None:
    ApprovalLimitFactory(least_margin=Decimal("0.01"))
    quotation = _drafted(seller, customer, ProductFactory())
    assert _codes(quotation, seller) == ["cost_unknown"]


def test_a_role_s_own_limit_goes_before_everybody_s_and_the_widest_counts(
    seller: User, customer: Customer, part: Product
) -> None:
    ApprovalLimitFactory(most_amount=Decimal(1))
    quotation = _drafted(seller, customer, part)
    assert _codes(quotation, seller) == ["amount"]
    ApprovalLimitFactory(role=Group.objects.get(name="sales"), most_amount=Decimal(200))
    assert _codes(quotation, seller) == []
    archived = ApprovalLimit.objects.get(role__name="sales")
    narrow = Group.objects.create(name="narrow")
    seller.groups.add(narrow)
    ApprovalLimitFactory(role=narrow, most_amount=Decimal(5))
    assert _codes(quotation, seller) == []  # the sales role lets him further
    archived.archived_at = archived.created_at
    archived.save()
    assert _codes(quotation, seller) == ["amount"]


def test_a_limit_says_something_and_everybody_has_one_row() -> None:
    with pytest.raises(ValidationError):
        ApprovalLimit().full_clean()
    ApprovalLimitFactory(most_amount=Decimal(1))
    with pytest.raises(ValidationError, match=r".*"):
        ApprovalLimit(most_amount=Decimal(2)).full_clean()


def test_cost_is_the_average_otherwise_the_latest_paid_in_our_currency(part: Product) -> None:
    bought, unknown = ProductFactory(), ProductFactory()
    usd = CurrencyFactory(code="USD")
    ExchangeRateFactory(currency=usd, rate=Decimal(7))
    PriceFactFactory(
        product=bought,
        kind=PriceFact.Kind.PURCHASE,
        customer=None,
        supplier=SupplierFactory(),
        currency=usd,
        net_unit_price=Decimal(2),
    )
    costs = unit_costs([part.pk, bought.pk, unknown.pk])
    assert costs == {part.pk: Decimal("8.000000"), bought.pk: Decimal(14)}


def test_the_margin_is_that_of_the_counted_lines(
    seller: User, customer: Customer, part: Product
) -> None:
    quotation = _drafted(seller, customer, part)
    assert (quotation_margin(quotation), quotation_margin_rate(quotation)) == (
        Decimal("20.00"),
        Decimal("0.2000"),
    )


# --- who sees it -------------------------------------------------------------------------------


def test_cost_and_margin_are_told_only_to_those_who_may_see_cost(
    seller: User, boss: User, customer: Customer, part: Product
) -> None:
    ApprovalLimitFactory(least_margin=Decimal("0.5"))
    quotation = _drafted(seller, customer, part)
    services.submit_quotation(quotation.pk, by=seller)
    path = f"/quotations/{quotation.pk}"
    listed = "/quotations"
    for user, sees in ((boss, True), (seller, False)):
        client = signed_in(user)
        answer = send(client, path, method="get").json()
        (row,) = send(client, listed, method="get").json()["items"]
        html = client.get(page_of(quotation)).content.decode()
        in_list = client.get("/quotations/").content.decode()
        assert [answer["margin"], row["margin"], answer["lines"][0]["unit_cost"]] == (
            ["20", "20", "8"] if sees else [None, None, None]
        )
        assert ("20.0 %" in html) is sees
        assert ("20.0 %" in in_list) is sees
        assert ("50 %" in str(answer["approval_reasons"])) is sees
        assert answer["approval_reasons"][0]["code"] == "margin"


def test_the_page_tells_before_submitting_why_it_needs_approval(
    seller: User, customer: Customer, part: Product
) -> None:
    ApprovalLimitFactory(most_amount=Decimal(50))
    html = signed_in(seller).get(page_of(_drafted(seller, customer, part))).content.decode()
    assert "113.00" in html
    assert "50.00" in html
    assert 'id="approval"' in html


def test_the_admin_and_its_export_hide_the_margin(
    boss: User, seller: User, customer: Customer, part: Product
) -> None:
    _drafted(seller, customer, part)
    exporter: Any = UserFactory(role="accountant")
    for user in (boss, seller, exporter):
        sees = user.has_perm("products.view_cost")
        client = signed_in(user)
        html = client.get("/admin/quotations/quotation/").content.decode()
        assert ("20%" in html) is sees
