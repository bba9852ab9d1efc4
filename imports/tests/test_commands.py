"""The commands: what they print, and how they end."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from erp.core.models import Company
from imports.models import Import
from products.models import Product
from tests import factories

pytestmark = pytest.mark.django_db

GOOD = "品牌,型号,单价\nSKF,6205,1.5\nSKF,6206,2.5\n"
BAD = GOOD + "SKF,6207,面议\n"


@pytest.fixture(autouse=True)
def _brands(company: Company) -> None:
    factories.BrandFactory(code="SKF")


@pytest.fixture
def run(tmp_path: Path) -> Any:
    def call(text: str, *options: str, kind: str = "products") -> tuple[int, dict[str, Any]]:
        path = tmp_path / "list.csv"
        path.write_text(text, encoding="utf-8")
        out, code = io.StringIO(), 0
        try:
            call_command("import_data", kind, str(path), "--json", *options, stdout=out)
        except SystemExit as end:
            code = int(str(end.code))
        return code, json.loads(out.getvalue())

    return call


def test_check_writes_nothing_and_tells_all(run: Any) -> None:
    code, report = run(BAD, "--check")
    assert code == 1
    wanted = {"rows": 3, "ok": 2, "new": 2, "changed": 0, "unchanged": 0}
    assert {name: report[name] for name in wanted} == wanted
    assert (report["duplicates"], report["refused"], report["not_data"]) == (0, 1, 0)
    (problem,) = report["problems"]
    assert (problem["row"], problem["column"], problem["code"]) == (4, "单价", "bad_price")
    assert problem["message"]
    assert Import.objects.get(pk=report["import_id"]).status == "checked"
    assert not Product.objects.exists()


def test_a_refused_row_stops_unless_it_is_skipped(run: Any) -> None:
    code, report = run(BAD)
    assert (code, report["status"], Product.objects.count()) == (1, "checked", 0)
    code, report = run(BAD, "--skip-refused")
    assert (code, report["status"], report["new"], Product.objects.count()) == (0, "applied", 2, 2)
    code, report = run(GOOD)
    assert (code, report["unchanged"], report["new"], report["changed"]) == (0, 2, 0, 0)


def test_errors_are_written_to_a_workbook(run: Any, tmp_path: Path) -> None:
    out = tmp_path / "errors.xlsx"
    run(BAD, "--check", "--errors", str(out))
    assert out.read_bytes().startswith(b"PK")


def test_undo_takes_it_back(run: Any) -> None:
    _code, report = run(GOOD)
    out = io.StringIO()
    call_command("undo_import", str(report["import_id"]), stdout=out)
    assert not Product.objects.exists()
    with pytest.raises(CommandError):
        call_command("undo_import", str(report["import_id"]), stdout=out)


def test_undo_names_what_stands_against_it(run: Any) -> None:
    _code, report = run(GOOD)
    factories.ProductCodeFactory(product=Product.objects.get(designation="6205"))
    err = io.StringIO()
    with pytest.raises(CommandError) as refused:
        call_command("undo_import", str(report["import_id"]), stderr=err)
    assert refused.value.returncode == 1
    assert "6205" in err.getvalue()


def test_a_checked_import_is_applied_later(run: Any) -> None:
    _code, report = run(GOOD, "--check")
    call_command("apply_import", str(report["import_id"]), "--json", stdout=io.StringIO())
    assert Product.objects.count() == 2
    with pytest.raises(CommandError):
        call_command("apply_import", "987654", stdout=io.StringIO())


def test_what_cannot_be_read_is_told(run: Any, tmp_path: Path) -> None:
    code, report = run("Fabrikat,Typ\nSKF,6205\n")
    assert (code, report["error"]) == (1, "no_headings")
    with pytest.raises(CommandError) as missing:
        call_command("import_data", "products", str(tmp_path / "nothing.csv"))
    assert missing.value.returncode == 2
    with pytest.raises(CommandError) as unknown:
        call_command("import_data", "products", str(tmp_path / "list.csv"), "--user", "nobody")
    assert unknown.value.returncode == 2


def test_for_people_it_says_it_in_words(run: Any, tmp_path: Path) -> None:
    path = tmp_path / "bad.csv"
    path.write_text(BAD, encoding="utf-8")
    out, err = io.StringIO(), io.StringIO()
    with pytest.raises(SystemExit):
        call_command("import_data", "products", str(path), stdout=out, stderr=err)
    assert "row 4" in err.getvalue()
    assert "3 rows, 2 new" in out.getvalue()
    assert "nothing written" in out.getvalue()
