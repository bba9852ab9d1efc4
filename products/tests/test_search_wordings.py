"""How people write parts: makers' wordings, brands, noise, alphabets, names, sizes, slips."""

from collections.abc import Iterator
from decimal import Decimal

import pytest
from django.utils import translation

from products.models import Product
from products.search import Match, Query, match
from tests.factories import BrandFactory, CategoryFactory, ProductFactory

CATALOGUE = """
SKF 6205-2RS1/C3|SKF 6205-2RSH/C3|SKF 6205-2Z|SKF 6205-2RZ|SKF 6205|SKF NU 2208 ECP|SKF 22220 EK/C3
SKF 7008 CEGA/HCP4A|SKF 7008 CEGA/P4A|SKF H 320|SKF 3205 A-2Z|SKF QJ 210 MA|SKF 1205 ETN9|SKF 62/22
SKF BS2-2210-2RS/VT143|SKF 2205 E-2RS1TN9|SKF 618/8|SKF NK 20/20|SKF NA 4905|SKF 234410 BM1/SP
SKF 51105|SKF 32205|SKF HK 2020|SKF NJ 306 ECP|SKF 6000-2Z|SKF 608-2Z
FAG 6205-2RSR-C3|FAG NU2208-E-XL-TVP2|FAG 22220-E1-XL-K-C3|FAG B7008-C-T-P4S-UL|FAG NJ306-E-TVP2
NSK 6205DDU|NSK 6205DDUC3|NSK 6205ZZ|NSK 6205VV|NSK 6000ZZ/5K|NSK 7008CTYNSULP4|NSK HR30205J
NTN 6205LLU/C3|NTN 6205LLB|NTN 4T-30206|NTN UCP205|NTN 5S-7008UC
KOYO 6205-2RS C3|KOYO 30205JR|KOYO LM11949/LM11910|NACHI 6205-2NSE|NACHI 6205-2NSE9|NACHI 22220EXK
TIMKEN LM11949/LM11910|TIMKEN 30205|HRB 6205-2RS|HRB 6205|FYH UCP205|C&U 6205-2RS
"""
SIZE = dict(zip(("bore_mm", "outside_mm", "width_mm"), map(Decimal, (25, 52, 15)), strict=True))
OLD = {"6205DDU": "180205", "6205-2RS": "180205", "H 320": "7320"}
NAMES = {"SKF": "斯凯孚", "NSK": "恩斯克", "HRB": "哈轴", "C&U": "人本", "KOYO": "光洋"}
ALIASES = {"SKF": ["瑞典SKF", "S.K.F"], "C&U": ["cu"], "HRB": ["哈尔滨"]}


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def catalogue(db: None) -> None:
    brands = {}
    for line in CATALOGUE.replace("\n", "|").split("|"):
        code, _space, designation = line.partition(" ")
        if designation:
            if code not in brands:
                zh, aliases = NAMES.get(code, ""), ALIASES.get(code, [])
                brands[code] = BrandFactory(code=code, name_zh=zh, aliases=aliases)
            sizes = SIZE if designation.startswith("6205") else {}
            ProductFactory(
                brand=brands[code],
                designation=designation,
                old_designation=OLD.get(designation, ""),
                **sizes,
            )


def find(text: str, brand: str = "", limit: int = 20) -> Match:
    (found,) = match([Query(text, brand=brand)], limit=limit)
    return found


def same(found: Match) -> set[str]:
    return {str(hit.product) for hit in found.equals}


def test_what_must_be_found_stands_first_or_among_its_equals(catalogue: None) -> None:
    for text, part, how in (
        ("62052rsc3", "SKF 6205-2RS1/C3", "parsed"),
        ("6205 2RS1/C3", "SKF 6205-2RS1/C3", "normalised"),
        ("6205DDUC3", "NSK 6205DDUC3", "exact"),
        ("６２０５－２Ｚ", "SKF 6205-2Z", "normalised"),
        ("NU2208ECP", "SKF NU 2208 ECP", "normalised"),
        ("nu 2208 ecp", "SKF NU 2208 ECP", "normalised"),
        ("22220 EK/C3", "SKF 22220 EK/C3", "exact"),
        ("7008CEGA/HCP4A", "SKF 7008 CEGA/HCP4A", "normalised"),
        ("180205", "NSK 6205DDU", "parsed"),
        ("H320", "SKF H 320", "normalised"),
    ):
        found = find(text)
        assert {str(h.product): h.match for h in found.equals}.get(part) == how, text
    assert {hit.match for hit in find("25x52x15").hits} == {"dimension"}
    assert find("25x52x15").hits[0].product.designation == "6205"


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("6205-2rsr c3", "FAG 6205-2RSR-C3"),
        ("6205 llu c3", "NTN 6205LLU/C3"),
        ("6205-C3-2RS", "KOYO 6205-2RS C3"),
        ("nu2208 e xl tvp2", "FAG NU2208-E-XL-TVP2"),
        ("22220E1XLKC3", "FAG 22220-E1-XL-K-C3"),
        ("b7008c t p4s ul", "FAG B7008-C-T-P4S-UL"),
        ("7008ctynsulp4", "NSK 7008CTYNSULP4"),
        ("6000zz 5k", "NSK 6000ZZ/5K"),
        ("4t30206", "NTN 4T-30206"),
        ("30205 jr", "KOYO 30205JR"),
        ("lm11949 / lm11910", "TIMKEN LM11949/LM11910"),
        ("UCP 205", "FYH UCP205"),
        ("hk-2020", "SKF HK 2020"),
        ("na4905", "SKF NA 4905"),
        ("51105.", "SKF 51105"),
        ("1205etn9", "SKF 1205 ETN9"),
        ("2205E2RS1TN9", "SKF 2205 E-2RS1TN9"),
        ("3205A2Z", "SKF 3205 A-2Z"),
        ("qj210ma", "SKF QJ 210 MA"),
        ("nj 306 ecp", "SKF NJ 306 ECP"),
        ("bs2 2210 2rs vt143", "SKF BS2-2210-2RS/VT143"),
        ("6205–2Z", "SKF 6205-2Z"),  # en dash
        ("62\u200b05-2Z", "SKF 6205-2Z"),
        ("62O5-2Z", "SKF 6205-2Z"),
        ("6205-2z轴承", "SKF 6205-2Z"),
        ("型号:6205-2Z", "SKF 6205-2Z"),
        ("P/N: 6205-2Z", "SKF 6205-2Z"),
        ("Part No. 6205-2Z", "SKF 6205-2Z"),
        ("bearing 6205 2Z", "SKF 6205-2Z"),
        ("deep groove ball bearing 6205-2Z", "SKF 6205-2Z"),
        ("深沟球轴承6205-2Z", "SKF 6205-2Z"),
        ("подшипник 6205-2Z", "SKF 6205-2Z"),
        ("НУ 2208 ЕЦП", "SKF NU 2208 ECP"),
        ("NK2020", "SKF NK 20/20"),
    ],
)
@pytest.mark.usefixtures("catalogue")
def test_wordings_of_all_makers_are_understood(text: str, part: str) -> None:
    assert part in same(find(text))


@pytest.mark.parametrize(
    "text",
    [
        "斯凯孚6205",
        "斯凯孚轴承 6205",
        "SKF轴承 6205",
        "SKF6205",
        "6205 SKF",
        "6205(skf)",
        "6205，斯凯孚",
        "进口SKF 6205",
        "进口斯凯孚轴承6205",
        "瑞典SKF 6205",
        "S.K.F 6205",
        "SKF:6205",
        "SKF牌 6205",
        "skf bearing 6205",
        "型号：6205 品牌：SKF",
    ],
)
@pytest.mark.usefixtures("catalogue")
def test_a_brand_is_understood_wherever_it_stands(text: str) -> None:
    chosen = find(text).chosen
    assert chosen is not None, text
    assert str(chosen.product) == "SKF 6205"


@pytest.mark.parametrize(
    ("asked", "never"),
    [
        ("6205-2RS/C4", "6205-2RS/C3"),
        ("6205-2RS", "6205-2RZ"),
        ("6205-2Z/C3", "6205-2Z"),
        ("6205-RS", "6205-2RS"),
        ("6205-2Z", "6205-2RS"),
        ("7008 CEGA/P4A", "7008 CEGA/HCP4A"),
        ("22220 E/C3", "22220 EK/C3"),
        ("NJ 2208 ECP", "NU 2208 ECP"),
        ("6222", "62/22"),
        ("6188", "618/8"),
    ],
)
@pytest.mark.django_db
def test_another_clearance_seal_bore_or_type_is_at_most_a_proposal(asked: str, never: str) -> None:
    ProductFactory(designation=never)
    assert not {hit.match for hit in find(asked).hits} & {"exact", "normalised", "code", "parsed"}


@pytest.mark.parametrize(("bore_said", "bore_coded"), [("62/22", "6222"), ("320/28", "32028")])
@pytest.mark.django_db
def test_a_bore_behind_a_stroke_is_a_part_of_its_own(bore_said: str, bore_coded: str) -> None:
    """One maker has both; each is found by its own number, with suffixes and without signs too."""
    brand = BrandFactory(code="SKF")
    for designation in (bore_said, bore_coded):
        ProductFactory(brand=brand, designation=designation)
    for asked in (bore_said, bore_coded):
        assert [h.product.designation for h in find(asked).hits if h.match == "exact"] == [asked]
    assert find(f"{bore_said[:-3]} / {bore_said[-2:]}").hits[0].product.designation == bore_said


@pytest.mark.parametrize(
    ("text", "proposal"),
    [
        ("6250-2Z", "SKF 6205-2Z"),  # digits swapped
        ("NUU2208ECP", "SKF NU 2208 ECP"),  # a letter more
        ("N2208ECP", "SKF NU 2208 ECP"),  # a letter less
        ("NV2208ECP", "SKF NU 2208 ECP"),  # another letter
        ("UN2208ECP", "SKF NU 2208 ECP"),  # letters swapped
        ("2208ECP", "SKF NU 2208 ECP"),  # a piece
        ("11949", "TIMKEN LM11949/LM11910"),
        ("6205-2RSI/C3", "SKF 6205-2RS1/C3"),  # I for 1
        ("6205 2RS1/C3 VT143", "SKF 6205-2RS1/C3"),  # signs more
        ("XNU2208ECPX", "SKF NU 2208 ECP"),
        ("6105-2Z", "SKF 6205-2Z"),  # no such number: a digit mistyped
    ],
)
@pytest.mark.usefixtures("catalogue")
def test_a_slip_is_a_proposal_never_the_part(text: str, proposal: str) -> None:
    found = find(text)
    assert found.equals == ()
    assert found.chosen is None
    assert proposal in {str(hit.product) for hit in found.hits if hit.match == "fuzzy"}


@pytest.mark.usefixtures("catalogue")
def test_a_number_that_exists_is_not_taken_for_its_neighbour() -> None:
    assert "6206" not in {hit.product.designation for hit in find("6205").hits}
    assert find("6305-2Z").hits == ()


@pytest.mark.django_db
def test_names_are_found_in_chinese_english_and_by_initials() -> None:
    ball = CategoryFactory(name_zh="深沟球轴承", name_en="Deep groove ball bearings")
    named = ProductFactory(designation="6205", name="深沟球轴承")
    kept = ProductFactory(designation="6206", name="", category=ball)
    other = ProductFactory(brand=BrandFactory(code="NSK"), designation="22220", name="调心滚子轴承")
    for text in ("深沟球轴承", "深沟球", "sgqzc", "SGQ", "深沟", "进口深沟球轴承"):
        assert [hit.product for hit in find(text).hits] == [named, kept], text
    for text in ("deep groove ball bearing", "Deep Groove", "groove ball"):
        assert [hit.product for hit in find(text).hits] == [kept], text
    for text in ("txgzzc", "调心滚子轴承", "NSK 调心滚子", "txgz"):
        assert [hit.product for hit in find(text).hits] == [other], text
    assert {hit.match for hit in find("sgqzc").hits} == {"prefix"}
    assert find("sgqzc").chosen is None


@pytest.mark.usefixtures("catalogue")
def test_a_brand_alone_shows_its_products() -> None:
    for text in ("恩斯克", "nsk", "NSK轴承", "进口NSK"):
        hits = find(text, limit=3).hits
        assert [str(hit.product.brand) for hit in hits] == ["NSK"] * 3, text
        assert find(text).equals == ()


@pytest.mark.usefixtures("catalogue")
def test_a_longer_answer_begins_with_the_shorter_one() -> None:
    for text in ("6205", "62", "SKF 62", "25x52x15", "25x52", "6250-2Z", "skf", "NU2208", "sgq"):
        whole = [hit.product.pk for hit in find(text, limit=60).hits]
        assert whole, text
        for limit in (1, 2, 3, 5, 8, 13):
            assert [hit.product.pk for hit in find(text, limit=limit).hits] == whole[:limit], text


@pytest.mark.parametrize(
    "text",
    [
        "6205" * 2500,
        "ﷺ" * 10_000,
        "1 x " * 2500,
        "A1" * 5000,
        "١٢٣٤ x ٥٦",
        "\ud7ff6205\U0010ffff",
        "😀" * 300 + "6205",
        "' OR 1=1 --",
        "6205%",
        "62_5",
        "\\",
        "(" * 5000,
        "½½½½" * 50,
    ],
)
@pytest.mark.usefixtures("catalogue")
def test_any_text_is_only_text(text: str) -> None:
    assert find(text).equals == () or Product.objects.count() > len(find(text).equals)
