"""Install pip into this virtual environment without ensurepip, which Debian packages apart.

Usage: .venv/bin/python deploy/scripts/fetch_pip.py requirements-dev.txt

The version and its hashes are the ones pinned in that file. The wheel comes from the package index
that pip itself would use, so pip's own settings (index-url, cert) are read here too. Standard
library alone: nothing else is installed yet.
"""

import base64
import configparser
import hashlib
import os
import re
import ssl
import subprocess
import sys
import tempfile
import urllib.parse
import urllib.request
from html.parser import HTMLParser
from pathlib import Path

DEFAULT_INDEX = "https://pypi.org/simple"


class Links(HTMLParser):
    """Collect the targets of a page's links."""

    def __init__(self) -> None:
        super().__init__()
        self.targets: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self.targets += [value for name, value in attrs if name == "href" and value]


def pip_setting(name: str) -> str:
    """Return pip's setting from the environment or its files, empty when it is not set."""
    value = os.environ.get(f"PIP_{name.replace('-', '_').upper()}", "")
    if value:
        return value
    home = Path.home()
    config_home = Path(os.environ.get("XDG_CONFIG_HOME") or home / ".config")
    files = [
        Path("/etc/xdg/pip/pip.conf"),
        Path("/etc/pip.conf"),
        home / ".pip" / "pip.conf",
        config_home / "pip" / "pip.conf",
    ]
    if os.environ.get("PIP_CONFIG_FILE"):
        files.append(Path(os.environ["PIP_CONFIG_FILE"]))
    config = configparser.RawConfigParser()
    config.read(files, encoding="utf-8")  # a later file wins, as in pip
    for section in ("install", "global"):
        if config.has_option(section, name):
            return config.get(section, name).strip()
    return ""


def download(url: str) -> bytes:
    """Return what the URL holds; a user and password in it are sent as basic authentication."""
    parts = urllib.parse.urlsplit(url)
    request = urllib.request.Request(url)  # noqa: S310 - the scheme is the index owner's choice
    if parts.username:
        secret = urllib.parse.unquote(f"{parts.username}:{parts.password or ''}")
        host = parts.netloc.rpartition("@")[2]
        request = urllib.request.Request(parts._replace(netloc=host).geturl())  # noqa: S310
        token = base64.b64encode(secret.encode()).decode()
        request.add_unredirected_header("Authorization", f"Basic {token}")
    context = ssl.create_default_context(cafile=pip_setting("cert") or None)
    with urllib.request.urlopen(request, timeout=60, context=context) as answer:  # noqa: S310
        content: bytes = answer.read()
    return content


def pinned(requirements: Path) -> tuple[str, set[str]]:
    """Return the pinned version of pip and its allowed SHA-256 sums."""
    entry = re.search(
        r"^pip==(\S+)((?:\s*\\?\s*--hash=sha256:[0-9a-f]{64})+)",
        requirements.read_text(encoding="utf-8"),
        re.MULTILINE,
    )
    if entry is None:
        sys.exit(f"{requirements} does not pin pip with its hashes.")
    return entry[1], set(re.findall(r"sha256:([0-9a-f]{64})", entry[2]))


def main() -> None:
    version, allowed = pinned(Path(sys.argv[1]))
    wheel = f"pip-{version}-py3-none-any.whl"
    page = f"{(pip_setting('index-url') or DEFAULT_INDEX).rstrip('/')}/pip/"
    try:
        links = Links()
        links.feed(download(page).decode())
        found = [t for t in links.targets if urllib.parse.urlsplit(t).path.split("/")[-1] == wheel]
        if not found:
            sys.exit("The package index does not offer the pinned version of pip.")
        target = urllib.parse.urljoin(page, urllib.parse.urldefrag(found[0]).url)
        content = download(target)
    except OSError as error:
        sys.exit(
            f"pip could not be downloaded ({error}). Install python3-venv, or mend the network."
        )
    if hashlib.sha256(content).hexdigest() not in allowed:
        sys.exit("The downloaded pip does not have the pinned hash.")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / wheel
        path.write_bytes(content)
        # A wheel is a zip file that Python can run from: this pip installs itself.
        subprocess.run(  # noqa: S603 - our own interpreter and a file whose hash was checked
            [sys.executable, f"{path}/pip", "install", "--quiet", "--no-index", str(path)],
            check=True,
        )


if __name__ == "__main__":
    main()
