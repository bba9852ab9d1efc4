"""Numbers, damaged values, headings and simple formulas."""

from decimal import Decimal

import pytest

from erp.core.tables import Day, Fault, Figure, NumberStyle, damage_of, decimal_of, number_style
from erp.core.tables.cells import cell_of
from erp.core.tables.formulas import computed
from erp.core.tables.heading import plain_heading
from erp.core.tables.markup import Formula

POINT, COMMA, OPEN = NumberStyle.POINT, NumberStyle.COMMA, NumberStyle.OPEN


@pytest.mark.parametrize(
    ("text", "style", "value"),
    [
        ("12.50", OPEN, "12.50"),
        ("12,5", OPEN, "12.5"),
        ("1,265.25", OPEN, "1265.25"),
        ("1.265,25", COMMA, "1265.25"),
        ("1.265", COMMA, "1265"),
        ("1.265", OPEN, "1.265"),
        ("1,265", OPEN, "1265"),
        ("1 234 567,5", COMMA, "1234567.5"),
        ("1'234.5", POINT, "1234.5"),
        ("￥3,518.42", POINT, "3518.42"),
        ("€ 9", OPEN, "9"),
        ("12.5元", OPEN, "12.5"),
        ("USD 7.25", OPEN, "7.25"),
        ("９９．５", OPEN, "99.5"),
        ("０", OPEN, "0"),
        ("1e3", OPEN, "1000"),
        ("-35.00", OPEN, "-35"),
        ("(12.00)", OPEN, "-12"),
        (".5", OPEN, "0.5"),
        (Figure("1.5"), COMMA, "1.5"),
    ],
)
def test_numbers_as_people_write_them(text: str, style: NumberStyle, value: str) -> None:
    assert decimal_of(text, style) == Decimal(value)


@pytest.mark.parametrize(
    ("text", "style"),
    [
        ("12.5.0", OPEN),
        ("12,5,0", OPEN),
        ("12,5,0", COMMA),
        ("12,65", POINT),
        ("1.5", COMMA),
        ("面议", OPEN),
        ("", OPEN),
        ("1e", OPEN),
        ("1e999", OPEN),
        ("NaN", OPEN),
        ("Infinity", OPEN),
        ("=1+1", OPEN),
        ("0x10", OPEN),
        ("1_000", OPEN),
        ("12 34", OPEN),
        ("--5", OPEN),
        ("1'); sleep(1)--", OPEN),
    ],
)
def test_what_is_no_number_is_refused(text: str, style: NumberStyle) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 -- its message is the text
        decimal_of(text, style)


def test_a_file_says_what_its_commas_are() -> None:
    assert number_style(["425,23", "1.265,25", "100", "12,5,0"]) is COMMA
    assert number_style(["425.23", "1,265.25", "6205"]) is POINT
    assert number_style(["1,265", "1.265", "SKF", ""]) is OPEN


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        (Day("2026-06-02"), "damaged_date"),
        ("6月2日", "damaged_date"),
        ("2-Jan", "damaged_date"),
        ("Jun-02", "damaged_date"),
        ("2026/6/2", "damaged_date"),
        ("2026-06-02 00:00:00", "damaged_date"),
        ("6.205E+03", "damaged_number"),
        ("6.21e+11", "damaged_number"),
        (Figure("1.23456789012346e+17"), "damaged_number"),
        (Fault("#N/A"), "error_value"),
        (Fault("=VLOOKUP(1,2,3)"), "formula_without_value"),
        (Figure("6205"), ""),
        ("6205-2RS1/C3", ""),
        ("6-2", ""),
        ("1E5", ""),
        ("NU 208 E", ""),
        ("1999-2-99", ""),
        ("6205-2-1", ""),
    ],
)
def test_what_excel_did_to_a_part_number(cell: str, code: str) -> None:
    assert damage_of(cell) == code


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (6205.0, "6205"),
        (28.299999999999997, "28.3"),
        (0.00001, "0.00001"),
        (123456789012345678.0, "1.23456789012346e+17"),
        (True, "TRUE"),
        (None, ""),
        ("007", "007"),
    ],
)
def test_a_cell_is_written_as_a_person_would(value: object, text: str) -> None:
    assert cell_of(value) == text


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("Part No.", "partno"),
        (" 规格/型号 ", "规格型号"),
        ("d (mm)", "d"),
        ("D（mm）", "D"),
        ("单价(含税)", "单价含税"),
        ("Price (€)", "price"),
        ("ＱＴＹ", "qty"),
        ("重量KG", "重量kg"),
    ],
)
def test_headings_are_compared_bare(written: str, plain: str) -> None:
    assert plain_heading(written) == plain


CELLS = {(2, 3): Decimal("142.03"), (2, 4): Decimal(13), (3, 3): Decimal(2), (3, 4): Decimal(5)}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("ROUND(C2*(1+D2/100),2)", "160.49"),
        ("SUM(C2:D3)", "162.03"),
        ("SUM(C3,D3,1)", "8"),
        ("-C3+10", "8"),
        ("$C$3*50%", "1"),
        ("ROUND(2.675,2)", "2.68"),
        ("ROUND(-2.5,0)", "-3"),
        ("2*(3+4)/7", "2"),
    ],
)
def test_simple_formulas_are_computed(text: str, value: str) -> None:
    assert computed(Formula(text), lambda row, column: CELLS[row, column]) == Decimal(value)


def test_a_copied_formula_moves_its_references() -> None:
    formula = Formula("C2*$D$2", rows_down=1)
    assert computed(formula, lambda row, column: CELLS[row, column]) == 26


@pytest.mark.parametrize(
    "text",
    [
        "VLOOKUP(C2,A:B,2)",
        "C2&D2",
        "1/0",
        "Sheet2!C2",
        "",
        "C2+",
        "(" * 100,
        "SUM(A1:Z99999)",
        "IF(1,2)",
    ],
)
def test_other_formulas_have_no_value_here(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 -- its message is the formula
        computed(Formula(text), lambda row, column: CELLS.get((row, column), Decimal(0)))
