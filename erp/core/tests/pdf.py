"""Reading PDFs in tests, with poppler's tools."""

import re
import shutil
import subprocess
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from erp.core.printing import pdf_available

needs_pdf = pytest.mark.skipif(pdf_available() is not None, reason=pdf_available() or "")
needs_poppler = pytest.mark.skipif(
    shutil.which("pdftotext") is None, reason="needs pdftotext: apt-get install poppler-utils"
)


def _run(program: str, pdf: bytes, *options: str) -> str:
    path = shutil.which(program)
    assert path is not None
    done = subprocess.run([path, *options], input=pdf, capture_output=True, check=True, timeout=60)  # noqa: S603
    return done.stdout.decode()


def text_of(pdf: bytes, page: int | None = None) -> str:
    """Return the text of one page or of all, its blanks folded."""
    pages = [] if page is None else ["-f", str(page), "-l", str(page)]
    return " ".join(_run("pdftotext", pdf, *pages, "-raw", "-", "-").split())


def pages_of(pdf: bytes) -> list[str]:
    """Return the text of each page."""
    text = _run("pdftotext", pdf, "-raw", "-", "-")
    return [" ".join(page.split()) for page in text.split("\f")[:-1]]


def embedded_fonts(pdf: bytes, folder: Path) -> list[str]:
    """Return the names of the fonts that are embedded; pdffonts reads no standard input."""
    path = folder / "fonts.pdf"
    path.write_bytes(pdf)
    program = shutil.which("pdffonts")
    assert program is not None
    listing = subprocess.run(  # noqa: S603
        [program, str(path)], capture_output=True, check=True, encoding="utf-8", timeout=60
    ).stdout
    return [row.split()[0] for row in listing.splitlines()[2:] if " yes " in row]


def contents_of(pdf: bytes) -> bytes:
    """Return everything in the file, compressed streams unpacked."""
    found = [pdf]
    for stream in re.findall(rb"stream\r?\n(.*?)endstream", pdf, re.DOTALL):
        try:
            found.append(zlib.decompressobj().decompress(stream))
        except zlib.error:
            continue
    return b"\n".join(found)


@contextmanager
def canary() -> Iterator[tuple[str, list[str]]]:
    """Serve on a port of this machine; yield its URL and the list of the paths asked for."""
    hits: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            hits.append(self.path)
            self.send_response(200)
            self.send_header("Content-Type", "text/css")
            self.end_headers()

        def log_message(self, *args: object) -> None:
            """Be quiet."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", hits
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def hostile_html(url: str, secret: Path) -> str:
    """Return markup that asks for a local file and for a server in every way we know."""
    file = secret.as_uri()
    return f"""
      <img src="{url}/img"><img src="{file}"><img src="static:../../../settings.py">
      <img src="jar:{url}/jar!/x"><img src="//127.0.0.1/share"><img src="\\\\127.0.0.1\\share">
      <link rel="attachment" href="{file}"><link rel="attachment" href="{url}/attachment">
      <a rel="attachment" href="{file}">a</a>
      <link rel="stylesheet" href="{url}/sheet"><link rel="stylesheet" href="{file}">
      <style>
        @import url("{url}/import"); @import url("{file}");
        @font-face {{ font-family: x; src: url("{url}/font"), url("{file}"); }}
        p {{ font-family: x; background: url("{url}/background"); }}
      </style>
      <object data="{url}/object"></object><object data="{file}"></object>
      <embed src="{url}/embed"><iframe src="{url}/frame"></iframe>
      <svg><image href="{url}/svg" width="1" height="1"/><use href="{file}#x"/></svg>
      <img src="data:image/svg+xml,&lt;svg xmlns='http://www.w3.org/2000/svg'
        xmlns:xlink='http://www.w3.org/1999/xlink'&gt;&lt;image xlink:href='{url}/nested'
        width='9' height='9'/&gt;&lt;/svg&gt;">
      <p>text</p>
    """
