"""Kind inbound: a maker's report of open order lines, in his layouts and his dates."""

from datetime import date
from pathlib import Path

import pytest

from imports import services
from inventory.imports.dates import DAY_FIRST, MONTH_FIRST, order_of, read_date
from inventory.models import Inbound
from tests import factories as f
from tests.importing import Importing, counts, told

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]
ZH = "客户号,客户订单号,系统订单号,系统行号,系统分行号,型号,要求交货数量,"
ZH += "当前确认的交货期,要求交货期,仓库"
EN = "Cust Order ID,Line.,Split L,Product Desgn,Req qty,RTW Date,Last date shipped,Acc Del Date,"
EN += "Req del date,Warehouse Ident,Diff Acc Days"
SHARED = Path(__file__).parents[3] / "shared" / "data" / "orders"


@pytest.fixture
def reports(tmp_path: Path) -> Importing:
    f.ProductFactory(designation="71914 ACEGA/HCP4AL")
    f.ProductFactory(designation="7016 CEGAT/P4A")
    return Importing("inbound", tmp_path)


def test_a_chinese_report_names_lines_and_dates(reports: Importing) -> None:
    path = reports.file(ZH, "C1,PO1,19K1,13,A,71914 ACEGA/HCP4AL,10,20191213,20191123,I")
    of = reports.apply(path)
    inbound = Inbound.objects.get()
    assert inbound.reference == "19K1/13/A"
    assert inbound.quantity == 10
    assert (inbound.requested_on, inbound.confirmed_on) == (date(2019, 11, 23), date(2019, 12, 13))
    assert (inbound.source_type, inbound.source_id) == ("imports.import", of.pk)
    assert counts(of) == {"new": 1}
    assert counts(reports.apply(path)) == {"unchanged": 1}


def test_the_next_report_moves_a_line_and_undoing_moves_it_back(reports: Importing) -> None:
    reports.apply(reports.file(ZH, "C1,PO1,19K1,13,A,7016 CEGAT/P4A,10,20191213,20191123,I"))
    of = reports.apply(reports.file(ZH, "C1,PO1,19K1,13,A,7016 CEGAT/P4A,4,20200110,20191123,I"))
    inbound = Inbound.objects.get()
    assert inbound.quantity == 4
    assert inbound.confirmed_on == date(2020, 1, 10)
    assert counts(of) == {"changed": 1}
    services.undo_import(of.pk, by=None)
    inbound.refresh_from_db()
    assert inbound.quantity == 10
    assert inbound.confirmed_on == date(2019, 12, 13)


def test_an_english_report_has_three_kinds_of_dates_in_a_row(reports: Importing) -> None:
    path = reports.file(
        EN,
        "18K1,13,A,7016 CEGAT/P4A,3,3/5/19,20190312,5/10/19,1/8/19,I10,-122",
        "18K1,14,B,7016 CEGAT/P4A,2,3/5/19,20190312,2019-05-24,2/15/19,I10,-98",
    )
    of = reports.apply(path)
    found = Inbound.objects.order_by("pk").values_list("requested_on", "confirmed_on")
    assert list(found) == [
        (date(2019, 1, 8), date(2019, 5, 10)),
        (date(2019, 2, 15), date(2019, 5, 24)),
    ]
    services.undo_import(of.pk, by=None)
    assert not Inbound.objects.exists()


def test_every_refusal_is_told(reports: Importing) -> None:
    f.ProductFactory(designation="7016 CEGAT/P4A", brand__code="NSK")
    head = "品牌,系统订单号,系统行号,型号,要求交货数量,当前确认的交货期,到货仓库"
    path = reports.file(
        head,
        "SKF,,1,7016 CEGAT/P4A,1,,",
        "SKF,K1,1,,1,,",
        "XKF,K1,2,7016 CEGAT/P4A,1,,",
        ",K1,3,7016 CEGAT/P4A,1,,",
        "SKF,K1,4,9999,1,,",
        "SKF,K1,5,7016 CEGAT/P4A,0,,",
        "SKF,K1,6,7016 CEGAT/P4A,,,",
        "SKF,K1,7,7016 CEGAT/P4A,1,6/7/19,",
        "SKF,K1,8,7016 CEGAT/P4A,1,soon,",
        "SKF,K1,9,7016 CEGAT/P4A,1,,WEST",
    )
    assert told(reports.check(path)) == [
        (2, "missing_order"),
        (3, "missing_model"),
        (4, "unknown_brand"),
        (5, "ambiguous_product"),
        (6, "unknown_product"),
        (7, "bad_quantity"),
        (8, "missing_quantity"),
        (9, "ambiguous_date"),
        (10, "bad_date"),
        (11, "unknown_warehouse"),
    ]


def test_the_order_of_day_and_month_is_told_by_the_file_or_not_guessed() -> None:
    assert order_of(["5/10/19", "3/20/19"]) == MONTH_FIRST
    assert order_of(["5/10/19", "20/3/19"]) == DAY_FIRST
    assert order_of(["5/10/19"]) == ""
    assert order_of(["20/3/19", "3/20/19"]) == ""
    assert order_of(["1/8/19"], [("1/8/19", "5/10/19", -122)]) == MONTH_FIRST
    assert order_of(["8/1/19"], [("8/1/19", "10/5/19", 122)]) == DAY_FIRST


def test_dates_are_read_in_every_form() -> None:
    for text in ("20190510", "2019-05-10", "2019/5/10", "2019年5月10日", "5/10/19", "5/10/2019"):
        assert read_date(text, MONTH_FIRST) == date(2019, 5, 10), text
    assert read_date("10.5.19", DAY_FIRST) == date(2019, 5, 10)
    assert read_date("5/5/19", "") == date(2019, 5, 5)
    for empty in ("0", "", "0/0/0", "00000000"):
        assert read_date(empty, "") is None
    for wrong in ("20190231", "13/13/19", "2/30/19"):
        with pytest.raises(ValueError, match=r"."):
            read_date(wrong, MONTH_FIRST)


@pytest.mark.skipif(not SHARED.exists(), reason="needs ../shared/data")
@pytest.mark.parametrize(("name", "rows"), [("zh", 2), ("en", 4)])
def test_the_makers_own_layouts_are_recognised(reports: Importing, name: str, rows: int) -> None:
    for designation in ("NN 3017 KTN9/SPVS019", "7016 CEGAT/P4B", "7020 ACDGA/P4A"):
        f.ProductFactory(designation=designation)
    of = reports.apply(SHARED / f"supplier_in_transit_{name}.csv")
    assert counts(of) == {"new": rows}
    first = Inbound.objects.order_by("pk").first()
    assert first is not None
    expected = {
        "zh": ("19K0048976/14/A", date(2019, 10, 23), date(2019, 11, 8)),
        "en": ("18K0058667/13/A", date(2019, 1, 8), date(2019, 5, 10)),
    }
    assert (first.reference, first.requested_on, first.confirmed_on) == expected[name]
