"""Checking: every problem of every row, and nothing written (CASES.md IM01, IM02, IN03)."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from erp.core.errors import DomainError
from erp.core.models import Company
from imports import services
from imports.errors_file import error_workbook
from imports.mappings import remember
from imports.models import Import, ImportProblem
from imports.report import as_report
from products.models import PriceFact, Product
from tests import factories

pytestmark = pytest.mark.django_db

HEAD = ("品牌", "型号", "名称", "内径", "单价", "库存")


@pytest.fixture(autouse=True)
def _brands(company: Company) -> None:
    factories.BrandFactory(code="SKF")


def check(path: Path, kind: str = "products", **options: Any) -> Import:
    made = services.create_import(kind, path.name, source=options.pop("source", ""), by=None)
    return services.check_import(made.pk, path=path, by=None, **options)


def codes(of: Import) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for problem in as_report(of)["problems"]:
        found.setdefault(problem["row"], []).append(problem["code"])
    return found


def csv_of(tmp_path: Path, *rows: tuple[str, ...], head: tuple[str, ...] = HEAD) -> Path:
    path = tmp_path / "list.csv"
    lines = [
        ",".join(f'"{cell}"' if "," in cell else cell for cell in row) for row in (head, *rows)
    ]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def book_of(tmp_path: Path, sheets: dict[str, list[list[Any]]]) -> Path:
    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    path = tmp_path / "list.xlsx"
    book.save(path)
    return path


# --- IM01 ------------------------------------------------------------------------------------

BAD = {
    "type": (("SKF", "X-1", "", "abc", "1.50", "1"), "bad_number", "内径"),
    "unknown key": (("XKF", "X-1", "", "25", "1.50", "1"), "unknown_brand", "品牌"),
    "duplicate": (("SKF", "part-17", "", "25", "9.99", "1"), "duplicate_conflict", "型号"),
    "case twin": (("skf", "PART 17", "", "25", "9.99", "1"), "duplicate_conflict", "型号"),
    "negative": (("SKF", "X-1", "", "25", "-1.50", "1"), "bad_price", "单价"),
    "comma": (("SKF", "X-1", "", "25", "1,5", "1"), "bad_price", "单价"),
    "no number": (("SKF", "X-1", "", "25", "1.5.0", "1"), "bad_price", "单价"),
}


@pytest.mark.parametrize("trouble", BAD)
def test_one_bad_row_among_many_is_told_and_nothing_is_written(
    tmp_path: Path, trouble: str
) -> None:
    row, code, column = BAD[trouble]
    rows = [("SKF", f"PART-{n}", "", "25", "1.50", "1") for n in range(2500)]
    rows.insert(2400, row)
    of = check(csv_of(tmp_path, *rows))
    (problem,) = as_report(of)["problems"]
    assert (problem["row"], problem["code"], problem["column"]) == (2402, code, column)
    assert problem["message"]
    with pytest.raises(DomainError):
        services.apply_import(of.pk, by=None)
    assert not Product.objects.exists()
    assert not PriceFact.objects.exists()


def test_harmless_spellings_are_read_as_meant(tmp_path: Path) -> None:
    of = check(
        csv_of(
            tmp_path,
            ("ＳＫＦ", "６２０５－２Ｚ", "", "２５", "９．５", "２０"),
            (" skf ", "  6206  ", "", "30.0", "￥1 234.50", "5个"),
        )
    )
    assert codes(of) == {}
    services.apply_import(of.pk, by=None)
    assert sorted(Product.objects.values_list("designation", flat=True)) == ["6205-2Z", "6206"]


def test_a_date_that_is_none_is_refused(tmp_path: Path) -> None:
    product = factories.ProductFactory(brand__code="SKF", designation="6205")
    path = csv_of(
        tmp_path,
        ("SKF", "6205", "1.50", "2026-02-31"),
        ("SKF", "6205", "1.50", "06/07/2026"),
        ("SKF", "6205", "1.60", "2026年6月30日"),
        head=("品牌", "型号", "单价", "日期"),
    )
    of = check(path, "prices")
    assert codes(of) == {2: ["bad_date"], 3: ["bad_date"]}
    services.apply_import(of.pk, skip_refused=True, by=None)
    assert str(PriceFact.objects.get(product=product).on) == "2026-06-30"


# --- IM02 ------------------------------------------------------------------------------------


def test_text_is_kept_exactly_or_the_row_is_refused(tmp_path: Path) -> None:
    rows: list[list[Any]] = [list(HEAD)]
    rows += [
        ["SKF", name, "", None, 1.5, 1] for name in ("007", "123456789012345678", "1E5", "6-2")
    ]
    rows += [["SKF", 6205, "", None, 1.5, 1], ["SKF", 123456789012345678, "", None, 1.5, 1]]
    book = book_of(tmp_path, {"价格": rows})
    loaded = load_workbook(book)
    loaded.active["A8"], loaded.active["E8"], loaded.active["F8"] = "SKF", 1.5, 1
    loaded.active["B8"] = date(2026, 6, 2)
    loaded.save(book)
    of = check(book)
    assert codes(of) == {7: ["damaged_number"], 8: ["damaged_date"]}
    services.apply_import(of.pk, skip_refused=True, by=None)
    stored = set(Product.objects.values_list("designation", flat=True))
    assert stored == {"007", "123456789012345678", "1E5", "6-2", "6205"}


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gbk", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_one_list_in_every_form_gives_the_same(
    tmp_path: Path, encoding: str, delimiter: str
) -> None:
    rows = [HEAD, ("SKF", "6205", '带"引号"，\n换行', "25", "12.50", "5")]
    text = "\r\n".join(
        delimiter.join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows
    )
    path = tmp_path / "list.txt"
    path.write_bytes(text.encode(encoding))
    of = check(path)
    assert codes(of) == {}
    services.apply_import(of.pk, by=None)
    product = Product.objects.get()
    assert (product.name, product.bore_mm) == ('带"引号"， 换行', Decimal(25))


# --- IN03 ------------------------------------------------------------------------------------


def test_what_looks_like_a_command_is_text_or_refused(tmp_path: Path) -> None:
    attack = "1') or sleep(0.5)-- "
    of = check(
        csv_of(
            tmp_path,
            ("SKF", attack, "'; DROP TABLE products_product; --", "25", "1.5", "1"),
            ("SKF", "6206", "{{7*7}} %s %(x)s", "25", "1.5", "1"),
            head=("品牌", "型号", "名称", "内径", "单价", "1' OR '1'='1"),
        )
    )
    assert codes(of) == {}
    services.apply_import(of.pk, by=None)
    stored = dict(Product.objects.values_list("designation", "name"))
    assert stored == {
        attack.strip(): "'; DROP TABLE products_product; --",
        "6206": "{{7*7}} %s %(x)s",
    }


# --- sheets and rows -------------------------------------------------------------------------


def test_the_sheet_with_most_known_headings_is_read(tmp_path: Path) -> None:
    book = book_of(
        tmp_path,
        {
            "说明": [["XX 公司价格表"], ["含税"]],
            "旧": [["品牌", "型号"], ["SKF", "OLD-1"]],
            "价格": [
                ["XX 公司"],
                [],
                ["品牌", "型号", "单价"],
                ["SKF", "6205", 1],
                ["合计", None, 1],
            ],
        },
    )
    of = check(book)
    assert (of.layout["sheet"], of.layout["heading_row"]) == ("价格", 3)
    assert (of.counts["rows"], of.counts["new"], of.counts["not_data"]) == (2, 1, 1)
    assert check(book, sheet="旧").counts["rows"] == 1
    with pytest.raises(DomainError) as refused:
        check(book, sheet="新")
    assert refused.value.code == "no_sheet"


def test_hidden_rows_are_told_and_not_read(tmp_path: Path) -> None:
    book = book_of(tmp_path, {"a": [["品牌", "型号"], ["SKF", "6205"], ["SKF", "6206"]]})
    loaded = load_workbook(book)
    loaded.active.row_dimensions[3].hidden = True
    loaded.save(book)
    of = check(book)
    assert codes(of) == {3: ["hidden_row"]}
    assert (of.counts["new"], of.counts["not_data"]) == (1, 1)
    assert not of.stopping_rows


@pytest.mark.parametrize(
    "footer",
    [
        ("合计", "", "", "", "99.50", "12"),
        ("", "小计：", "", "", "", "12"),
        ("", "Sub-total", "", "", "9", "1"),
        ("", "", "", "", "总计", "99.50"),
        ("制表人：张三", "", "", "", "", ""),
        ("以上价格如有变动恕不另行通知", "", "", "", "", ""),
        ("", "", "", "第 1 页 共 3 页", "", ""),
        HEAD,
    ],
)
def test_totals_footers_and_repeated_headings_are_no_data(
    tmp_path: Path, footer: tuple[str, ...]
) -> None:
    of = check(csv_of(tmp_path, ("SKF", "6205", "", "25", "1.5", "1"), footer))
    assert codes(of) == {}
    assert (of.counts["rows"], of.counts["new"], of.counts["not_data"]) == (2, 1, 1)


def test_blank_rows_are_not_counted(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("品牌,型号\n\n,\n  ,　\nSKF,6205\n", encoding="utf-8")
    of = check(path)
    assert (of.counts["rows"], of.counts["new"]) == (1, 1)


# --- columns ---------------------------------------------------------------------------------


def test_columns_a_person_chose_are_taken_the_next_time(tmp_path: Path) -> None:
    head = ("Fabrikat", "Typ", "EK")
    path = csv_of(tmp_path, ("SKF", "6205", "1.5"), head=head)
    with pytest.raises(DomainError) as refused:
        check(path)
    assert refused.value.code == "no_headings"
    of = Import.objects.get()
    assert of.status == Import.Status.FAILED
    remember(of, head, {"Fabrikat": "brand", "Typ": "designation", "EK": "price_net"})
    again = check(path)  # known by its headings
    assert again.counts["new"] == 1
    assert again.layout["columns"] == {"brand": 0, "designation": 1, "price_net": 2}


def test_a_named_source_goes_before_the_headings(tmp_path: Path) -> None:
    path = csv_of(tmp_path, ("SKF", "6205", "1.5"), head=("品牌", "型号", "单价"))
    of = services.create_import("products", "a.csv", source="XX", by=None)
    remember(of, ["品牌", "型号", "单价"], {"品牌": "brand", "型号": "designation", "单价": ""})
    assert "price" not in check(path, source="XX").layout["columns"]
    assert as_report(check(path, source="XX"))["ignored_columns"] == ["单价"]


# --- the error workbook ----------------------------------------------------------------------


def test_the_error_workbook_holds_the_rows_and_runs_nothing(tmp_path: Path) -> None:
    of = check(
        csv_of(
            tmp_path,
            ("SKF", "6205", "", "25", "1.5", "1"),
            ('=HYPERLINK("http://x")', "6206", "", "25", "面议", "1"),
        )
    )
    out = tmp_path / "errors.xlsx"
    out.write_bytes(error_workbook(of))
    head, row = load_workbook(out).active.iter_rows(values_only=True)
    assert head[1:7] == HEAD
    assert row[0] == 3
    assert row[1] == '\'=HYPERLINK("http://x")'
    assert row[2] == "6206"
    assert row[-2] == "bad_brand\nbad_price"


def test_checking_again_leaves_nothing_of_the_first(tmp_path: Path) -> None:
    path = csv_of(tmp_path, ("SKF", "6205", "", "25", "面议", "1"))
    of = check(path)
    services.check_import(of.pk, path=path, by=None)
    assert ImportProblem.objects.filter(of=of).count() == 1
    assert of.chunks.count() == 1
