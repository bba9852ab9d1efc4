"""A page as a browser holds it: the inputs of its form, ready to be posted."""

from html.parser import HTMLParser
from typing import Any


class _Inputs(HTMLParser):
    def __init__(self, form_id: str) -> None:
        super().__init__()
        self.form_id = form_id
        self.inside = False
        self.values: dict[str, list[str]] = {}
        self.select: str | None = None
        self.first_option: str | None = None
        self.is_multiple = False
        self.area: str | None = None

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        told = dict(attrs)
        if tag == "form":
            self.inside = told.get("id") == self.form_id
        if not self.inside or "disabled" in told:
            return
        name = told.get("name")
        if tag == "input" and name:
            self._input(name, told)
        elif tag == "textarea" and name:
            self.area = name
            self.values[name] = [""]
        elif tag == "select" and name:
            self.select, self.first_option = name, None
            self.is_multiple = "multiple" in told
        elif tag == "option" and self.select:
            value = told.get("value", "")
            self.first_option = value if self.first_option is None else self.first_option
            if "selected" in told:
                self.values.setdefault(self.select, []).append(value)

    def _input(self, name: str, told: dict[str, Any]) -> None:
        kind = told.get("type", "text")
        if kind in {"checkbox", "radio"} and "checked" not in told:
            return
        if kind not in {"submit", "button", "file"}:
            ticked = "on" if kind in {"checkbox", "radio"} else ""
            self.values.setdefault(name, []).append(told.get("value", ticked))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.inside = False
        elif tag == "textarea" and self.area:
            text = self.values[self.area][0]
            self.values[self.area] = [text.removeprefix("\n")]
            self.area = None
        elif tag == "select" and self.select:
            if self.first_option is not None and not self.is_multiple:
                self.values.setdefault(self.select, [self.first_option])
            self.select = None

    def handle_data(self, data: str) -> None:
        if self.area:
            self.values[self.area][0] += data


def filled(response: Any, form_id: str) -> dict[str, list[str]]:
    """Return what a browser would post of a page nobody touched."""
    parser = _Inputs(form_id)
    parser.feed(response.content.decode())
    parser.values.pop("csrfmiddlewaretoken", None)
    return {k: v for k, v in parser.values.items() if "__prefix__" not in k}
