"""FI06: a body one byte too long, too many fields, too many files; nothing stays behind."""

import asyncio
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from erp.core.bodies import BodyLimit
from tests import factories as f

pytestmark = pytest.mark.django_db
PAGE, API = "/enquiries/new/", "/api/v1/enquiries"
MOST = 4 * 1024 * 1024


@pytest.fixture
def seller(client: Client, settings: Any) -> Client:
    settings.MAX_BODY_BYTES = MOST
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 1024  # so that a file goes to the disk
    user = f.UserFactory(role="sales")
    client.force_login(user)
    client.customer = f.CustomerFactory(owner=user)  # type: ignore[attr-defined]
    return client


@pytest.fixture
def temporary(settings: Any, tmp_path: Path) -> Iterator[Path]:
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    yield tmp_path
    assert list(tmp_path.iterdir()) == []


def _body(size: int) -> tuple[bytes, str]:
    """Return a multipart body of exactly ``size`` bytes."""
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n'
    tail = b"\r\n--x--\r\n"
    return head + b"6" * (size - len(head) - len(tail)) + tail, "multipart/form-data; boundary=x"


@pytest.mark.parametrize("path", [PAGE, API])
def test_a_body_one_byte_too_long_is_413(seller: Client, temporary: Path, path: str) -> None:
    allowed = seller.generic("POST", path, *_body(MOST))
    longer = seller.generic("POST", path, *_body(MOST + 1))
    assert allowed.status_code in {400, 409}  # read, and then found wanting
    assert longer.status_code == 413
    if path == API:
        assert longer.json()["code"] == "too_large"


def test_what_the_length_hides_is_counted(seller: Client, temporary: Path, settings: Any) -> None:
    """A length that lies low: the parser stops at what is declared, or at the limit."""
    content, kind = _body(MOST * 2)
    settings.MAX_BODY_BYTES = MOST // 2
    answer = seller.generic("POST", API, content, kind, headers={"content-length": str(MOST)})
    assert answer.status_code == 413


@pytest.mark.parametrize("path", [PAGE, API])
def test_a_thousand_and_one_fields_are_400(seller: Client, temporary: Path, path: str) -> None:
    fields = {f"field{number}": "1" for number in range(1001)}
    file = SimpleUploadedFile("a.txt", b"6205 10" * 1000)
    assert seller.post(path, {**fields, "file": file}).status_code == 400


@pytest.mark.parametrize("path", [PAGE, API])
def test_a_hundred_and_one_files_are_400(seller: Client, temporary: Path, path: str) -> None:
    sent = {f"file{number}": SimpleUploadedFile("a.txt", b"x" * 2000) for number in range(101)}
    assert seller.post(path, sent).status_code == 400


def test_the_page_says_why(seller: Client) -> None:
    seller.cookies["django_language"] = "en"
    answer = seller.generic("POST", PAGE, *_body(MOST + 1))
    assert "What you sent is too large." in answer.content.decode()


@pytest.mark.parametrize(
    ("name", "content", "status"),
    [
        ("a.html", b"6205 10", 415),
        ("a.txt", b"", 415),
        ("a.xlsx", b"<html>", 415),
        ("a.xlsx", b"PK\x03\x04", 400),
        ("a.txt", b"6" * (10 * 1024 * 1024 + 1), 413),
    ],
)
def test_the_page_answers_with_the_status_of_the_api(
    seller: Client, settings: Any, name: str, content: bytes, status: int
) -> None:
    """FI01, FI06, FI07: both doors use one guard."""
    settings.MAX_BODY_BYTES = 20 * 1024 * 1024
    customer = seller.customer.pk  # type: ignore[attr-defined]
    for path, field in ((PAGE, "customer"), (API, "customer_id")):
        sent = {field: customer, "file": SimpleUploadedFile(name, content), "token": "t"}
        assert seller.post(path, sent).status_code == status, path


# --- the server ------------------------------------------------------------------------------


async def _reading_all(scope: Any, receive: Any, send: Any) -> None:
    while (await receive()).get("more_body"):
        pass
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b""})


def _asked(pieces: list[bytes], *, declared: int | None = None) -> tuple[int, int]:
    """Return the status, and how many pieces were taken."""
    sent: list[Any] = []
    left = list(pieces)

    async def receive() -> Any:
        body = left.pop(0)
        return {"type": "http.request", "body": body, "more_body": bool(left)}

    async def send(message: Any) -> None:
        sent.append(message)

    headers = [] if declared is None else [(b"content-length", str(declared).encode())]
    scope = {"type": "http", "headers": headers}
    asyncio.run(BodyLimit(_reading_all, 100)(scope, receive, send))
    return sent[0]["status"], len(pieces) - len(left)


def test_the_server_takes_no_more_than_allowed() -> None:
    assert _asked([b"x" * 50, b"x" * 50]) == (200, 2)
    assert _asked([b"x" * 50, b"x" * 51, b"x" * 50]) == (413, 2)
    assert _asked([b"x" * 101], declared=101) == (413, 0)
    assert _asked([b"x" * 101], declared=10) == (413, 1)


def test_temporary_files_are_made_where_the_test_looks(temporary: Path) -> None:
    from django.core.files.uploadedfile import TemporaryUploadedFile  # noqa: PLC0415

    file = TemporaryUploadedFile("a.txt", "text/plain", 1, None)
    assert Path(file.temporary_file_path()).parent == temporary
    assert tempfile.gettempdir() != str(temporary)
    file.close()
