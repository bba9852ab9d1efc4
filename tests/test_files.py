"""Files of rows: kept under their hash, seen by whoever sees the row (CASES.md FI01-FI04)."""

import io
from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.handlers.asgi import ASGIRequest
from django.template import Context, Template
from django.test import Client
from PIL import Image

from audit.models import AuditEntry
from erp.core.attachments import attach, files_of, pictures_of, thumbnail_path, withdraw
from erp.core.errors import DomainError
from erp.core.models import Attachment
from erp.core.serving import file_answer
from erp.core.tests import files
from orders.models import SalesOrder
from products.models import Product
from quotations.models import Enquiry
from tests import factories as f
from tests.support import refused

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    return Path(settings.MEDIA_ROOT)


@pytest.fixture
def keeper() -> Any:
    return f.UserFactory(rights=["products.view_product", "products.change_product"])


@pytest.fixture
def picture(keeper: Any) -> Attachment:
    content = files.picture("JPEG", (900, 300))
    return attach(Product, f.ProductFactory().pk, "轴承.jpg", content, by=keeper)


def client_of(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def stored(media: Path) -> set[str]:
    return {str(path.relative_to(media)) for path in media.rglob("*") if path.is_file()}


def content_of(response: Any) -> bytes:
    return b"".join(response.streaming_content)


# --- keeping ---------------------------------------------------------------------------------


def test_a_picture_is_kept_with_a_small_copy(picture: Attachment, media: Path, keeper: Any) -> None:
    path = f"uploaded/{picture.sha256[:2]}/{picture.sha256}"
    assert stored(media) == {path, thumbnail_path(picture)}
    assert (picture.name, picture.content_type) == ("轴承.jpg", "image/jpeg")
    assert picture.is_intact()
    entry = AuditEntry.objects.get(action="products.product.file_added")
    assert (entry.actor, entry.object_id) == (keeper, str(picture.object_id))


@pytest.mark.parametrize(
    "name",
    ["../../x.png", "/etc/x.png", "..\\x.png", "%2e%2e%2fx.png", "x" * 300 + ".png", "CON.png"],
)
def test_no_name_leads_out_of_the_store(name: str, media: Path, keeper: Any) -> None:
    """FI02: the name is for people; the path is the hash."""
    kept = attach(Product, f.ProductFactory().pk, name, files.picture(), by=keeper)
    assert {Path(path).name for path in stored(media)} == {kept.sha256}
    assert [path.name for path in media.parent.iterdir()] == ["media"]
    assert "/" not in kept.name
    assert "\\" not in kept.name
    assert len(kept.name) <= 100


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.svg", b"<svg onload=alert(1)>", "unsupported_type"),
        ("a.html", files.HTML, "unsupported_type"),
        ("a.php.png", files.picture(), "unsupported_type"),
        ("a.png", files.HTML, "wrong_type"),
        ("a.png", b"", "empty_file"),
        ("a.png", files.png_claiming(30_000, 30_000), "too_large"),
        ("a.png", files.picture(size=(400, 300))[:500], "bad_picture"),
    ],
)
def test_what_is_refused_leaves_nothing(
    name: str, content: bytes, code: str, media: Path, keeper: Any
) -> None:
    """FI01, FI07."""
    product = f.ProductFactory()
    with refused(code):
        attach(Product, product.pk, name, content, by=keeper)
    assert stored(media) == set()


def test_one_file_is_there_once(picture: Attachment, keeper: Any, media: Path) -> None:
    content = files.picture("JPEG", (900, 300))
    with refused("already_attached"):
        attach(Product, picture.object_id, "again.jpg", content, by=keeper)
    other = attach(Product, f.ProductFactory().pk, "other.jpg", content, by=keeper)
    assert other.file.name == picture.file.name  # kept once, under its hash
    assert len(stored(media)) == 2


def test_a_row_that_is_not_there_takes_no_file(keeper: Any) -> None:
    with refused("not_found"):
        attach(Product, 987_654_321, "a.png", files.picture(), by=keeper)


def test_what_is_removed_stays_recorded(picture: Attachment, keeper: Any) -> None:
    gone = withdraw(picture.pk, by=keeper)
    assert gone.is_intact()
    assert not files_of(Product.objects.get()).exists()
    assert AuditEntry.objects.get(action="products.product.file_removed").actor == keeper
    with pytest.raises(DomainError):
        withdraw(picture.pk, by=keeper)
    content = files.picture("JPEG", (900, 300))
    assert attach(Product, picture.object_id, "b.jpg", content, by=keeper).pk != picture.pk


# --- serving ---------------------------------------------------------------------------------


def test_a_picture_is_served_safely(picture: Attachment, keeper: Any) -> None:
    """FI01: no guessing of types, a sandbox; a browser that has it is told so."""
    client = client_of(keeper)
    response = client.get(f"/files/{picture.pk}/")
    assert Image.open(io.BytesIO(content_of(response))).size == (900, 300)
    assert response.headers["Content-Type"] == "image/jpeg"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response.headers["Content-Security-Policy"]
    assert response.headers["Content-Disposition"].startswith("inline")
    assert "private" in response.headers["Cache-Control"]
    again = client.get(f"/files/{picture.pk}/", headers={"if-none-match": response["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    small = client.get(f"/files/{picture.pk}/thumbnail/")
    assert Image.open(io.BytesIO(content_of(small))).size == (240, 80)


def test_a_paper_is_offered_for_saving() -> None:
    """FI01: nothing but our own pictures opens in the browser."""
    seller = f.UserFactory(role="sales")
    order = f.SalesOrderFactory(owner=seller)
    paper = attach(SalesOrder, order.pk, "订单.pdf", b"%PDF-1.7\n<script>", by=seller)
    response = client_of(seller).get(f"/files/{paper.pk}/")
    assert response.headers["Content-Disposition"] == (
        "attachment; filename=\"__.pdf\"; filename*=UTF-8''%E8%AE%A2%E5%8D%95.pdf"
    )
    assert content_of(response) == b"%PDF-1.7\n<script>"


def test_a_file_is_seen_by_whoever_sees_its_row() -> None:
    """FI03: a stranger gets what a missing number gets; a right taken away is taken away."""
    seller, other = f.UserFactory(role="sales"), f.UserFactory(role="sales")
    order = f.SalesOrderFactory(owner=seller)
    paper = attach(SalesOrder, order.pk, "a.pdf", b"%PDF-1.7", by=seller)
    path, missing = f"/files/{paper.pk}/", "/files/987654321/"
    assert client_of(seller).get(path).status_code == 200
    strange = client_of(other)
    assert [strange.get(url).status_code for url in (path, missing)] == [404, 404]
    assert Client().get(path).headers["Location"].startswith("/admin/login/")
    SalesOrder.objects.filter(pk=order.pk).update(owner=other)
    assert client_of(seller).get(path).status_code == 404
    assert strange.get(path).status_code == 200


def test_what_is_removed_or_issued_is_not_served_here(picture: Attachment, keeper: Any) -> None:
    """FI04."""
    client = client_of(keeper)
    issued = f.AttachmentFactory(object_type="products.product", object_id=picture.object_id)
    withdraw(picture.pk, by=keeper)
    for pk in (picture.pk, issued.pk):
        assert client.get(f"/files/{pk}/").status_code == 404
        assert client.get(f"/files/{pk}/thumbnail/").status_code == 404


@pytest.mark.parametrize("object_type", ["", "nonsense", "auth.user", "sessions.session", "a.b.c"])
def test_a_file_of_nothing_is_seen_by_nobody(object_type: str) -> None:
    stray = f.UploadedFileFactory(object_type=object_type)
    assert client_of(f.UserFactory(is_superuser=True)).get(f"/files/{stray.pk}/").status_code == 404


def test_a_file_missing_from_the_store_is_404(
    picture: Attachment, keeper: Any, media: Path
) -> None:
    (media / str(picture.file)).unlink()
    assert client_of(keeper).get(f"/files/{picture.pk}/").status_code == 404


@pytest.mark.parametrize("path", ["/media/", "/media/uploaded/00/x", "/media../erp/settings.py"])
def test_the_store_has_no_address(path: str) -> None:
    """FI03."""
    client = client_of(f.UserFactory(is_superuser=True))
    assert client.get(path).status_code == 404


def test_behind_nginx_the_view_only_names_the_file(
    picture: Attachment, keeper: Any, settings: Any
) -> None:
    settings.X_ACCEL_PREFIX = "/protected/"
    response = client_of(keeper).get(f"/files/{picture.pk}/")
    assert response.headers["X-Accel-Redirect"] == f"/protected/{picture.file}"
    assert response.content == b""
    assert client_of(f.UserFactory()).get(f"/files/{picture.pk}/").status_code == 404


def test_under_asgi_it_comes_in_pieces(picture: Attachment) -> None:
    """A plain iterator would be read to its end before the first byte leaves."""
    scope = {"type": "http", "method": "GET", "path": "/", "headers": []}
    request = ASGIRequest(scope, io.BytesIO())
    content = b"6205 SKF\n" * 100_000
    path = default_storage.save("a", ContentFile(content))
    response: Any = file_answer(request, path, "a.txt", "text/plain")

    async def collected() -> list[bytes]:
        return [piece async for piece in response.streaming_content]

    pieces = async_to_sync(collected)()
    assert len(pieces) > 2
    assert b"".join(pieces) == content
    assert response.headers["Content-Length"] == str(len(content))


# --- on the pages ----------------------------------------------------------------------------


def test_pictures_are_added_and_removed_on_the_product_s_page(keeper: Any) -> None:
    product, client = f.ProductFactory(), client_of(keeper)
    page = f"/admin/products/product/{product.pk}/"
    sent = [
        SimpleUploadedFile("a.png", files.picture()),
        SimpleUploadedFile("bad.png", files.HTML),
    ]
    answer = client.post(f"{page}files/", {"file": sent}, follow=True)
    (kept,) = files_of(product)
    text = answer.content.decode()
    assert "bad.png" in text
    assert f"/files/{kept.pk}/thumbnail/" in text
    client.post(f"{page}files/{kept.pk}/remove/")
    assert not files_of(product).exists()


def test_files_are_kept_by_whoever_may_change_the_row(picture: Attachment) -> None:
    viewer = client_of(f.UserFactory(rights=["products.view_product"]))
    page = f"/admin/products/product/{picture.object_id}/"
    file = SimpleUploadedFile("b.png", files.picture())
    assert viewer.post(f"{page}files/", {"file": file}).status_code == 403
    assert viewer.post(f"{page}files/{picture.pk}/remove/").status_code == 403
    text = viewer.get(f"{page}change/").content.decode()
    assert f"/files/{picture.pk}/" in text
    assert "erp-files-add" not in text


def test_another_row_s_file_is_not_removed_here(picture: Attachment, keeper: Any) -> None:
    other = f.ProductFactory()
    path = f"/admin/products/product/{other.pk}/files/{picture.pk}/remove/"
    assert client_of(keeper).post(path).status_code == 404
    picture.refresh_from_db()
    assert picture.withdrawn_at is None


def test_a_page_asks_for_the_newest_picture(picture: Attachment, keeper: Any) -> None:
    product = Product.objects.get()
    newer = attach(Product, product.pk, "b.png", files.picture(), by=keeper)
    attach(Product, product.pk, "c.txt", b"6205", by=keeper)
    template = Template("{% load files %}{% picture_url row %} {% picture_url row 'thumbnail' %}")
    assert template.render(Context({"row": product})) == (
        f"/files/{newer.pk}/ /files/{newer.pk}/thumbnail/"
    )
    assert template.render(Context({"row": f.ProductFactory()})) == " "
    assert pictures_of([product]) == {product.pk: newer}
    assert pictures_of([]) == {}


# --- enquiries -------------------------------------------------------------------------------


@pytest.mark.parametrize("door", ["page", "api"])
def test_the_file_an_enquiry_came_in_is_kept(door: str) -> None:
    seller, other = f.UserFactory(role="sales"), f.UserFactory(role="sales")
    customer = f.CustomerFactory(owner=seller)
    f.ProductFactory(designation="6205-2RS", brand=f.BrandFactory(code="SKF"))
    content = files.workbook([["型号", "品牌", "数量"], ["6205-2RS", "SKF", 10]])
    file = SimpleUploadedFile("询价.xlsx", content)
    client = client_of(seller)
    if door == "page":
        sent = {"customer": customer.pk, "file": file, "token": "t", "text": ""}
        assert client.post("/enquiries/new/", sent).status_code == 302
    else:
        sent = {"customer_id": customer.pk, "file": file}
        assert client.post("/api/v1/enquiries", sent).status_code == 201
    enquiry = Enquiry.objects.get()
    (kept,) = files_of(enquiry)
    assert kept.name == "询价.xlsx"
    assert content_of(client.get(f"/files/{kept.pk}/")) == content
    assert client_of(other).get(f"/files/{kept.pk}/").status_code == 404
    assert f"/files/{kept.pk}/" in client.get(f"/enquiries/{enquiry.pk}/").content.decode()


def test_a_type_of_any_length_fits() -> None:
    """SQLite would keep a longer one, MariaDB refuse it."""
    longest = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    assert (Attachment._meta.get_field("content_type").max_length or 0) >= len(longest)
