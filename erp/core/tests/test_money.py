"""Tax to the cent, one rounding rule, amounts in capitals."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from erp.core.documents import check_quantity, check_unit_price
from erp.core.errors import DomainError
from erp.core.money import (
    MAX_AMOUNT,
    MAX_QUANTITY,
    MAX_UNIT_PRICE,
    amount_in_capitals,
    net_unit_price,
    plain,
    round_money,
    round_price,
    round_quantity,
    taxed_amount,
)

VAT = Decimal("0.13")
quantities = st.decimals("0.001", "999999999.999", places=3)
prices = st.decimals("0", "99999.999999", places=6)
rates = st.sampled_from([Decimal(r) for r in ("0", "0.01", "0.03", "0.06", "0.09", "0.13", "0.16")])


def _parts(quantity: str, price: str, *, included: bool) -> tuple[str, str, str]:
    amount = taxed_amount(Decimal(quantity), Decimal(price), VAT, price_includes_tax=included)
    return str(amount.net), str(amount.tax), str(amount.gross)


def test_three_at_9_99_with_13_percent_included() -> None:
    assert _parts("3", "9.99", included=True) == ("26.52", "3.45", "29.97")


def test_three_at_9_99_without_tax() -> None:
    assert _parts("3", "9.99", included=False) == ("29.97", "3.90", "33.87")


def test_a_hundred_lines_of_1_05_sum_to_93_and_12() -> None:
    lines = [taxed_amount(Decimal(1), Decimal("1.05"), VAT, price_includes_tax=True)] * 100
    assert sum(line.net for line in lines) == Decimal("93.00")
    assert sum(line.tax for line in lines) == Decimal("12.00")
    assert sum(line.gross for line in lines) == Decimal("105.00")


@pytest.mark.case("BZ01")
@given(quantities, prices, rates, st.booleans())
def test_net_and_tax_are_gross_to_the_cent(
    quantity: Decimal, price: Decimal, rate: Decimal, included: bool
) -> None:
    amount = taxed_amount(quantity, price, rate, price_includes_tax=included)
    assert amount.net + amount.tax == amount.gross
    for part in (amount.net, amount.tax, amount.gross):
        assert part == round_money(part)
        assert part >= 0


@given(quantities, prices, rates, st.booleans())
def test_tax_is_within_a_cent_of_the_rate(
    quantity: Decimal, price: Decimal, rate: Decimal, included: bool
) -> None:
    amount = taxed_amount(quantity, price, rate, price_includes_tax=included)
    assert abs(amount.tax - amount.net * rate) <= Decimal("0.01")


@given(quantities, prices, rates, st.booleans())
def test_the_side_that_was_entered_is_quantity_times_price(
    quantity: Decimal, price: Decimal, rate: Decimal, included: bool
) -> None:
    amount = taxed_amount(quantity, price, rate, price_includes_tax=included)
    entered = amount.gross if included else amount.net
    assert abs(entered - quantity * price) <= Decimal("0.005")


@pytest.mark.case("BZ01")
@pytest.mark.parametrize(
    ("value", "rounded"),
    [
        ("1.005", "1.01"),
        ("2.675", "2.68"),
        ("0.125", "0.13"),
        ("0.135", "0.14"),
        ("-1.005", "-1.01"),
        ("0.0049999999", "0.00"),
        ("123456789012345678901234567890.005", "123456789012345678901234567890.01"),
    ],
)
def test_half_a_cent_rounds_up(value: str, rounded: str) -> None:
    assert round_money(Decimal(value)) == Decimal(rounded)


def test_prices_round_to_six_and_quantities_to_three_decimals() -> None:
    assert round_price(Decimal("1.0000005")) == Decimal("1.000001")
    assert round_quantity(Decimal("1.0005")) == Decimal("1.001")


def test_the_net_unit_price_has_six_decimals() -> None:
    assert net_unit_price(Decimal("9.99"), VAT, price_includes_tax=True) == Decimal("8.840708")
    assert net_unit_price(Decimal("9.99"), VAT, price_includes_tax=False) == Decimal("9.990000")


@pytest.mark.parametrize(
    ("value", "text"),
    [("100.000", "100"), ("1E+3", "1000"), ("0.500", "0.5"), ("0.000", "0"), ("-5.10", "-5.1")],
)
def test_numbers_for_people_have_no_exponent_and_no_trailing_zeros(value: str, text: str) -> None:
    assert plain(Decimal(value)) == text


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("0", "零元整"),
        ("0.05", "伍分"),
        ("0.10", "壹角整"),
        ("0.15", "壹角伍分"),
        ("1.05", "壹元零伍分"),
        ("10.00", "壹拾元整"),
        ("10.50", "壹拾元伍角整"),
        ("105.00", "壹佰零伍元整"),
        ("1005.00", "壹仟零伍元整"),
        ("1050.00", "壹仟零伍拾元整"),
        ("1234.50", "壹仟贰佰叁拾肆元伍角整"),
        ("10000", "壹万元整"),
        ("10001", "壹万零壹元整"),
        ("10100", "壹万零壹佰元整"),
        ("100000", "壹拾万元整"),
        ("1000001", "壹佰万零壹元整"),
        ("100000000", "壹亿元整"),
        ("100000001.10", "壹亿零壹元壹角整"),
        ("100010000", "壹亿零壹万元整"),
        ("1000000000000", "壹万亿元整"),
        ("1000100000000", "壹万零壹亿元整"),
        ("2345600000000.07", "贰万叁仟肆佰伍拾陆亿元零柒分"),
        ("-1005.00", "负壹仟零伍元整"),
        ("-0.05", "负伍分"),
        ("-0.001", "零元整"),
        ("0.995", "壹元整"),
    ],
)
def test_amounts_in_capitals(amount: str, words: str) -> None:
    assert amount_in_capitals(Decimal(amount)) == words


@given(st.decimals("0.01", "9999999999999.99", places=2))
def test_capitals_of_a_negative_amount_only_add_the_sign(amount: Decimal) -> None:
    words = amount_in_capitals(amount)
    assert amount_in_capitals(-amount) == f"负{words}"
    assert "零零" not in words
    assert words.endswith(("整", "分"))


@pytest.mark.case("BZ01")
@pytest.mark.parametrize("quantity", ["0", "-1", "1e30", "NaN", "Infinity", "1000000000", "0.0001"])
def test_a_quantity_out_of_range_or_too_fine_is_refused(quantity: str) -> None:
    with pytest.raises(DomainError) as refusal:
        check_quantity(Decimal(quantity), field="lines[1].quantity")
    assert (refusal.value.code, refusal.value.field) == ("bad_quantity", "lines[1].quantity")


@pytest.mark.case("BZ01")
@pytest.mark.parametrize("price", ["-0.01", "1e30", "NaN", "-Infinity", "1.0000001"])
def test_a_price_out_of_range_or_too_fine_is_refused(price: str) -> None:
    with pytest.raises(DomainError) as refusal:
        check_unit_price(Decimal(price), field="lines[1].unit_price")
    assert (refusal.value.code, refusal.value.field) == ("bad_price", "lines[1].unit_price")


def test_the_limits_themselves_are_allowed() -> None:
    check_quantity(MAX_QUANTITY, field="")
    check_quantity(Decimal("0.001"), field="")
    check_unit_price(MAX_UNIT_PRICE, field="")
    check_unit_price(Decimal(0), field="")


@pytest.mark.parametrize("limit", [MAX_AMOUNT, MAX_UNIT_PRICE, MAX_QUANTITY])
def test_no_limit_has_more_digits_than_sqlite_keeps(limit: Decimal) -> None:
    assert len(limit.as_tuple().digits) <= 15
    assert Decimal(repr(float(limit))) == limit
