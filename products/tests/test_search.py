"""The rules of the search, one by one, and what a program may take without asking."""

from collections.abc import Iterator
from decimal import Decimal
from io import StringIO
from json import loads
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone, translation

from accounts.models import User
from products.designation import form_key, forms_meant, read, readings, search_key
from products.models import Brand, Interchange, Product
from products.search import Match, Query, match
from tests.factories import (
    BrandFactory,
    CustomerFactory,
    InterchangeFactory,
    ProductCodeFactory,
    ProductFactory,
    UserFactory,
)

SIZE_6205 = {
    "bore_mm": Decimal(25),
    "outside_mm": Decimal(52),
    "width_mm": Decimal(15),
}


def product(brand: str, designation: str, **values: Any) -> Product:
    return ProductFactory(brand=BrandFactory(code=brand), designation=designation, **values)


def find(text: str, brand: str = "", **options: Any) -> Match:
    (found,) = match([Query(text, brand=brand)], **options)
    return found


def shown(found: Match) -> list[tuple[str, str, str]]:
    return [(hit.product.brand.code, hit.product.designation, hit.match) for hit in found.hits]


def first(text: str, brand: str = "") -> tuple[str, str, str]:
    return shown(find(text, brand))[0]


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def catalogue(db: None) -> None:
    """A few parts as their makers write them."""
    BrandFactory(code="SKF", name_zh="斯凯孚", aliases=["skf", "瑞典SKF"])
    BrandFactory(code="HRB", name_zh="哈轴", aliases=["哈尔滨"])
    product("SKF", "6205-2RSH/C3")
    product("SKF", "6205-2Z", **SIZE_6205)
    product("SKF", "NU 2208 ECP")
    product("SKF", "22220 EK/C3")
    product("SKF", "7008 CEGA/HCP4A")
    product("SKF", "H 320")
    product("NSK", "6205DDU", old_designation="180205", **SIZE_6205)
    product("NSK", "6205DDUC3", old_designation="180205")
    product("NTN", "6206LLUC3")
    product("HRB", "6205-2RS")
    product("HRB", "6206")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("62052rsc3", ("SKF", "6205-2RSH/C3", "parsed")),
        ("6205 2RS1/C3", ("SKF", "6205-2RSH/C3", "parsed")),
        ("6205DDUC3", ("NSK", "6205DDUC3", "exact")),
        ("６２０５－２Ｚ", ("SKF", "6205-2Z", "normalised")),
        ("6205ZZ", ("SKF", "6205-2Z", "parsed")),
        ("NU2208ECP", ("SKF", "NU 2208 ECP", "normalised")),
        ("nu 2208 ecp", ("SKF", "NU 2208 ECP", "normalised")),
        ("22220 EK/C3", ("SKF", "22220 EK/C3", "exact")),
        ("22220 C3 EK", ("SKF", "22220 EK/C3", "parsed")),
        ("7008CEGA/HCP4A", ("SKF", "7008 CEGA/HCP4A", "normalised")),
        ("H320", ("SKF", "H 320", "normalised")),
        ("Н320", ("SKF", "H 320", "normalised")),  # Cyrillic En
        ("62O5-2Z", ("SKF", "6205-2Z", "normalised")),  # the letter O
        ("25x52x15", ("NSK", "6205DDU", "dimension")),
        ("25 × 52 * 15mm", ("NSK", "6205DDU", "dimension")),
    ],
)
@pytest.mark.usefixtures("catalogue")
def test_any_spelling_finds_the_part(text: str, expected: tuple[str, str, str]) -> None:
    assert expected in shown(find(text))
    assert first(text)[2] == expected[2]


@pytest.mark.usefixtures("catalogue")
def test_an_old_number_means_the_part_without_further_features() -> None:
    found = find("180205")
    same = {(hit.product.brand.code, hit.product.designation) for hit in found.equals}
    assert same == {("NSK", "6205DDU"), ("HRB", "6205-2RS")}
    assert {hit.match for hit in found.equals} == {"parsed"}


@pytest.mark.django_db
def test_an_old_number_in_use_today_for_another_bearing_is_only_a_guess() -> None:
    product("SKF", "30208", old_designation="7208")
    found = find("7208")
    assert shown(found) == [("SKF", "30208", "fuzzy")]
    assert found.chosen is None


@pytest.mark.usefixtures("catalogue")
def test_the_brand_asked_for_comes_first_in_its_own_words() -> None:
    found = find("6205-2RS/C3", brand="nsk")
    assert shown(found)[0] == ("NSK", "6205DDUC3", "parsed")
    assert found.chosen is not None
    assert found.chosen.product.brand.code == "NSK"


@pytest.mark.usefixtures("catalogue")
@pytest.mark.parametrize("text", ["斯凯孚 6205-2Z", "6205-2Z skf", "SKF6205-2Z", "瑞典SKF 6205-2Z"])
def test_a_brand_within_the_text_is_understood(text: str) -> None:
    chosen = find(text).chosen
    assert chosen is not None
    assert str(chosen.product) == "SKF 6205-2Z"


@pytest.mark.usefixtures("catalogue")
@pytest.mark.parametrize("brand", ["HRB", "不存在的牌子"])
def test_another_brand_than_asked_for_is_shown_but_never_chosen(brand: str) -> None:
    found = find("NU2208ECP", brand=brand)
    assert shown(found)[0] == ("SKF", "NU 2208 ECP", "normalised")
    assert "another brand" in found.hits[0].reason
    assert (found.chosen, found.equals, found.match) == (None, (), "none")


@pytest.mark.usefixtures("catalogue")
def test_an_alternative_brand_is_chosen_when_the_first_has_none() -> None:
    query = Query("6205-2RS", brand="SKF", alternative_brands=("哈轴", "NSK"))
    (found,) = match([query])
    assert found.chosen is not None
    assert found.chosen.product.brand.code == "HRB"
    assert [hit.product.brand.code for hit in found.equals] == ["HRB", "NSK"]


@pytest.mark.usefixtures("catalogue")
def test_without_a_brand_several_makers_leave_the_choice_to_the_caller() -> None:
    found = find("6205-2RS")
    assert (found.chosen, found.match) == (None, "none")
    assert {hit.product.brand.code for hit in found.equals} == {"HRB", "NSK"}
    assert find("6205-2Z").match == "exact"  # one maker: nothing to choose


@pytest.mark.django_db
def test_equals_are_all_shown_to_the_caller_however_small_the_limit() -> None:
    for code in ("SKF", "NSK", "NTN", "FAG"):
        product(code, "6205")
    found = find("6205", limit=1)
    assert (len(found.hits), len(found.equals)) == (1, 4)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("asked", "other"),
    [
        ("6205-2RS", "6205-2Z"),
        ("6205-2RS", "6205-RS"),
        ("6205-2RS", "6205-2RS/C3"),
        ("6205/C3", "6205/C4"),
        ("6205", "6206"),
        ("22220", "22220K"),
        ("NU208", "NJ208"),
        ("7008C/P4", "7008C/P4A"),
        ("618/8", "6188/C3"),
        ("7008AE", "7008EA"),
    ],
)
def test_what_differs_in_size_seal_clearance_or_type_is_never_the_same(
    asked: str, other: str
) -> None:
    product("SKF", other)
    assert find(asked).equals == ()


@pytest.mark.django_db
def test_another_size_is_not_even_similar() -> None:
    product("SKF", "6206-2RS1")
    assert find("6205-2RS1").hits == ()


@pytest.mark.django_db
def test_a_slip_of_the_pen_is_a_proposal() -> None:
    product("SKF", "NU 2208 ECP")
    found = find("NUU2208ECP")
    assert shown(found) == [("SKF", "NU 2208 ECP", "fuzzy")]
    assert found.chosen is None


@pytest.mark.django_db
def test_the_beginning_of_a_designation_is_a_proposal() -> None:
    product("SKF", "6205-2RS1")
    product("SKF", "6205")
    assert shown(find("6205")) == [("SKF", "6205", "exact"), ("SKF", "6205-2RS1", "prefix")]
    assert find("620").chosen is None


@pytest.mark.django_db
def test_a_customers_own_code_decides_between_makers() -> None:
    skf, nsk = product("SKF", "6205"), product("NSK", "6205")
    product("NTN", "6205")
    customer = CustomerFactory()
    ProductCodeFactory(product=nsk, customer=customer, code="6205", search_key="6205")
    assert find("6205").chosen is None
    found = find("6205", customer_id=customer.pk)
    assert found.chosen is not None
    assert found.chosen.product == nsk
    asked_brand = find("6205", "SKF", customer_id=customer.pk).chosen
    assert asked_brand is not None
    assert asked_brand.product == skf


@pytest.mark.django_db
def test_codes_of_the_customer_and_general_ones_count_but_not_anothers() -> None:
    customer, other = CustomerFactory(), CustomerFactory()
    own = ProductCodeFactory(customer=customer, code="MAT-1", search_key="MAT1").product
    general = ProductCodeFactory(customer=None, code="MAT-2", search_key="MAT2").product
    ProductCodeFactory(customer=other, code="ZZ-99", search_key="ZZ99")
    (mine, everyones, anothers) = match(["mat 1", "MAT2", "ZZ99"], customer_id=customer.pk)
    assert [(h.product, h.match) for h in mine.hits] == [(own, "code")]
    assert [(h.product, h.match) for h in everyones.hits] == [(general, "code")]
    assert anothers.hits == ()
    assert find("MAT1").hits == ()


@pytest.mark.django_db
def test_only_approved_interchanges_are_offered_and_never_chosen() -> None:
    asked = product("SKF", "6205-2RS1")
    offered, proposed = product("FAG", "X100"), product("FAG", "X200")
    boss = UserFactory()
    grade = Interchange.Grade.UPGRADE
    InterchangeFactory(from_product=asked, to_product=offered, grade=grade, approved_by=boss)
    InterchangeFactory(from_product=asked, to_product=proposed, approved_by=None)
    found = find("6205-2RS1", "FAG")
    assert shown(found) == [("FAG", "X100", "interchange"), ("SKF", "6205-2RS1", "normalised")]
    assert "upgrade" in found.hits[0].reason
    assert found.chosen is None
    # Seen from the other side the upgrade is a downgrade.
    assert "downgrade" in find("X100").hits[1].reason


@pytest.mark.django_db
def test_a_replacement_of_the_brand_asked_for_comes_before_another_brand() -> None:
    asked, offered = product("SKF", "30206 J2/Q"), product("NTN", "4T-30206")
    InterchangeFactory(from_product=asked, to_product=offered, approved_by=UserFactory())
    assert [code for code, *_rest in shown(find("30206 J2/Q", "NTN"))] == ["NTN", "SKF"]
    assert find("30206 J2/Q", "NTN").chosen is None


@pytest.mark.django_db
def test_a_one_way_interchange_is_not_offered_backwards() -> None:
    InterchangeFactory(
        from_product=product("SKF", "A1000"),
        to_product=product("FAG", "B2000"),
        one_way=True,
        approved_by=UserFactory(),
    )
    assert len(find("A1000").hits) == 2
    assert len(find("B2000").hits) == 1


@pytest.mark.django_db
def test_sizes_are_found_within_the_tolerance() -> None:
    product("SKF", "6205", **SIZE_6205)
    product("SKF", "X1", bore_mm=Decimal("25.2"), outside_mm=Decimal(52), width_mm=Decimal(15))
    sizes = (Decimal(25), Decimal("52.01"), Decimal("14.99"))
    (exact,) = match([Query("", dimensions=sizes)])
    (wide,) = match([Query("", dimensions=sizes, tolerance=Decimal("0.25"))])
    assert shown(exact) == [("SKF", "6205", "dimension")]
    assert len(wide.hits) == 2
    assert exact.chosen is None


@pytest.mark.django_db
def test_archived_products_are_not_found() -> None:
    product("SKF", "6205", archived_at=timezone.now())
    assert find("6205").hits == ()


@pytest.mark.django_db
def test_who_may_not_see_products_finds_none() -> None:
    found = product("SKF", "6205", **SIZE_6205)
    stranger: User = UserFactory()
    general = ProductCodeFactory(product=found, customer=None, code="M7", search_key="M7")
    texts = ["6205", "62", "25x52x15", general.code]
    assert [m.hits for m in match(texts, user=stranger)] == [()] * 4


@pytest.mark.parametrize("text", ["", "   ", "轴承", "()%_'\\", "9" * 300, "Ω±≤", "\x00\u200b"])
@pytest.mark.usefixtures("catalogue")
def test_what_is_no_designation_finds_nothing(text: str) -> None:
    assert find(text).hits == ()


@pytest.mark.usefixtures("catalogue")
def test_the_number_of_queries_does_not_grow_with_the_texts(
    django_assert_max_num_queries: Any,
) -> None:
    texts = ["6205-2RS", "NUU2208", "62", "25x52x15", "180205", "SKF H320", "nothing", "6206/C3"]
    with django_assert_max_num_queries(18):
        answers = match([texts[n % 8] + "Z" * (n // 8) for n in range(100)])
    assert len(answers) == 100
    with django_assert_max_num_queries(18):
        match(texts)


@pytest.mark.parametrize(
    ("text", "number", "prefix", "features"),
    [
        ("62052RSC3", "6205", "", ("2RS", "C3")),
        ("6205-2RS1/C3", "6205", "", ("2RS", "C3")),
        ("6202RS", "6202", "", ("RS",)),
        ("6082rs", "608", "", ("2RS",)),
        ("61902-RS", "61902", "", ("RS",)),
        ("619082RS1", "61908", "", ("2RS",)),
        ("60/500", "60/500", "", ()),
        ("618/8Y", "618/8", "", ("Y",)),
        ("NU 2208 ECP/C3", "2208", "NU", ("C3", "EC", "P")),
        ("6205/P63", "6205", "", ("C3", "P6")),
        ("6205CN", "6205", "", ()),
        ("6205/C3-OOH2", "6205", "", ("C3", "OOH2")),
        ("4T-30206", "30206", "4T", ()),
        ("B7008C.TRA.HG", "7008", "B", ("C", "TRA", "H", "G")),
    ],
)
def test_a_designation_says(text: str, number: str, prefix: str, features: tuple[str, ...]) -> None:
    form = read(text)
    assert form is not None
    assert (form.number, form.prefix, form.features) == (number, prefix, features)


def test_a_doubtful_split_is_read_both_ways() -> None:
    assert [form.number for form in readings("63002RS")] == ["6300", "63002"]


def test_a_suffix_of_one_maker_counts_for_that_maker_alone() -> None:
    meant = forms_meant("6205-2RS")
    assert meant[form_key("6205DD")] == {"NSK"}
    assert form_key("6205-2RS") in forms_meant("6205DD", "NSK")
    assert form_key("6205-2Z") in forms_meant("6205DD", "TIMKEN")
    assert form_key("6205-2RS") not in forms_meant("6205DD")


@pytest.mark.parametrize(
    ("text", "other"), [("684ZZ", "618/4-2Z"), ("6905DDU", "61905-2RS"), ("71905", "7905")]
)
def test_a_thin_series_is_known_by_both_numbers(text: str, other: str) -> None:
    assert form_key(other) in forms_meant(text)
    assert form_key(text) in forms_meant(other)


def test_keys_are_short_enough_to_be_stored() -> None:
    assert len(form_key("1-" + "P63-" * 19)) <= 120
    assert search_key("Ｎｕ 2208\u200b—еср") == "NU2208ECP"


@pytest.mark.usefixtures("catalogue")
def test_the_command_prints_what_it_found_and_why() -> None:
    out = StringIO()
    call_command("search_products", "6205DDUC3", "--json", "--limit", "1", stdout=out)
    (item,) = loads(out.getvalue())["items"]
    found = Product.objects.get(designation="6205DDUC3")
    assert item == {
        "id": found.pk,
        "brand": "NSK",
        "designation": "6205DDUC3",
        "match": "exact",
        "reason": "Designation as written.",
    }
    out = StringIO()
    call_command("search_products", "6205 2z", "--explain", "--brand", "skf", stdout=out)
    assert "SKF\t6205-2Z\tnormalised\tThe same" in out.getvalue()
    for line in (
        "Brand: SKF\n",
        "Looked up as: 62052Z\n",
        "6205: deep groove",
        "Found: normalised 1",
    ):
        assert line in out.getvalue()
    out = StringIO()
    call_command(
        "search_products", "25x52", "--explain", "--json", "--tolerance", "0.1", stdout=out
    )
    told = loads(out.getvalue())["understood"]
    assert (told["sizes"], told["found"]) == (["25", "52", None], {"dimension": 2})


@pytest.mark.django_db
def test_the_command_refuses_when_nothing_is_found() -> None:
    assert not Brand.objects.exists()
    with pytest.raises(CommandError, match="Nothing found for “6205”"):
        call_command("search_products", "6205", stdout=StringIO())
