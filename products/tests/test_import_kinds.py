"""Kinds brands, prices and interchanges: accepted, refused, unchanged the second time, undone."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from erp.core.errors import DomainError
from erp.core.models import Company
from imports import services
from imports.models import Import
from imports.report import as_report
from products.models import Brand, Interchange, PriceFact
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def check(company: Company, tmp_path: Path) -> Any:
    def run(kind: str, text: str, by: Any = None) -> Import:
        path = tmp_path / "list.csv"
        path.write_text(text, encoding="utf-8")
        made = services.create_import(kind, path.name, by=by)
        return services.check_import(made.pk, path=path, by=by)

    return run


def codes(of: Import) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for problem in as_report(of)["problems"]:
        found.setdefault(problem["row"], []).append(problem["code"])
    return found


def apply(of: Import, **options: Any) -> Import:
    return services.apply_import(of.pk, by=None, **options)


# --- brands ----------------------------------------------------------------------------------

BRANDS = "code,name_en,name_zh,country,aliases\nLYC,LYC,洛轴,cn,lyc|洛阳\nSKF,SKF,斯凯孚,SE,\n"


def test_brands_are_made_and_their_other_names_gathered(check: Any) -> None:
    factories.BrandFactory(code="SKF", aliases=["瑞典SKF"])
    of = apply(check("brands", BRANDS))
    assert (of.counts["new"], of.counts["changed"]) == (1, 1)
    brand = Brand.objects.get(code="LYC")
    assert (brand.name_zh, brand.country, brand.aliases) == ("洛轴", "CN", ["lyc", "洛阳"])
    more = "code,aliases\nSKF,S.K.F；瑞典SKF\n"
    apply(check("brands", more))
    assert Brand.objects.get(code="SKF").aliases == ["瑞典SKF", "S.K.F"]
    for text in (BRANDS, more):
        assert apply(check("brands", text)).counts["changed"] == 0
    services.undo_import(Import.objects.filter(kind="brands").order_by("pk")[1].pk, by=None)
    assert Brand.objects.get(code="SKF").aliases == ["瑞典SKF"]


def test_one_name_leads_to_one_brand(check: Any) -> None:
    factories.BrandFactory(code="SKF", name_zh="斯凯孚")
    of = check("brands", "code,name_zh,country\nXYZ,斯凯孚,Sweden\nABC,甲,\nABD,甲,\n,乙,CN\n")
    assert codes(of) == {
        2: ["bad_country", "name_taken"],
        4: ["name_taken"],
        5: ["required"],
    }


# --- prices ----------------------------------------------------------------------------------


def test_a_price_list_is_ours_or_the_supplier_s(check: Any) -> None:
    product = factories.ProductFactory(brand__code="SKF", designation="6205-2RS1/C3")
    supplier = factories.SupplierFactory(code="S-1", name="XX轴承")
    text = "品牌,型号,单价,供应商,起订量\nSKF,62052rs1c3,12.5,,\nSKF,6205-2RS1/C3,9.25,XX轴承,100\n"
    of = apply(check("prices", text))
    ours, theirs = PriceFact.objects.filter(product=product).order_by("kind")
    assert (ours.kind, ours.supplier, ours.net_unit_price) == ("list", None, Decimal("12.5"))
    assert (theirs.kind, theirs.supplier, theirs.quantity) == ("rfq", supplier, Decimal(100))
    again = apply(check("prices", text))
    assert (again.counts["unchanged"], again.counts["new"]) == (2, 0)
    dearer = apply(check("prices", text.replace("12.5", "13")))
    assert (dearer.counts["changed"], PriceFact.objects.count()) == (1, 3)
    services.undo_import(dearer.pk, by=None)
    services.undo_import(of.pk, by=None)
    assert not PriceFact.objects.exists()


def test_prices_of_what_is_unknown_are_refused(check: Any) -> None:
    factories.ProductFactory(brand__code="SKF", designation="6205")
    of = check(
        "prices",
        "品牌,型号,单价,币种,供应商\nSKF,6206,1,,\nXKF,6205,1,,\nSKF,6205,1,XYZ,\nSKF,6205,1,,无此\n"
        "SKF,6205,0,,\n",
    )
    assert codes(of) == {
        2: ["unknown_product"],
        3: ["unknown_brand"],
        4: ["unknown_currency"],
        5: ["unknown_supplier"],
        6: ["zero_price"],
    }


def test_a_supplier_out_of_sight_is_unknown(check: Any) -> None:
    factories.ProductFactory(brand__code="SKF", designation="6205")
    buyer, other = (factories.UserFactory(role="purchaser") for _person in range(2))
    factories.SupplierFactory(name="XX轴承", owner=other)
    text = "品牌,型号,单价,供应商\nSKF,6205,1,XX轴承\n"
    assert codes(check("prices", text, by=other)) == {}
    seen = buyer.has_perm("customers.view_all_supplier")
    assert codes(check("prices", text, by=buyer)) == ({} if seen else {2: ["unknown_supplier"]})


def test_a_price_list_without_prices_is_refused(check: Any) -> None:
    factories.BrandFactory(code="SKF")
    with pytest.raises(DomainError) as refused:
        check("prices", "品牌,型号,备注\nSKF,6205,x\n")
    assert refused.value.field == "price"


# --- interchanges ----------------------------------------------------------------------------

HEAD = "品牌,型号,替代品牌,替代型号,等级,来源\n"


def test_interchanges_come_as_proposals(check: Any) -> None:
    factories.ProductFactory(brand__code="SKF", designation="6205-2Z")
    factories.ProductFactory(brand__code="NSK", designation="6205ZZ")
    text = HEAD + "SKF,6205-2Z,NSK,6205 ZZ,相同,目录\n"
    of = apply(check("interchanges", text))
    row = Interchange.objects.get()
    assert (row.grade, row.source, row.approved_at) == ("identical", "目录", None)
    assert apply(check("interchanges", text)).counts["unchanged"] == 1
    turned = HEAD + "NSK,6205ZZ,SKF,6205-2Z,相同,目录\n"
    assert apply(check("interchanges", turned)).counts["unchanged"] == 1
    services.undo_import(of.pk, by=None)
    assert not Interchange.objects.exists()


def test_an_interchange_the_designations_contradict_is_refused(check: Any) -> None:
    for brand, name in (("SKF", "6205-2Z"), ("NSK", "6205DDU"), ("NSK", "6206ZZ")):
        factories.ProductFactory(brand__code=brand, designation=name)
    of = check(
        "interchanges",
        HEAD
        + "SKF,6205-2Z,NSK,6205DDU,相同,\nSKF,6205-2Z,NSK,6206ZZ,相同,\n"
        + "SKF,6205-2Z,SKF,6205-2Z,相同,\n"
        + "SKF,6205-2Z,NSK,7208,相同,\nSKF,6205-2Z,NSK,6205DDU,近似,\n",
    )
    assert codes(of) == {
        2: ["not_identical"],
        3: ["not_identical"],
        4: ["same_product"],
        5: ["unknown_product"],
        6: ["bad_grade"],
    }
