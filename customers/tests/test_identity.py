"""One firm is recognised in every spelling, and two firms are kept apart."""

import pytest

from customers.identity import (
    initials,
    is_chinese,
    name_key,
    one_slip_apart,
    phone_numbers,
    read_tax_number,
)


@pytest.mark.parametrize(
    "other",
    [
        "百色诚天矿山机械有限责任公司",
        "诚天（百色）矿山机械有限责任公司",
        "诚天(百色)矿山机械有限公司",
        "百色 诚天矿山机械有限公司\u3000",
        "百色诚天矿山机械",
        "百色市诚天矿山机械股份有限公司",
        "百色誠天礦山機械有限公司".replace("誠", "诚"),
    ],
)
def test_spellings_of_one_chinese_name_share_a_key(other: str) -> None:
    assert name_key(other) == "百色诚天矿山机械"


@pytest.mark.parametrize(
    "other",
    ["Acme Bearings Co., Ltd.", "ACME BEARINGS LIMITED", "Acme  Bearings Co.,Ltd", "ACME BEARINGS"],
)
def test_spellings_of_one_english_name_share_a_key(other: str) -> None:
    assert name_key(other) == "acmebearings"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("苏州宏锐物资供应有限公司", "苏州宏锐机电有限公司"),
        ("苏州宏锐轴承有限公司", "无锡宏锐轴承有限公司"),
        ("苏州宏锐轴承商行", "苏州宏锐轴承经营部"),
        ("宏锐集团有限公司", "宏锐有限公司"),
        ("Acme Bearings Ltd", "Acme Bearing Tools Ltd"),
    ],
)
def test_different_firms_do_not_share_a_key(one: str, other: str) -> None:
    assert name_key(one) != name_key(other)


def test_a_name_that_is_only_a_legal_form_keeps_it() -> None:
    assert name_key("公司") == "公司"
    assert name_key("Co., Ltd.") == "co"


@pytest.mark.parametrize(
    "written",
    [
        "91110000600037341L",
        "91110000600037341l",
        "９１１１００００６０００３７３４１Ｌ",
        " 9111 0000 6000 3734 1L ",
        "9111OOOO60OO37341L",
    ],
)
def test_spellings_of_one_tax_number_are_one(written: str) -> None:
    number = read_tax_number(written)
    assert (number.text, number.checked) == ("91110000600037341L", True)


def test_the_older_number_of_a_firm_has_the_key_of_its_unified_code() -> None:
    assert read_tax_number("110105600037341").key == read_tax_number("91110000600037341L").key


def test_traders_in_their_own_name_use_their_identity_card() -> None:
    assert read_tax_number("11010519491231002X").checked
    assert read_tax_number("11010519491231002X00").checked


@pytest.mark.parametrize(
    "wrong",
    [
        "911100006000373410",  # check digit
        "91110000600037314L",  # two changed about
        "110105600037342",
        "11010519491231002300",
        "9111000060003734",
        "000000000000000000",
        "9.1110000600037E+17",
        "无",
    ],
)
def test_a_wrong_chinese_number_has_no_key(wrong: str) -> None:
    assert read_tax_number(wrong).is_wrong


def test_numbers_of_other_countries_are_taken_and_those_of_the_union_checked() -> None:
    assert read_tax_number("DE 136 695 976", chinese=False).checked
    assert read_tax_number("US-12-3456789", chinese=False).key == "US123456789"
    assert not is_chinese("Acme Bearings Ltd")


def test_a_missing_number_is_not_wrong() -> None:
    assert not read_tax_number(" ").is_wrong


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("0512-55501234", ["051255501234"]),
        ("(0512) 5550 1234", ["051255501234"]),
        ("+86 512 55501234", ["051255501234"]),
        ("0086-13800000000", ["13800000000"]),
        ("86 13800000000", ["13800000000"]),
        ("138 0000 0000 / 0512-55501234", ["13800000000", "051255501234"]),
        ("0512-55501234转801", ["051255501234"]),
        ("0512-55501234-801", ["051255501234"]),
        ("+49 89 1234567", ["49891234567"]),
        ("０５１２－５５５０１２３４", ["051255501234"]),
        ("无", []),
    ],
)
def test_phones_are_compared_by_their_digits(text: str, numbers: list[str]) -> None:
    assert phone_numbers(text) == numbers


def test_initials_are_those_of_the_pinyin() -> None:
    assert initials("苏州SKF轴承3厂") == "szskfzc3c"
    assert initials("重庆长安") == "cqca"


def test_a_slip_is_one_character_or_two_neighbours_changed_about() -> None:
    assert one_slip_apart("91410972933T17L07X", "91410972933T17L070")
    assert one_slip_apart("1234", "1324")
    assert not one_slip_apart("1234", "1234")
    assert not one_slip_apart("1234", "1432")
    assert not one_slip_apart("1234", "12345")
