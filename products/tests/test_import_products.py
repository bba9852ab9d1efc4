"""Kind products: what is accepted, what is refused and why, what applying and undoing do."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from audit.models import AuditEntry
from erp.core.errors import DomainError
from erp.core.models import Company
from imports import services
from imports.models import Import
from imports.report import as_report
from products import words
from products.models import PriceFact, Product
from tests import factories

pytestmark = pytest.mark.django_db

HEAD = "品牌,型号,名称,内径,单价,库存,单位"


@pytest.fixture(autouse=True)
def _brands(company: Company) -> None:
    factories.BrandFactory(code="SKF", aliases=["斯凯孚"])
    factories.BrandFactory(code="FAG")


@pytest.fixture
def file(tmp_path: Path) -> Any:
    def make(*lines: str, head: str = HEAD, name: str = "list.csv") -> Path:
        path = tmp_path / name
        path.write_text("\n".join((head, *lines)), encoding="utf-8")
        return path

    return make


def check(path: Path, **options: Any) -> Import:
    made = services.create_import("products", path.name, by=None)
    return services.check_import(made.pk, path=path, by=None, **options)


def codes(of: Import) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for problem in as_report(of)["problems"]:
        found.setdefault(problem["row"], []).append(problem["code"])
    return found


def applied(path: Path, **options: Any) -> Import:
    return services.apply_import(check(path).pk, by=None, **options)


def test_new_products_get_their_values_keys_and_list_price(file: Any) -> None:
    of = applied(file("SKF,6205-2RS1/C3,深沟球轴承,25,12.50,5,套", "斯凯孚,NU 208,,,8,,"))
    assert of.status == Import.Status.APPLIED
    product = Product.objects.get(search_key="62052RS1C3")
    assert (product.brand.code, product.name, product.unit_id) == ("SKF", "深沟球轴承", "set")
    assert product.bore_mm == 25
    assert product.form_key
    fact = PriceFact.objects.get(product=product)
    assert (fact.kind, fact.net_unit_price, fact.currency_id) == ("list", Decimal("12.5"), "CNY")
    assert (fact.source_type, fact.source_id, fact.source_line_id) == ("imports.import", of.pk, 2)


def test_every_problem_of_every_row_is_told(file: Any) -> None:
    of = check(
        file(
            "XKF,6205,,,面议,1e,",
            ",6206,,,1,1,",
            "SKF,,,,1,1,",
            "SKF,6207,,abc,,1,",
            "SKF,6208,,,0,1,桶",
            "SKF,<b>6209,,,1,-3,",
            "=1+1,6210,,,=1+1,1,",
            f"SKF,{'6' * 81},,,1,1,",
            "SKF,6.205E+03,,,1,1,",
            "SKF,6月2日,,,1,1,",
        )
    )
    assert codes(of) == {
        2: ["bad_stock", "unknown_brand", "bad_price"],
        3: ["missing_brand"],
        4: ["missing_model"],
        5: ["bad_number", "missing_price"],
        6: ["bad_unit", "zero_price"],
        7: ["suspicious_model", "bad_stock"],
        8: ["bad_brand", "bad_price"],
        9: ["too_long"],
        10: ["damaged_number"],
        11: ["damaged_date"],
    }
    assert of.counts["refused"] == of.counts["rows"] == 10


def test_a_problem_names_the_column_as_the_file_does(file: Any) -> None:
    problem = as_report(check(file("SKF,6205,,,面议,1,")))["problems"][0]
    assert (problem["row"], problem["column"], problem["code"]) == (2, "单价", "bad_price")
    assert "面议" in problem["message"]


def test_one_refused_row_stops_the_whole(file: Any) -> None:
    path = file("SKF,6205,,,1,1,", "SKF,6206,,,面议,1,")
    with pytest.raises(DomainError, match="1") as refused:
        applied(path)
    assert refused.value.code == "refused_rows"
    assert not Product.objects.exists()
    of = applied(path, skip_refused=True)
    assert [product.designation for product in Product.objects.all()] == ["6205"]
    assert of.counts["new"] == 1


def test_the_first_of_several_rows_about_one_product_counts(file: Any) -> None:
    of = check(
        file(
            "SKF,6205/C3,,,1,1,",
            "skf,6205/C3,,,1.00,1.0,",
            "斯凯孚,6205 c3,,,1,1,",
            "SKF,6205-C3,,,2,1,",
            "SKF,6205C3?,,,9,1,",
            "FAG,6205/C3,,,9,1,",
        )
    )
    assert codes(of) == {
        3: ["duplicate_exact"],
        4: ["duplicate_variant"],
        5: ["duplicate_conflict"],
        6: ["same_record"],
    }
    assert (of.counts["duplicates"], of.counts["conflicts"], of.counts["refused"]) == (3, 1, 0)
    assert (of.counts["new"], of.counts["unchanged"]) == (2, 1)
    with pytest.raises(DomainError):
        services.apply_import(of.pk, by=None)
    services.apply_import(of.pk, skip_refused=True, by=None)
    assert sorted(PriceFact.objects.values_list("net_unit_price", flat=True)) == [1, 9]


def test_the_same_file_again_is_unchanged(file: Any) -> None:
    path = file("SKF,6205,深沟球轴承,25,12.5,5,套", "SKF,6206,,,8.25,5,")
    applied(path)
    of = applied(path)
    assert (of.counts["new"], of.counts["changed"], of.counts["unchanged"]) == (0, 0, 2)
    assert Product.objects.count() == PriceFact.objects.count() == 2


def test_an_empty_cell_leaves_what_is_there(file: Any) -> None:
    applied(file("SKF,6205,深沟球轴承,25,12.5,5,套"))
    of = applied(file("SKF,6205,,25.5,12.5,,"))
    product = Product.objects.get()
    assert (product.name, product.bore_mm, product.unit_id) == (
        "深沟球轴承",
        Decimal("25.5"),
        "set",
    )
    assert (of.counts["changed"], product.version) == (1, 2)
    assert PriceFact.objects.count() == 1  # the price is the current one already


def test_a_price_with_tax_is_kept_without_it(file: Any) -> None:
    applied(file("SKF,6205,113", head="品牌,型号,单价(含税)"))
    assert PriceFact.objects.get().net_unit_price == 100


def test_the_price_without_tax_goes_before_others(file: Any) -> None:
    head = "品牌,型号,面价,净价,未税价"
    of = check(file("SKF,6205,电议,28.30,25.04", "SKF,6206,1,2,#VALUE!", head=head))
    assert codes(of) == {3: ["bad_price"]}
    services.apply_import(of.pk, skip_refused=True, by=None)
    assert PriceFact.objects.get().net_unit_price == Decimal("25.04")


def test_a_brand_may_stand_above_its_rows(file: Any) -> None:
    lines = (
        "SKF,,",
        "6205,1,2",
        "6206,1,2",
        "品牌：FAG,,",
        "6205,1,2",
        "合计,,4",
        "价格如有变动,,",
    )
    of = applied(file(*lines, head="型号,单价,库存"))
    assert [f"{p.brand.code} {p.designation}" for p in Product.objects.order_by("pk")] == [
        "SKF 6205",
        "SKF 6206",
        "FAG 6205",
    ]
    assert (of.counts["rows"], of.counts["not_data"]) == (7, 4)


def test_without_any_brand_the_file_is_refused(file: Any) -> None:
    with pytest.raises(DomainError) as refused:
        check(file("6205,1,2", head="型号,单价,库存"))
    assert (refused.value.code, refused.value.field) == ("missing_column", "brand")
    assert Import.objects.get().status == Import.Status.FAILED


def test_one_entry_in_the_operation_log(file: Any) -> None:
    of = applied(file("SKF,6205,,,1,1,", "SKF,6206,,,1,1,"))
    entry = AuditEntry.objects.get(action="products.imported")
    assert (entry.object_type, entry.object_id) == ("imports.import", str(of.pk))
    assert entry.changes["new"] == [None, 2]


def test_undo_takes_everything_back(file: Any) -> None:
    applied(file("SKF,6205,旧名,25,1,1,"))
    before = Product.objects.values("name", "bore_mm").get()
    of = applied(file("SKF,6205,新名,26,2,1,", "SKF,6206,,,1,1,"))
    services.undo_import(of.pk, by=None)
    assert Product.objects.values("name", "bore_mm").get() == before
    assert PriceFact.objects.get().net_unit_price == 1
    assert AuditEntry.objects.filter(action="products.import_undone").count() == 1


def test_undo_refuses_when_a_row_is_used_or_changed_since(file: Any) -> None:
    of = applied(file("SKF,6205,,,1,1,", "SKF,6206,,,1,1,"))
    used, changed = Product.objects.order_by("pk")
    factories.ProductCodeFactory(product=used)
    Product.objects.filter(pk=changed.pk).update(version=2)
    with pytest.raises(services.UndoBlockedError) as refused:
        services.undo_import(of.pk, by=None)
    assert refused.value.count == 2
    assert Product.objects.count() == PriceFact.objects.count() == 2
    assert Import.objects.get(pk=of.pk).status == Import.Status.APPLIED


def test_a_product_that_was_merged_is_left_alone(file: Any) -> None:
    kept = factories.ProductFactory(brand__code="SKF", designation="6205-2RS1")
    factories.ProductFactory(brand__code="SKF", designation="6205 2RS", merged_into=kept)
    of = check(file("SKF,6205-2RS,新名,,1,1,"))
    assert codes(of) == {2: ["merged_product"]}
    assert not of.stopping_rows
    services.apply_import(of.pk, by=None)
    assert not PriceFact.objects.exists()


def test_the_hot_word_list_changes_once_with_new_names(file: Any) -> None:
    before = words.state_of(words.WORDS).revision
    of = applied(file("SKF,6205,,,1,1,", "SKF,6206,,,1,1,"))
    assert words.state_of(words.WORDS).revision == before + 1
    applied(file("SKF,6205,,,2,1,"))
    assert words.state_of(words.WORDS).revision == before + 1
    services.undo_import(Import.objects.order_by("-pk").values_list("pk", flat=True)[0], by=None)
    services.undo_import(of.pk, by=None)
    assert words.state_of(words.WORDS).revision > before + 1
