"""Templates and static files ask no other host and run no script a strict policy would refuse."""

import re

import pytest

from tests.sources import APPS, ROOT

TEMPLATES = sorted(
    path.relative_to(ROOT)
    for app in APPS
    for path in (ROOT / app).rglob("templates/**/*")
    if path.suffix in {".html", ".svg", ".txt"}
)
STYLES = sorted(
    path.relative_to(ROOT)
    for app in APPS
    for path in (ROOT / app).rglob("static/**/*")
    if path.suffix in {".css", ".js"} and "vendor" not in path.parts
)
_ELSEWHERE = re.compile(
    r"""(?:src|href|srcset|action|poster|data|hx-\w+)\s*=\s*["']?\s*(?:https?:)?//""", re.IGNORECASE
)
_INLINE = re.compile(r"<script(?P<attributes>[^>]*)>", re.IGNORECASE)
_HANDLER = re.compile(r"""<[^>]*\son\w+\s*=\s*["']""", re.IGNORECASE)


def _faults_of_template(text: str) -> list[str]:
    faults = []
    if _ELSEWHERE.search(text):
        faults.append("asks another host")
    for script in _INLINE.finditer(text):
        attributes = script["attributes"]
        if "src=" not in attributes and "nonce=" not in attributes:
            faults.append("inline script without nonce")
    if _HANDLER.search(text) or "javascript:" in text.lower():
        faults.append("script in an attribute")
    return faults


def test_templates_stay_at_home() -> None:
    assert TEMPLATES
    bad = {str(p): f for p in TEMPLATES if (f := _faults_of_template((ROOT / p).read_text()))}
    assert bad == {}


def test_styles_and_scripts_stay_at_home() -> None:
    away = re.compile(r"""(?:url\(|@import|import|fetch\()\s*["'(]*\s*(?:https?:)?//""")
    assert [str(p) for p in STYLES if away.search((ROOT / p).read_text())] == []


@pytest.mark.parametrize(
    "text",
    [
        '<link href="https://fonts.example.com/x.css">',
        "<script src='//cdn.example.com/x.js'></script>",
        "<script>go()</script>",
        '<a onclick="go()">x</a>',
        '<a href="javascript:go()">x</a>',
    ],
)
def test_a_fault_of_a_template_is_seen(text: str) -> None:
    assert _faults_of_template(text)
    assert not _faults_of_template('<script nonce="{{ n }}">go()</script><a href="/x/">x</a>')


def test_no_query_in_a_template() -> None:
    """Values are worked out before the page is rendered."""
    query = re.compile(r"\.objects\.|\.(?:filter|exclude|count)\b(?!\s*\|)")
    bad = [
        f"{path}: {tag}"
        for path in TEMPLATES
        for tag in re.findall(r"{[{%].*?[%}]}", (ROOT / path).read_text(), re.DOTALL)
        if query.search(tag)
    ]
    assert bad == []
