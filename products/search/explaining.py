"""How a text was read and which rule found what, in words."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from products.designation import Designation, parse
from products.search.results import Match


def explained(found: Match) -> dict[str, Any]:
    """Return what ``search_products --explain --json`` tells beside the items."""
    read = found.understood
    if read is None:
        return {}
    return {
        "brands": [code or None for code in read.brands],
        "designation": read.designation,
        "keys": list(read.keys),
        "says": list(_said(parse(read.designation, _maker(read.brands)))),
        "old_number_of": read.old_form.key if read.old_form else None,
        "sizes": [None if size is None else _plain(size) for size in read.sizes or ()],
        "names": list(read.names),
        "found": read.found,
    }


def in_lines(found: Match) -> Iterator[str]:
    """Yield the same for people."""
    told = explained(found)
    if told["brands"]:
        brands = (code or _("not one of ours") for code in told["brands"])
        yield _("Brand: %(brands)s") % {"brands": ", ".join(brands)}
    if told["keys"]:
        yield _("Looked up as: %(keys)s") % {"keys": ", ".join(told["keys"])}
    for mark in told["says"]:
        yield f"  {mark['code']}: {mark['meaning']}"
    if told["old_number_of"]:
        yield _("Old number of: %(form)s") % {"form": told["old_number_of"]}
    if told["sizes"]:
        sizes = " × ".join(size or "–" for size in told["sizes"])
        yield _("Size: %(size)s mm") % {"size": sizes}
    if told["names"]:
        yield _("Looked up as a name: %(names)s") % {"names": ", ".join(told["names"])}
    counts = ", ".join(f"{rule} {count}" for rule, count in told["found"].items())
    yield _("Found: %(counts)s") % {"counts": counts or _("nothing")}


def _said(designation: Designation | None) -> Iterator[dict[str, str]]:
    if designation is None:
        return
    size = (designation.bore_mm, designation.outside_mm, designation.width_mm)
    shown = " × ".join(_plain(mm) for mm in size if mm is not None)
    meaning = f"{designation.family_name} {shown}".strip()
    yield {"code": designation.base, "kind": "base", "meaning": meaning}
    for mark in designation.marks:
        if mark.meaning:
            yield {"code": mark.code or "–", "kind": mark.kind, "meaning": mark.meaning}


def _maker(brands: tuple[str, ...]) -> str:
    return brands[0] if brands else ""


def _plain(size: Decimal) -> str:
    return f"{size.normalize():f}"
