"""The grammar: what a designation says, in every maker's wording."""

import csv
import itertools
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from django.utils import translation

from products.designation import Grade, compare, form_key, parse, search_key, tables

SAMPLE = Path(__file__).parent / "data" / "interchange_sample.csv"


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


def says(text: str, brand: str = "") -> dict[str, str]:
    """Return kind → value of everything the text says, but for notes and what is implied."""
    designation = parse(text, brand)
    assert designation is not None
    marks = (*designation.prefixes, *designation.suffixes)
    return {m.kind: m.value for m in marks if m.kind not in ("note", "normal", "variant")}


@pytest.mark.parametrize(
    ("brand", "text", "base", "said"),
    [
        ("SKF", "6205-2RS1/C3", "6205", {"seal": "contact-2", "clearance": "C3"}),
        ("FAG", "6205-C-2HRS-C3", "6205", {"seal": "contact-2", "clearance": "C3"}),
        ("FAG", "6205-C-2Z", "6205", {"seal": "shield-2"}),  # not C2 and one shield
        ("NSK", "6205DDUCM", "6205", {"seal": "contact-2", "clearance": "CM"}),
        ("NSK", "6205DD", "6205", {"seal": "contact-2"}),
        ("TIMKEN", "6205DD", "6205", {"seal": "shield-2"}),
        ("NSK", "6205V", "6205", {"seal": "noncontact-1"}),
        ("NTN", "6205LLB/5K", "6205", {"seal": "noncontact-2", "grease": "5K"}),
        ("KOYO", "6205 2RD C3", "6205", {"seal": "low-2", "clearance": "C3"}),
        ("NACHI", "6205-2NKE9", "6205", {"seal": "noncontact-2"}),
        ("", "6205/P63", "6205", {"tolerance": "P6", "clearance": "C3"}),
        ("", "6205/ABEC5", "6205", {"tolerance": "P5"}),
        ("SKF", "6213-ZNR", "6213", {"seal": "shield-1", "ring": "groove+ring"}),
        ("SKF", "W 6205-2Z", "6205", {"material": "stainless", "seal": "shield-2"}),
        ("KOYO", "3NC6205ZZ", "6205", {"material": "hybrid", "seal": "shield-2"}),
        (
            "SKF",
            "7008 CEGA/HCP4A",
            "7008",
            {
                "angle": "15",
                "design": "high-speed-E",
                "preload": "light",
                "material": "hybrid",
                "tolerance": "P4A",
            },
        ),
        (
            "FAG",
            "HCB7009-E-T-P4S-UL",
            "7009",
            {
                "material": "hybrid",
                "angle": "25",
                "cage": "phenolic",
                "tolerance": "P4S",
                "preload": "light",
            },
        ),
        (
            "NSK",
            "7014CTYNSULP4",
            "7014",
            {"angle": "15", "cage": "polyamide", "preload": "light", "tolerance": "P4"},
        ),
        ("NSK", "7208BEAT85", "7208", {"angle": "40", "cage": "polyamide"}),
        (
            "SKF",
            "7210 BECBP",
            "7210",
            {"angle": "40", "preload": "clearance-B", "cage": "polyamide"},
        ),
        ("SKF", "NU 2208 ECP", "NU2208", {"design": "reinforced", "cage": "polyamide"}),
        ("NSK", "NU210EW", "NU210", {"design": "reinforced", "cage": "steel"}),
        (
            "SKF",
            "NN 3010 KTN9/SP",
            "NN3010",
            {"bore": "taper-12", "cage": "polyamide", "tolerance": "SP"},
        ),
        (
            "NSK",
            "22220EAKE4C3",
            "22220",
            {
                "design": "reinforced",
                "cage": "steel",
                "bore": "taper-12",
                "lubrication": "groove-3",
                "clearance": "C3",
            },
        ),
        (
            "SKF",
            "22224EW/C3S1",
            "22224",
            {
                "design": "reinforced",
                "lubrication": "none",
                "clearance": "C3",
                "stabilisation": "200",
            },
        ),
        (
            "SKF",
            "6310 M/C3VL0241",
            "6310",
            {"cage": "brass", "clearance": "C3", "insulation": "outer"},
        ),
        ("NSK", "HR30206J", "30206", {"cage": "steel"}),
        ("TIMKEN", "LM11749/LM11710", "LM11749/LM11710", {}),
        ("SKF", "SY 25 TF", "UCP205", {}),
        ("SKF", "YAR 205-2F", "UC205", {}),
        ("", "H 320", "H320", {}),
    ],
)
def test_a_designation_is_taken_apart(
    brand: str, text: str, base: str, said: dict[str, str]
) -> None:
    designation = parse(text, brand)
    assert designation is not None
    assert designation.family
    assert designation.base == base
    assert says(text, brand) == said


@pytest.mark.parametrize(
    "written",
    [
        "6205-2rs1/c3",
        "６２０５－２ＲＳ１／Ｃ３",
        "62\u200b05\u00ad-2RS1/C3",
        "6205\u00a02RS1\u2013C3",
        "6205\u22122RS1\u2212C3",
        "62O5-2RS1/C3",
        "SKF 6205-2RS1/C3",
        "斯凯孚 6205-2RS1/С3",  # Cyrillic Es
    ],
)
def test_a_designation_is_read_however_it_is_typed(written: str) -> None:
    designation = parse(written)
    assert designation is not None
    assert (designation.base, says(written)) == (
        "6205",
        {"seal": "contact-2", "clearance": "C3"},
    )


@pytest.mark.parametrize(
    ("text", "base"),
    [("l6005", "16005"), ("6OO5", "6005"), ("NU2l0", "NU210"), ("6Z05", None), ("60|1", "6011")],
)
def test_letters_a_scanner_saw_for_digits_are_read_as_digits(text: str, base: str | None) -> None:
    designation = parse(text)
    assert designation is not None
    assert (designation.base if designation.family else None) == base


@pytest.mark.parametrize(
    ("text", "bore"),
    [
        ("6200", 10),
        ("6201", 12),
        ("6202", 15),
        ("6203", 17),
        ("6204", 20),
        ("6296", 480),
        ("62/22", 22),
        ("608", 8),
        ("685ZZ", 5),
        ("618/8", 8),
        ("230/530", 530),
        ("NU 1011", 55),
        ("UC204", 20),
        ("51106", 30),
        ("NA 4906", 30),
        ("HK 1612", 16),
        ("GE 25 ES", 25),
    ],
)
def test_the_bore_follows_from_the_bore_code(text: str, bore: int) -> None:
    designation = parse(text)
    assert designation is not None
    assert designation.bore_mm == Decimal(bore)


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("6205-2RS1", "25×52×15 mm"),
        ("NU 2208 ECP", "40×80×23 mm"),
        ("30205", "25×52×16.25 mm"),
        ("51107", "35×52×12 mm"),
        ("23024 CC/W33", "120×180×46 mm"),
        ("7008 CD/P4A", "40×68×15 mm"),
        ("239/500", "500×670×128 mm"),
        ("684", "4×9×2.5 mm"),
        ("684ZZ", "d 4 mm, D 9 mm"),  # wider, by how much differs by maker
        ("UC205", "d 25 mm, D 52 mm"),
        ("HK 1612", "d 16 mm, B 12 mm"),
        ("6298", ""),  # no such bore code
        ("LM11749/LM11710", ""),
    ],
)
def test_the_dimensions_follow_from_the_number(text: str, size: str) -> None:
    designation = parse(text)
    assert designation is not None
    assert designation.size == size


def test_the_table_of_dimensions_grows_with_the_bore() -> None:
    table = [
        (row["dimensions"], Decimal(row["d_mm"]), Decimal(row["D_mm"]), Decimal(row["B_mm"]))
        for row in tables.rows("boundary_dimensions.csv")
    ]
    assert len({row[:2] for row in table}) == len(table)
    for small, large in itertools.pairwise(sorted(table)):
        if small[0] == large[0]:
            assert small[2] < large[2], (small, large)
            assert small[3] <= large[3], (small, large)
    assert all(bore < outside for _series, bore, outside, _width in table)


@pytest.mark.parametrize("text", ["", "轴承", "()%_", "\u200b", "---"])
def test_what_holds_no_number_says_nothing(text: str) -> None:
    assert parse(text) is None


def test_an_unknown_suffix_is_kept_as_written() -> None:
    designation = parse("6205-2RS1-QWK7", "SKF")
    assert designation is not None
    assert designation.unknown
    assert designation.values("seal") == ("contact-2",)


def test_a_designation_is_told_in_both_languages() -> None:
    text = "6205-2Z/C3"
    assert str(parse(text)).startswith("deep groove ball bearing 6205")
    assert "2Z: two metal shields" in str(parse(text))
    with translation.override("zh-hans"):
        assert str(parse(text)).startswith("深沟球轴承 6205")
        assert "C3: 游隙大于标准" in str(parse(text))


def test_a_long_text_is_read_in_bounded_time() -> None:
    assert parse("6205" + "2RS" * 4000) is not None
    assert parse("9" * 100_000) is not None


def _sample() -> list[dict[str, str]]:
    with SAMPLE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_only_equivalent_parts_are_called_identical() -> None:
    wrong = [
        (a, b)
        for a, b in itertools.permutations(_sample(), 2)
        if (
            compare(a["designation"], a["brand"], b["designation"], b["brand"]).grade
            == Grade.IDENTICAL
        )
        != (a["equivalence_group"] == b["equivalence_group"])
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("asked", "offered", "grade", "kinds"),
    [
        ("SKF 6205", "SKF 6205/P6", "upgrade", {"tolerance"}),
        ("SKF 6205/P5", "SKF 6205/P6", "downgrade", {"tolerance"}),
        ("SKF 6205", "SKF 6205/HC5", "upgrade", {"material"}),
        ("SKF 6205/HC5", "SKF 6205", "downgrade", {"material"}),
        ("SKF 6205/HC5", "SKF 6205/P6", "dimensional", {"material", "tolerance"}),
        ("SKF 6205-2RS1", "SKF 6205-2RS1/C3", "dimensional", {"clearance"}),
        ("NTN 6205LLU", "NTN 6205LLB", "dimensional", {"seal"}),
        ("SKF 6205-2Z", "SKF 6205-Z", "dimensional", {"seal"}),
        ("SKF 6205-XYZ", "FAG 6205-XYZ", "dimensional", {"unknown"}),
        ("SKF 22220 E", "SKF 22220 EK", None, {"bore"}),
        ("SKF 7205 BEP", "SKF 7205 BEP/DB", None, {"arrangement"}),
        ("SKF 7330 B", "SKF 7330 BB", "dimensional", {"angle"}),
        ("SKF 7408 BM", "SKF 7408 BEM", "dimensional", {"variant"}),
        ("HRB 6205-XYZ", "ZWZ 6205-XYZ", "dimensional", {"unknown"}),
        ("SKF 6317 TA", "SKF 6317 TB", "dimensional", {"cage"}),
        ("SKF 7008 CD/P4A", "NSK 7008C P4", "downgrade", {"tolerance"}),
        ("SKF 684-2Z", "NSK 618/4ZZ", "identical", set()),
        ("SKF 61905-2RS1", "NSK 6905DDU", "identical", set()),
        ("SKF 71905 AC/P4", "NSK 7905A5P4", "identical", set()),
        ("SKF 6205-2RSL/C3LHT", "SKF 6205-2RSL/C3", "dimensional", {"grease"}),
        ("SKF 22210 E", "KOYO 22210RZW33", "identical", set()),
        ("NSK 7205CTYNDULP4", "SKF 7205 CDGA/P4", None, {"arrangement", "cage"}),
        ("SNR 6205.EE", "SKF 6205-2RSH", "identical", set()),
        ("NSK F688ZZ", "NSK 688ZZ", "dimensional", {"ring"}),
        ("TIMKEN LM11749/LM11710", "KOYO LM11749/10", "identical", set()),
        ("SKF 6205", "SKF 6206", None, {"size"}),
        ("SKF NU 208 ECP", "SKF NJ 208 ECP", None, {"size"}),
        ("SKF 6205", "SKF nothing", None, set()),
    ],
)
def test_a_difference_decides_the_grade(
    asked: str, offered: str, grade: str | None, kinds: set[str]
) -> None:
    (brand_a, text_a), (brand_b, text_b) = (t.split(" ", 1) for t in (asked, offered))
    found = compare(text_a, brand_a, text_b, brand_b)
    assert found.grade == grade
    assert {difference.kind for difference in found.differences} == kinds
    assert all(str(difference) for difference in found.differences)


def test_a_spelling_made_of_others_says_what_they_say() -> None:
    assert form_key("30206 J2/Q") == form_key("30206J2Q")
    assert form_key("NU 208 EC P") == form_key("NU208ECP")
    assert search_key("6205\u200b—2RS") == "62052RS"


def test_every_mark_can_be_written_and_told() -> None:
    spelled = tables.suffixes()
    features = {f for meant in spelled.general.values() for f in meant}
    features |= {f for own in spelled.by_brand.values() for meant in own.values() for f in meant}
    families = set(tables.families())
    for row in tables.rows("marks.csv"):
        assert row["en"], row
        assert row["zh"], row
        assert set(row["families"].split()) <= families, row
        if row["place"] == "suffix":
            assert row["code"] in features, row
    for series in tables.series():
        assert series.family in families
