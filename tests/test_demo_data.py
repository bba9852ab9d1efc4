"""The demo company's files: complete, consistent, and honest about sizes. Needs no database."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections import Counter
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest

from products.grading import Judged, judge_rows

FOLDER = Path(__file__).resolve().parents[1] / "erp" / "demo_data"
FILES = {
    "brands": "code,name_en,name_zh,country,aliases",
    "categories": "code,name_en,name_zh,parent",
    "products": (
        "brand,designation,name_zh,category,bore_mm,outside_mm,width_mm,mass_kg,dynamic_load_kn,"
        "static_load_kn,speed_grease_rpm,speed_oil_rpm,unit,old_designation"
    ),
    "interchanges": "from_brand,from_designation,to_brand,to_designation,grade,source",
    "customers": (
        "code,name,short_name,tax_id,province,city,address,phone,contact_name,kind,payment_term"
    ),
    "suppliers": (
        "code,name,short_name,tax_id,province,city,address,phone,contact_name,kind,payment_term"
    ),
    "warehouses": "code,name_zh,name_en,city",
    "bins": "warehouse,code",
    "opening_stock": "warehouse,bin,brand,designation,quantity,unit_cost",
    "list_prices": "brand,designation,net_price",
}
NUMBERS = (
    "bore_mm", "outside_mm", "width_mm", "mass_kg", "dynamic_load_kn", "static_load_kn",
    "speed_grease_rpm", "speed_oil_rpm",
)  # fmt: skip


@cache
def rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@cache
def products() -> dict[tuple[str, str], dict[str, str]]:
    return {(row["brand"], row["designation"]): row for row in rows("products")}


def search_key(text: str) -> str:
    return re.sub(r"[^A-Z0-9]", "", unicodedata.normalize("NFKC", text).upper())


def repeated(values: list[object]) -> list[object]:
    return [value for value, count in Counter(values).items() if count > 1]


@pytest.mark.parametrize("name", FILES)
def test_each_file_is_plain_utf8_with_its_header(name: str) -> None:
    data = (FOLDER / f"{name}.csv").read_bytes()
    assert not data.startswith(b"\xef\xbb\xbf")
    assert b"\r" not in data
    assert data.decode().splitlines()[0] == FILES[name]
    assert all(None not in row and None not in row.values() for row in rows(name))


def test_all_files_together_are_small() -> None:
    assert sum(path.stat().st_size for path in FOLDER.glob("*.csv")) < 4_000_000


@pytest.mark.parametrize("name", FILES)
def test_no_cyrillic_and_no_stray_blanks(name: str) -> None:
    for row in rows(name):
        for value in row.values():
            assert not re.search(r"[\u0400-\u04ff]", value), row
            assert value == " ".join(value.split()), row


def test_counts() -> None:
    assert len(rows("products")) >= 15_000
    assert len({row["brand"] for row in rows("products")}) >= 29
    assert len(rows("customers")) + len(rows("suppliers")) == 400
    assert len(rows("warehouses")) == 2
    assert len({(row["brand"], row["designation"]) for row in rows("opening_stock")}) >= 2400
    assert len(rows("list_prices")) >= 5900
    assert len([row for row in rows("interchanges") if row["grade"] == "superseded"]) >= 1219


def test_products_are_distinct_by_search_key() -> None:
    assert not repeated(
        [(row["brand"], search_key(row["designation"])) for row in rows("products")]
    )


def test_designations_look_like_designations() -> None:
    for row in rows("products"):
        designation = row["designation"]
        assert len(designation) <= 60
        assert re.search(r"\d", designation)
        assert re.fullmatch(r"[A-Za-z0-9 .,/+()=-]+", designation), designation
        assert not designation.endswith((".", "/", "-")), designation


def test_products_refer_to_brands_and_categories() -> None:
    brands = {row["code"] for row in rows("brands")}
    categories = {row["code"]: row["name_zh"] for row in rows("categories")}
    for row in rows("products"):
        assert row["brand"] in brands
        assert row["name_zh"] == categories[row["category"]]
        assert row["unit"] in {"piece", "pair", "set"}


def test_codes_are_unique_and_parents_exist() -> None:
    for name in ("brands", "categories", "customers", "suppliers", "warehouses"):
        assert not repeated([row["code"] for row in rows(name)])
    codes = {row["code"] for row in rows("categories")}
    assert {row["parent"] for row in rows("categories")} <= codes | {""}


def test_numbers_are_positive_and_sizes_possible() -> None:
    for row in rows("products"):
        for column in NUMBERS:
            assert not row[column] or Decimal(row[column]) > 0, row
        if row["bore_mm"] and row["outside_mm"]:
            assert Decimal(row["bore_mm"]) < Decimal(row["outside_mm"]), row


def test_sizes_are_known_for_most_products() -> None:
    known = [row for row in rows("products") if all(row[c] for c in NUMBERS[:3])]
    assert len(known) > 0.85 * len(rows("products"))


@pytest.mark.parametrize(
    ("brand", "designation", "size"),
    [
        ("SKF", "6205-2RS1", "25x52x15"),
        ("SKF", "6205-2RSH", "25x52x15"),
        ("NSK", "6308DDU", "40x90x23"),
        ("SKF", "NU 2208 ECP", "40x80x23"),
        ("SKF", "22220 EK/C3", "100x180x46"),
        ("SKF", "30206 J2/Q", "30x62x17.25"),
        ("NSK", "HR30206J", "30x62x17.25"),
        ("TIMKEN", "30206", "30x62x17.25"),
        ("SKF", "7208 BEP", "40x80x18"),
        ("NTN", "4T-32210", "50x90x24.75"),
        ("SKF", "51108", "40x60x13"),
        ("SKF", "7008CEGA/P4A", "40x68x15"),
        ("HRB", "6204-2RS", "20x47x14"),
        ("NTN", "6001LLB", "12x28x8"),
        ("FAG", "NJ312-E-XL-M1", "60x130x31"),
    ],
)
def test_well_known_sizes(brand: str, designation: str, size: str) -> None:
    row = products()[brand, designation]
    assert "x".join(row[column] for column in NUMBERS[:3]) == size


def test_old_number_of_a_tapered_bearing_is_not_read_as_an_iso_number() -> None:
    """Old 7206 is ISO 30206 (width 17.25); ISO 7206 is an angular contact bearing (width 16)."""
    for row in rows("products"):
        if re.fullmatch(r"7206( ?(AC|B|C)| BEP)?", row["designation"]):
            assert row["width_mm"] == "16", row


def test_interchanges_join_two_products_once() -> None:
    pairs: list[object] = []
    for row in rows("interchanges"):
        one = row["from_brand"], row["from_designation"]
        two = row["to_brand"], row["to_designation"]
        assert one in products(), row
        assert two in products(), row
        assert one != two
        assert row["grade"] in {"identical", "dimensional", "upgrade", "downgrade", "superseded"}
        assert row["source"]
        pairs.append(frozenset((one, two)))
    assert not repeated(pairs)


def test_interchanges_never_contradict_known_sizes() -> None:
    for row in rows("interchanges"):
        one = products()[row["from_brand"], row["from_designation"]]
        two = products()[row["to_brand"], row["to_designation"]]
        for column in ("bore_mm", "outside_mm"):
            assert one[column] == two[column] or "" in {one[column], two[column]}, (row, column)


def test_interchanges_called_identical_do_not_contradict_the_grammar() -> None:
    def judged(brand: str, designation: str) -> Judged:
        row = products()[brand, designation]
        sizes = (row[name] for name in ("bore_mm", "outside_mm", "width_mm"))
        return Judged(designation, brand, tuple(Decimal(s) if s else None for s in sizes))

    for row in rows("interchanges"):
        if row["grade"] == "identical":
            one = judged(row["from_brand"], row["from_designation"])
            two = judged(row["to_brand"], row["to_designation"])
            assert not judge_rows(one, two).against("identical"), row


def tax_id_is_valid(code: str) -> bool:
    """GB 32100-2015: check digit over base 31 with weights 3**i mod 31."""
    alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    if len(code) != 18 or set(code) - set(alphabet):
        return False
    total = sum(alphabet.index(c) * pow(3, i, 31) for i, c in enumerate(code[:17]))
    return alphabet[-total % 31] == code[17]


def test_tax_id_check_knows_a_wrong_digit() -> None:
    assert tax_id_is_valid("91350100M000100Y43")  # the standard's own example
    assert not tax_id_is_valid("91350100M000100Y34")


def test_partners_have_valid_and_distinct_tax_ids() -> None:
    partners = rows("customers") + rows("suppliers")
    assert not repeated([row["tax_id"] for row in partners])
    assert not repeated([row["name"] for row in partners])
    assert not repeated([row["short_name"] for row in partners])
    for row in partners:
        assert tax_id_is_valid(row["tax_id"]), row
        assert row["payment_term"] in {"prepaid", "cod", "net30", "eom30", "eom60"}
    assert {row["kind"] for row in rows("customers")} == {"reseller", "end_user"}
    assert all(re.fullmatch(r"C\d{4}", row["code"]) for row in rows("customers"))
    assert all(re.fullmatch(r"S\d{4}", row["code"]) for row in rows("suppliers"))


def test_stock_lies_in_known_bins_and_once_per_bin() -> None:
    bins = {(row["warehouse"], row["code"]) for row in rows("bins")}
    assert {warehouse for warehouse, _ in bins} == {row["code"] for row in rows("warehouses")}
    places: list[object] = []
    for row in rows("opening_stock"):
        assert (row["warehouse"], row["bin"]) in bins
        assert re.fullmatch(r"[A-Z]-\d{6}", row["bin"])
        assert (row["brand"], row["designation"]) in products()
        assert int(row["quantity"]) > 0
        assert re.fullmatch(r"\d+\.\d\d", row["unit_cost"])
        places.append((row["warehouse"], row["bin"], row["brand"], row["designation"]))
    assert not repeated(places)


def test_every_stocked_product_has_one_list_price_above_its_cost() -> None:
    prices = {(row["brand"], row["designation"]): row["net_price"] for row in rows("list_prices")}
    assert len(prices) == len(rows("list_prices"))
    assert set(prices) <= set(products())
    assert all(re.fullmatch(r"\d+\.\d\d", price) for price in prices.values())
    for row in rows("opening_stock"):
        price = prices[row["brand"], row["designation"]]
        assert Decimal(price) > Decimal(row["unit_cost"]), row


def test_a_bearing_has_one_cost_per_warehouse() -> None:
    costs: dict[tuple[str, str, str], set[str]] = {}
    for row in rows("opening_stock"):
        place = row["warehouse"], row["brand"], row["designation"]
        costs.setdefault(place, set()).add(row["unit_cost"])
    assert all(len(found) == 1 for found in costs.values())
