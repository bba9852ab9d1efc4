"""The pages: who may see and do what, and each step as it is clicked."""

import io
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import Workbook, load_workbook

from accounts.models import User
from erp.core import jobs
from erp.core.errors import DomainError
from erp.core.models import Company
from imports import services
from imports.models import Import, ImportMapping
from products.models import Product
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)

GOOD = "品牌,型号,单价\nSKF,6205,1.5\n"
BAD = "品牌,型号,单价\nSKF,6205,1.5\nSKF,6206,面议\nSKF,6206/C3,面议\n"


@pytest.fixture(autouse=True)
def _stage(
    company: Company, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Jobs run at once, in this thread."""
    settings.MEDIA_ROOT = tmp_path
    settings.CELERY_BROKER_URL = ""

    def dispatch(_name: str, kind: jobs.JobKind, arguments: tuple[Any, ...]) -> None:
        kind.function(*arguments)

    monkeypatch.setattr(jobs, "_dispatch", dispatch)
    factories.BrandFactory(code="SKF")


@pytest.fixture
def buyer() -> User:
    return factories.UserFactory(role="purchaser")


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def send(
    client: Client, content: str | bytes, name: str = "list.csv", kind: str = "products"
) -> Any:
    body = content if isinstance(content, bytes) else content.encode()
    page = client.get("/imports/new/")
    data = {"token": page.context["token"], "kind": kind, "file": SimpleUploadedFile(name, body)}
    return client.post("/imports/new/", data)


def press(client: Client, of: Import, step: str, **data: str) -> Any:
    token = client.get(f"/imports/{of.pk}/").context["token"]
    return client.post(f"/imports/{of.pk}/{step}/", {"token": token, **data})


def test_a_file_is_checked_applied_and_undone_by_clicks(buyer: User) -> None:
    client = signed_in(buyer)
    assert send(client, GOOD).status_code == 302
    of = Import.objects.get()
    assert (of.owner, of.status, of.counts["new"]) == (buyer, "checked", 1)
    assert "list.csv" in client.get("/imports/").content.decode()
    press(client, of, "apply")
    assert Product.objects.count() == 1
    page = client.get(f"/imports/{of.pk}/").content.decode()
    assert "/admin/products/product/" in page
    press(client, of, "undo")
    of.refresh_from_db()
    assert (of.status, Product.objects.count()) == ("undone", 0)


def test_the_button_pressed_twice_applies_once(buyer: User) -> None:
    client = signed_in(buyer)
    send(client, GOOD)
    of = Import.objects.get()
    token = client.get(f"/imports/{of.pk}/").context["token"]
    for _press in range(2):
        answer = client.post(f"/imports/{of.pk}/apply/", {"token": token})
        assert answer.status_code == 302
    assert Product.objects.count() == 1


def test_refused_rows_stop_until_they_are_left_out(buyer: User) -> None:
    client = signed_in(buyer)
    send(client, BAD)
    of = Import.objects.get()
    press(client, of, "apply")
    assert not Product.objects.exists()
    press(client, of, "apply", skip_refused="yes")
    assert Product.objects.count() == 1


def test_problems_are_shown_by_code_and_page(buyer: User, monkeypatch: pytest.MonkeyPatch) -> None:
    client = signed_in(buyer)
    send(client, BAD + "XKF,6207,1\n")
    of = Import.objects.get()
    monkeypatch.setattr("imports.views.PROBLEMS_PER_PAGE", 1)
    page = client.get(f"/imports/{of.pk}/", {"code": "bad_price"})
    assert [problem["row"] for problem in page.context["problems"]] == [3]
    following = client.get(f"/imports/{of.pk}/?{page.context['following']}")
    assert [problem["row"] for problem in following.context["problems"]] == [4]
    assert following.context["following"] is None


def test_the_rows_with_problems_are_downloaded(buyer: User) -> None:
    client = signed_in(buyer)
    send(client, BAD)
    answer = client.get(f"/imports/{Import.objects.get().pk}/errors.xlsx")
    sheet = load_workbook(io.BytesIO(answer.content)).active
    assert [row[2] for row in sheet.iter_rows(min_row=2, values_only=True)] == ["6206", "6206/C3"]
    assert "attachment" in answer.headers["Content-Disposition"]


def test_columns_are_mapped_by_hand_and_remembered(buyer: User) -> None:
    client = signed_in(buyer)
    send(client, "Fabrikat;Typ;EK\nSKF;6205;1,5\n")
    of = Import.objects.get()
    assert (of.status, of.error != "") == ("failed", True)
    page = client.get(f"/imports/{of.pk}/columns/")
    assert [one.heading for one in page.context["preview"].columns] == ["Fabrikat", "Typ", "EK"]
    chosen = {"column-0": "brand", "column-1": "designation", "column-2": "nonsense"}
    client.post(f"/imports/{of.pk}/columns/", {"token": page.context["token"], **chosen})
    of.refresh_from_db()
    assert (of.status, of.counts["new"]) == ("checked", 1)
    assert of.layout["columns"] == {"brand": 0, "designation": 1}
    assert ImportMapping.objects.count() == 1


def test_progress_is_shown_while_it_runs_and_the_page_comes_anew_after(buyer: User) -> None:
    client = signed_in(buyer)
    of = factories.ImportFactory(owner=buyer, status="checking")
    answer = client.get(f"/imports/{of.pk}/progress/")
    assert 'hx-trigger="every 1s"' in answer.content.decode()
    done = factories.ImportFactory(owner=buyer, status="checked")
    assert client.get(f"/imports/{done.pk}/progress/").headers["HX-Refresh"] == "true"


# --- rights ----------------------------------------------------------------------------------


def test_another_s_import_is_not_there(buyer: User) -> None:
    """CASES.md AZ07."""
    other = factories.UserFactory(role="purchaser")
    send(signed_in(other), BAD)
    of, client = Import.objects.get(), signed_in(buyer)
    for path in ("", "progress/", "columns/", "errors.xlsx"):
        assert client.get(f"/imports/{of.pk}/{path}").status_code == 404
    for step in ("apply", "undo", "check", "columns"):
        assert client.post(f"/imports/{of.pk}/{step}/", {"token": "x"}).status_code == 404
    assert of.file_name not in client.get("/imports/").content.decode()
    manager = signed_in(factories.UserFactory(role="manager"))
    assert manager.get(f"/imports/{of.pk}/").status_code == 200


def test_a_kind_needs_the_rights_over_its_table(buyer: User) -> None:
    client = signed_in(factories.UserFactory(role="storekeeper"))
    assert send(client, GOOD).status_code == 400
    assert not Import.objects.exists()
    assert send(signed_in(buyer), "code\nABC\n", kind="brands").status_code == 400
    send(signed_in(buyer), GOOD)
    of = Import.objects.get()
    Import.objects.filter(pk=of.pk).update(owner=factories.UserFactory(role="storekeeper"))
    owner = signed_in(Import.objects.get().owner)  # type: ignore[arg-type]
    assert owner.get(f"/imports/{of.pk}/").status_code == 200
    assert owner.post(f"/imports/{of.pk}/apply/", {"token": "x"}).status_code == 403
    assert not Product.objects.exists()


# --- uploads ---------------------------------------------------------------------------------


def _workbook_of_bombs() -> bytes:
    book = Workbook()
    book.active["XFD1048576"] = 1
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "status"),
    [
        ("a.exe", b"MZ\x90", 415),
        ("a.php.csv", GOOD.encode(), 415),
        ("a.csv", b"%PDF-1.7", 415),
        ("a.csv", b"", 415),
        ("a.xlsx", b"PK\x03\x04 no archive", 415),
        ("a.xlsx", _workbook_of_bombs(), 413),
    ],
)
def test_a_file_is_judged_before_it_is_kept(
    buyer: User, tmp_path: Path, name: str, content: bytes, status: int
) -> None:
    assert send(signed_in(buyer), content, name).status_code == status
    assert not Import.objects.exists()
    assert not list(tmp_path.rglob("*.*"))


def test_the_client_s_name_is_only_shown(buyer: User, tmp_path: Path) -> None:
    send(signed_in(buyer), GOOD, "../../etc/<b>x.csv")
    of = Import.objects.get()
    assert "/" not in of.file_name
    assert Path(of.file.path).resolve().is_relative_to(tmp_path.resolve())
    page = signed_in(buyer).get(f"/imports/{of.pk}/").content.decode()
    assert "<b>x" not in page


def test_a_leaver_s_open_imports_change_hands(buyer: User) -> None:
    assert set(Import.objects.open()) == set()
    of = factories.ImportFactory(owner=buyer, status="checked")
    factories.ImportFactory(owner=buyer, status="undone")
    assert list(Import.objects.open()) == [of]


def test_a_job_delivered_twice_finds_its_work_done(buyer: User) -> None:
    send(signed_in(buyer), GOOD)
    of = Import.objects.get()
    press(signed_in(buyer), of, "apply")
    jobs.registered()["imports.apply"].function(of.pk, buyer.pk)
    jobs.registered()["imports.check"].function(of.pk, "")
    of.refresh_from_db()
    assert (of.status, Product.objects.count()) == ("applied", 1)
    assert services.notice_dead() == 0


def test_an_import_of_a_command_is_not_checked_again_from_its_page(
    buyer: User, tmp_path: Path
) -> None:
    """The command read a file of its own, which nobody kept."""
    path = tmp_path / "own.csv"
    path.write_text(GOOD)
    made = services.create_import("products", path.name, by=buyer)
    services.check_import(made.pk, path=path, by=buyer)
    client = signed_in(buyer)
    token = client.get(f"/imports/{made.pk}/").context["token"]
    client.post(f"/imports/{made.pk}/check/", {"token": token})
    made.refresh_from_db()
    assert made.status == Import.Status.CHECKED
    with pytest.raises(DomainError) as refusal:
        services.start_check(made.pk, by=buyer)
    assert refusal.value.code == "no_file"
