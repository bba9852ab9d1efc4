"""Stock documents on paper: transfer note, count sheet, receipt or issue note, assembly order."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import User
from erp.core.models import Unit
from erp.core.printing import date_text, is_chinese, letterhead, print_document, quantity_text
from inventory.models import Assembly, StockCount, StockEntry, Transfer
from inventory.models.documents import StockDocument, StockLine

_DRAFTS = {"draft", "reserved", "submitted", "counting", "reviewed"}
Row = dict[str, str]


def stock_document_pdf(
    document: StockDocument, *, language: str | None = None, by: User | None
) -> tuple[str, bytes]:
    """Return the name and the bytes of a document's PDF; see ``print_document``.

    A transfer on its way is printed anew when its goods have come: the two are told apart.
    """
    context = _CONTEXTS[type(document)]
    return print_document(
        document,
        "print/stock_document.html",
        lambda: context(document),
        drafts=_DRAFTS,
        by=by,
        language=language,
        edition=str(getattr(document, "received_on", None) or ""),
    )


def _context(document: StockDocument, title: str, **more: Any) -> dict[str, Any]:
    return {
        "title": title,
        "ref": document.ref,
        "company": letterhead(),
        "dated_on": date_text(document.dated_on),
        "notes": document.notes,
        "maker": str(document.created_by),
        "facts": [],
        **more,
    }


def _unit(unit: Unit) -> str:
    return unit.name_zh if is_chinese() else unit.name_en


def _rows(document: Any, *places: str) -> list[Any]:
    related = ("product__brand", "product__unit", *places)
    return list(document.lines.select_related(*related))


def _item(line: StockLine) -> Row:
    product = line.product
    return {
        "no": str(line.line_no),
        "brand": product.brand_label,
        "designation": product.designation,
        "description": product.name,
        "note": line.note,
        "unit": _unit(product.unit),
    }


def _transfer(document: Transfer) -> dict[str, Any]:
    shows_arrival = document.received_on is not None and not document.is_within
    columns = [_("From bin"), _("To bin"), _("Quantity")]
    rows = []
    for line in _rows(document, "from_bin", "to_bin"):
        cells = [_code(line.from_bin), _code(line.to_bin), quantity_text(line.quantity)]
        if shows_arrival:
            cells += [quantity_text(line.received_quantity), quantity_text(line.lost_quantity)]
        rows.append({**_item(line), "cells": cells})
    if shows_arrival:
        columns += [_("Received"), pgettext("goods", "Lost")]
    facts = [
        (_("From warehouse"), str(document.warehouse)),
        (_("To warehouse"), str(document.to_warehouse)),
    ]
    signers = [_("Sent by"), _("Carried by"), _("Received by")]
    return _context(
        document, _("Transfer note"), facts=facts, columns=columns, rows=rows, signers=signers
    )


def _code(place: Any) -> str:
    return place.code if place is not None else ""


def _count(document: StockCount) -> dict[str, Any]:
    """Before it is posted a sheet to write on, afterwards what was found."""
    is_posted = document.number is not None
    shows_books = not document.is_blind or is_posted
    columns = [_("Bin")]
    columns += [_("In the books")] if shows_books else []
    columns += [_("Counted")] + ([_("Difference")] if is_posted else [])
    rows = []
    for line in _rows(document, "bin"):
        books = line.expected_quantity if is_posted else line.snapshot_quantity
        cells = [line.bin.code]
        cells += [_quantity(books)] if shows_books else []
        cells.append(_quantity(line.counted_quantity))
        cells += [_quantity(line.variance)] if is_posted else []
        rows.append({**_item(line), "cells": cells})
    facts = [(_("Warehouse"), str(document.warehouse))]
    facts += [(_("Zone"), document.zone)] if document.zone else []
    return _context(
        document,
        _("Stock count"),
        facts=facts,
        columns=columns,
        rows=rows,
        signers=[_("Counted by"), _("Checked by"), _("Date")],
        writes_in=not is_posted,
    )


def _quantity(value: Any) -> str:
    return "" if value is None else quantity_text(value)


def _entry(document: StockEntry) -> dict[str, Any]:
    rows = [
        {**_item(line), "cells": [line.bin.code, quantity_text(line.quantity)]}
        for line in _rows(document, "bin")
    ]
    facts = [
        (_("Warehouse"), str(document.warehouse)),
        (_("Kind"), document.get_kind_display()),
        (_("Reason"), document.reason),
    ]
    if document.customer is not None:
        facts.append((_("Customer"), document.customer.name))
    title = _("Other goods receipt") if document.comes_in else _("Other goods issue")
    return _context(
        document,
        title,
        facts=facts,
        columns=[_("Bin"), _("Quantity")],
        rows=rows,
        signers=[_("Prepared by"), _("Approved by"), _("Received by")],
    )


def _assembly(document: Assembly) -> dict[str, Any]:
    rows = [
        {**_item(line), "cells": [line.bin.code, quantity_text(line.quantity)]}
        for line in _rows(document, "bin")
    ]
    made = document.product
    facts = [
        (_("Set"), f"{made.brand_label} {made.designation}"),
        (_("Quantity"), f"{quantity_text(document.quantity)} {_unit(made.unit)}"),
        (_("Warehouse"), str(document.warehouse)),
        (_("Bin of the set"), document.bin.code),
    ]
    title = _("Disassembly order") if document.takes_apart else _("Assembly order")
    return _context(
        document,
        title,
        facts=facts,
        columns=[_("Bin"), _("Quantity")],
        rows=rows,
        signers=[_("Issued by"), _("Assembled by"), _("Checked by")],
    )


_CONTEXTS: dict[type[StockDocument], Callable[[Any], dict[str, Any]]] = {
    Transfer: _transfer,
    StockCount: _count,
    StockEntry: _entry,
    Assembly: _assembly,
}
