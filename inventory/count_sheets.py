"""The sheet a count is done by, handed out and read back: xlsx, xls or csv."""

import tempfile
from collections.abc import Sequence
from pathlib import Path, PurePath
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from erp.core.errors import DomainError
from erp.core.exports import restored, write_xlsx
from erp.core.refused_files import refused
from erp.core.tables import (
    NumberStyle,
    decimal_of,
    layout_of,
    number_style,
    open_sheets,
    plain_heading,
)
from erp.core.uploads import UnreadableFile
from inventory.models import StockCount, StockCountLine
from inventory.services import CountInput, bins_named
from products.search import match

_HEADINGS = {
    "line": "序号|行号|no|no.|line",
    "bin": "货位|库位|仓位|bin|location",
    "designation": "型号|规格型号|产品型号|designation|part|part number|model",
    "brand": "品牌|厂家|brand",
    "counted": "实盘数|实盘数量|盘点数|盘点数量|counted|count|quantity|数量",
    "note": "备注|note|remarks",
}
_KNOWN = {
    plain_heading(text): name for name, texts in _HEADINGS.items() for text in texts.split("|")
}


def count_sheet(count: StockCount) -> bytes:
    """Return the workbook; a blind one does not tell what the books say."""
    hides = count.is_blind and count.status in {"draft", "counting"}
    headers = [_("No."), _("Bin"), _("Brand"), _("Designation"), _("Unit")]
    headers += [] if hides else [_("On hand at the start")]
    headers += [_("Counted"), _("Note")]
    lines = count.lines.select_related("product__brand", "product__unit", "bin")

    def row(line: StockCountLine) -> list[Any]:
        product = line.product
        unit = str(product.unit)
        cells = [line.line_no, line.bin.code, product.brand_label, product.designation, unit]
        cells += [] if hides else [line.snapshot_quantity]
        return [*cells, line.counted_quantity, line.note]

    return write_xlsx(headers, (row(line) for line in lines), count.ref)


def read_sheet(count: StockCount, file: Any, *, user: User) -> list[CountInput]:
    """Return what a filled-in sheet says; rows without a counted quantity are left alone.

    A row is known by its number on the sheet, if bin and designation are still those, else by bin
    and designation. Raises DomainError with the codes of refused files, bad_sheet, unknown_bin,
    unknown_product, bad_quantity, naming the row.
    """
    rows = _rows_of(file)
    style = number_style([cells["counted"] for _number, cells in rows if cells.get("counted")])
    told = [(number, cells) for number, cells in rows if cells.get("counted", "").strip()]
    if not told:
        raise DomainError(_("Nothing was counted."), code="no_lines", field="file")
    lines = {line.line_no: line for line in count.lines.select_related("product", "bin").iterator()}
    found = _found(count, [(n, cells) for n, cells in told if _line(cells, lines) is None], user)
    entries = []
    for number, cells in told:
        line, note = _line(cells, lines), cells.get("note", "").strip()[:200]
        quantity = _quantity(number, cells["counted"], style)
        product_id, bin_id = (None, None) if line else found[number]
        entries.append(
            CountInput(
                quantity,
                line_id=line.pk if line else None,
                product_id=product_id,
                bin_id=bin_id,
                note=note or None,
            )
        )
    return entries


def _quantity(number: int, text: str, style: NumberStyle) -> Any:
    try:
        return decimal_of(text, style)
    except ValueError:
        raise _wrong(number, text, "bad_quantity") from None


def _wrong(number: int, text: str, code: str) -> DomainError:
    messages = {
        "bad_quantity": _("Row %(number)d: “%(text)s” is no quantity."),
        "unknown_bin": _("Row %(number)d: there is no bin “%(text)s”."),
        "unknown_product": _("Row %(number)d: no part was found for “%(text)s”."),
    }
    return DomainError(
        messages[code] % {"number": number, "text": text[:80]}, code=code, field=f"rows[{number}]"
    )


def _line(cells: dict[str, str], lines: dict[int, StockCountLine]) -> StockCountLine | None:
    """Return the line a row was printed from, unless somebody wrote another part or bin in it."""
    text = cells.get("line", "").strip().removesuffix(".0")
    line = lines.get(int(text)) if text.isascii() and text.isdigit() and len(text) < 8 else None
    if line is None:
        return None
    same_bin = cells.get("bin", line.bin.code).strip().upper() in {"", line.bin.code.upper()}
    written = restored(cells.get("designation", "").strip())
    return line if same_bin and written in {"", line.product.designation} else None


def _found(
    count: StockCount, rows: Sequence[tuple[int, dict[str, str]]], user: User
) -> dict[int, tuple[int, int]]:
    """Return product and bin of the rows that are no lines of the count yet."""
    if not rows:
        return {}
    bins = bins_named([cells.get("bin", "") for _n, cells in rows], count.warehouse_id)
    texts = [
        f"{cells.get('brand', '')} {restored(cells.get('designation', '').strip())}".strip()
        for _n, cells in rows
    ]
    found = {}
    for (number, cells), text, hit in zip(rows, texts, match(texts, user=user), strict=True):
        place = bins.get(cells.get("bin", "").strip().upper())
        if place is None:
            raise _wrong(number, cells.get("bin", ""), "unknown_bin")
        sure = {h.product.pk for h in hit.hits if h.match in {"exact", "normalised", "code"}}
        if len(sure) != 1:
            raise _wrong(number, text, "unknown_product")
        found[number] = (sure.pop(), place.pk)
    return found


def _rows_of(file: Any) -> list[tuple[int, dict[str, str]]]:
    """Return the rows below the headings, by their number in the sheet."""
    if file is None:
        raise DomainError(_("Choose a file."), code="empty_file", field="file")
    suffix = PurePath(file.name or "").suffix.lower()[:6]
    with tempfile.NamedTemporaryFile(suffix=suffix) as kept:
        for chunk in file.chunks():
            kept.write(chunk)
        kept.flush()
        try:
            sheets = open_sheets(Path(kept.name), file.name or "")
            return _read(sheets)
        except UnreadableFile as error:
            raise refused(error) from error


def _read(sheets: Sequence[Any]) -> list[tuple[int, dict[str, str]]]:
    for sheet in sheets:
        layout = layout_of(sheet, lambda text: _KNOWN.get(plain_heading(text)))
        if layout is not None and "counted" in layout.columns:
            below = (row for row in sheet.rows() if row.number > layout.heading_row)
            return [(row.number, _cells(row.cells, layout.columns)) for row in below]
    raise DomainError(
        _("The sheet has no column for what was counted."), code="bad_sheet", field="file"
    )


def _cells(cells: Sequence[str], columns: dict[str, int]) -> dict[str, str]:
    return {name: str(cells[at]) for name, at in columns.items() if at < len(cells)}
