"""Numbers of the old Chinese and Soviet scheme."""

import csv
from collections import Counter
from pathlib import Path

import pytest

from products.designation import from_old_number, old_meaning, parse

SHARED = Path(__file__).parents[2] / ".." / "shared" / "data" / "bearings"


@pytest.mark.parametrize(
    ("old", "base", "said"),
    [
        ("205", "6205", set()),
        ("180205", "6205", {"contact-2"}),
        ("160205", "6205", {"contact-1"}),
        ("80205", "6205", {"shield-2"}),
        ("60205", "6205", {"shield-1"}),
        ("50205", "6205", {"groove"}),
        ("150205", "6205", {"shield-1", "groove"}),
        ("180505", "62205", {"contact-2"}),
        ("7000105", "16005", set()),
        ("1000905", "61905", set()),
        ("1000094", "619/4", set()),
        ("60029", "629", {"shield-1"}),
        ("111205", "1205", {"taper-12"}),
        ("42205", "NJ205", set()),
        ("92205", "NUP205", set()),
        ("12205", "NF205", set()),
        ("292205", "RNU205", set()),
        ("3182110", "NN3010", {"taper-12"}),
        ("3282110", "NN3010", set()),
        ("3003732", "23132", set()),
        ("113508", "22208", {"taper-12"}),
        ("153508", "22208", {"taper-12", "C", "steel"}),
        ("4053732", "24132", {"C"}),
        ("30031/530", "230/530", set()),
        ("4074905", "NA4905", set()),
        ("36205", "7205", {"15"}),
        ("46205", "7205", {"25"}),
        ("66205", "7205", {"40"}),
        ("236205", "7205", {"15", "DB"}),
        ("176205", "QJ205", set()),
        ("1036905", "71905", {"15"}),
        ("2007108", "32008", {"iso", "steel"}),
        ("3007205", "33205", {"steel"}),
        ("8205", "51205", {"steel"}),
        ("38205", "52205", {"steel"}),
        ("9039420", "29420", set()),
        ("9009440", "89440", set()),
        ("75-318", "6318", {"P5", "C3"}),
        ("30-113522", "22222", {"taper-12", "C3"}),
        ("2-46106Л", "7006", {"25", "P2", "brass-unspecified"}),
        ("D180205", "6205", {"contact-2", "P5"}),
        ("C3182110", "NN3010", {"taper-12", "P4"}),
        ("6-80201ЮС1", "6201", {"shield-2", "P6", "stainless", "C1"}),
    ],
)
def test_an_old_number_is_read_in_todays_words(old: str, base: str, said: set[str]) -> None:
    designation = parse(old)
    assert designation is not None
    assert designation.old_number
    assert designation.base == base
    values = {mark.value for mark in designation.marks}
    assert values - {"steel"} == said - {"steel"}


@pytest.mark.parametrize("number", ["7205", "32205", "6205", "1205", "2205", "608"])
def test_a_number_of_today_keeps_todays_meaning(number: str) -> None:
    designation = parse(number)
    assert designation is not None
    assert (designation.base, designation.old_number) == (number, "")
    assert from_old_number(number) is None


def test_what_it_meant_in_the_old_scheme_can_still_be_asked() -> None:
    tapered, roller = old_meaning("7205"), old_meaning("32205")
    assert tapered is not None
    assert roller is not None
    assert (tapered.number, roller.prefix + roller.number) == ("30205", "NU205")


@pytest.mark.parametrize("text", ["12", "0670-010-00", "1234567", "9999999", "100000000", "E12/P5"])
def test_what_no_scheme_knows_is_no_old_number(text: str) -> None:
    designation = parse(text)
    assert designation is None or not designation.old_number


@pytest.mark.skipif(not SHARED.exists(), reason="the shared catalogue data is not here")
def test_the_scheme_agrees_with_a_catalogue_of_both_numbers() -> None:
    agreed: Counter[bool] = Counter()
    with (SHARED / "bearing_dimensions_iso.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            old, today = old_meaning(row["old_designation"]), parse(row["designation"])
            if old and today and today.family and "+" not in row["designation"]:
                named = parse(f"{old.prefix}{old.number}-{'-'.join(old.features)}")
                assert named is not None
                agreed[named.base == today.base] += 1
    assert agreed[True] > 1100
    assert agreed[False] / agreed.total() < 0.01
