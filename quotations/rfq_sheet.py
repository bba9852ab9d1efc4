"""Our sheet for a supplier: written, and read when it comes back filled in.

Each row carries a key of its own, signed, by which it is known again wherever it was moved. Columns
are found by their headings in either language; what is not ours is refused row by row.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils import translation
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from accounts.models import User
from erp.core.documents import check_quantity, check_unit_price
from erp.core.errors import DomainError
from erp.core.exports import file_name, restored, write_xlsx
from erp.core.periods import company
from erp.core.printing import is_chinese
from erp.core.refused_files import refused
from erp.core.uploads import UnreadableFile, table_of_file
from products.models import ProductCode
from products.search import Query, match
from quotations.models import Rfq, RfqLine, RfqSupplier
from quotations.rfq_cells import read_day, read_days, read_price
from quotations.services import ReplyInput, ReplyTerms

_SALT = "quotations.rfq-sheet"
_KEY = re.compile(r"R(\d{1,18})-(\d{1,18})-([0-9a-f]{12})")
# Columns by name, as headed in the sheet; only what follows the unit is filled in.
COLUMNS = {
    "line_no": gettext_lazy("No."),
    "brand": gettext_lazy("Brand"),
    "designation": gettext_lazy("Designation"),
    "description": gettext_lazy("Description"),
    "code": gettext_lazy("Your code"),
    "quantity": gettext_lazy("Quantity"),
    "unit": gettext_lazy("Unit"),
    "wanted_on": gettext_lazy("Wanted on"),
    "unit_price": gettext_lazy("Your unit price"),
    "minimum_quantity": gettext_lazy("Minimum quantity"),
    "lead_time_days": gettext_lazy("Lead time in days"),
    "offered": gettext_lazy("Offered instead"),
    "remark": gettext_lazy("Remark"),
    "key": gettext_lazy("Row key (do not change)"),
}
TERMS = {
    "valid_until": gettext_lazy("Your prices are valid until"),
    "terms": gettext_lazy("Your terms of payment and delivery"),
    "reference": gettext_lazy("Your reference"),
}
_FILLED = ("unit_price", "minimum_quantity", "lead_time_days", "offered", "remark")
_LANGUAGES = ("zh-hans", "en")


def row_key(invitation: RfqSupplier, line_id: int) -> str:
    return f"R{invitation.pk}-{line_id}-{_signature(invitation.pk, line_id)}"


def _signature(invitation_id: int, line_id: int) -> str:
    return salted_hmac(_SALT, f"{invitation_id}:{line_id}").hexdigest()[:12]


# --- written ---------------------------------------------------------------------------------


def supplier_codes(supplier_id: int, product_ids: Iterable[int]) -> dict[int, str]:
    """Return what a supplier calls these products himself."""
    codes = ProductCode.objects.active().filter(supplier=supplier_id, product__in=set(product_ids))
    return dict(codes.order_by("-pk").values_list("product_id", "code"))


def rfq_sheet(rfq: Rfq, invitation: RfqSupplier) -> tuple[str, bytes]:
    """Return the name and the bytes of the workbook a supplier fills in, in his language."""
    lines = list(rfq.lines.select_related("unit"))
    codes = supplier_codes(invitation.supplier_id, [line.product_id for line in lines])
    with override(invitation.language):
        rows = [_written(invitation, line, codes.get(line.product_id, "")) for line in lines]
        content = write_xlsx(list(COLUMNS.values()), rows, rfq.ref, _above(rfq, invitation))
    return file_name(f"{rfq.ref} {invitation.supplier.code}", "xlsx"), content


def _written(invitation: RfqSupplier, line: RfqLine, code: str) -> list[Any]:
    unit = line.unit.name_zh if is_chinese() else line.unit.name_en
    asked = [line.line_no, line.brand_name, line.designation, line.description, code]
    wanted = [line.quantity.normalize() + 0, unit, line.wanted_on]
    return [*asked, *wanted, *([None] * len(_FILLED)), row_key(invitation, line.pk)]


def _above(rfq: Rfq, invitation: RfqSupplier) -> list[list[Any]]:
    """Return what stands over the lines: who asks whom, for when, and what else to fill in."""
    us, partner = company(), invitation.partner_snapshot
    name = us.name if is_chinese() else us.name_en or us.name
    side = _("prices with tax") if invitation.price_includes_tax else _("prices without tax")
    return [
        [f"{_('Request for quotation')} {rfq.ref}"],
        [_("From"), " · ".join(filter(None, [name, str(rfq.owner), us.phone, us.email]))],
        [_("To"), partner.get("name") or invitation.supplier.name],
        [_("Please answer by"), rfq.due_on],
        [_("Currency"), f"{invitation.currency_id}, {side}"],
        *([[_("Notes"), rfq.notes]] if rfq.notes else []),
        *([label, None] for label in TERMS.values()),
        [_("Fill in the columns from “%(first)s” on.") % {"first": COLUMNS["unit_price"]}],
    ]


# --- read ------------------------------------------------------------------------------------


@dataclass(slots=True)
class ReadSheet:
    """What a returned sheet says, and which of its rows were not taken and why."""

    replies: list[ReplyInput] = field(default_factory=list)
    terms: ReplyTerms = field(default_factory=ReplyTerms)
    refused: list[tuple[int, str]] = field(default_factory=list)


def read_sheet(name: str, content: bytes, invitation: RfqSupplier, *, by: User) -> ReadSheet:
    """Read a returned sheet.

    Raises DomainError with the guard's code, not_our_sheet, wrong_request, wrong_supplier.
    """
    try:
        table = [[restored(cell) for cell in row] for row in table_of_file(name, content)]
    except UnreadableFile as error:
        raise refused(error) from error
    at, places = _headings(table)
    sheet = ReadSheet(terms=_read_terms(table[:at]))
    lines = {line.pk: line for line in invitation.document.lines.all()}
    wished: list[tuple[int, str]] = []
    for number, row in enumerate(table[at + 1 :], at + 2):
        cells = {
            column: row[place].strip() if place < len(row) else ""
            for column, place in places.items()
        }
        if any(cells.get(column) for column in ("key", *_FILLED)):
            _take_row(sheet, number, cells, invitation, lines, wished)
    if not sheet.replies and not sheet.refused:
        raise _not_ours()
    _find_offered(sheet, wished, by=by)
    return sheet


def _not_ours() -> DomainError:
    return DomainError(
        _("This is not our sheet: its headings or row keys are missing."),
        code="not_our_sheet",
        field="file",
    )


def _texts(labels: Mapping[str, Any]) -> dict[str, str]:
    """Return column by heading, in every language."""
    known = {}
    for language in _LANGUAGES:
        with translation.override(language):
            known.update({_folded(str(label)): name for name, label in labels.items()})
    return known


def _folded(text: str) -> str:
    return re.sub(r"[\s:：]+", "", text).lower()


def _headings(table: Sequence[Sequence[str]]) -> tuple[int, dict[str, int]]:
    """Return the number of the row of headings and where each column is."""
    known = _texts(COLUMNS)
    for number, row in enumerate(table[:60]):
        found = {known[_folded(cell)]: at for at, cell in enumerate(row) if _folded(cell) in known}
        if {"key", "unit_price"} <= found.keys():
            return number, found
    raise _not_ours()


def _read_terms(table: Sequence[Sequence[str]]) -> ReplyTerms:
    known, terms = _texts(TERMS), ReplyTerms()
    for row in table:
        filled = [cell.strip() for cell in row if cell.strip()]
        name = known.get(_folded(filled[0])) if len(filled) > 1 else None
        if name == "valid_until":
            try:
                terms["valid_until"] = read_day(filled[1])
            except ValueError as error:
                raise DomainError(
                    _("%(value)s is no date.") % {"value": filled[1][:40]},
                    code="bad_date",
                    field="file",
                ) from error
        elif name == "terms":
            terms["terms"] = filled[1][:200]
        elif name == "reference":
            terms["reference"] = filled[1][:60]
    return terms


def _take_row(
    sheet: ReadSheet,
    number: int,
    cells: Mapping[str, str],
    invitation: RfqSupplier,
    lines: Mapping[int, RfqLine],
    wished: list[tuple[int, str]],
) -> None:
    line_id = _line_of(cells.get("key", ""), invitation)
    if line_id is None or line_id not in lines:
        sheet.refused.append((number, _("This row is not one of ours.")))
        return
    if any(reply.line_id == line_id for reply in sheet.replies):
        sheet.refused.append((number, _("This line is answered twice.")))
        return
    try:
        reply = _reply(line_id, cells)
    except ValueError as error:
        sheet.refused.append((number, _("%(value)s is not understood.") % {"value": error}))
        return
    except DomainError as refusal:
        sheet.refused.append((number, refusal.message))
        return
    if cells.get("offered") and reply.unit_price is not None:
        wished.append((len(sheet.replies), cells["offered"][:120]))
    sheet.replies.append(reply)


def _line_of(key: str, invitation: RfqSupplier) -> int | None:
    """Return the line a key of ours names, None for what is no key; another's is refused."""
    found = _KEY.fullmatch(key)
    if found is None:
        return None
    asked, line_id = int(found[1]), int(found[2])
    if not constant_time_compare(found[3], _signature(asked, line_id)):
        return None
    if asked == invitation.pk:
        return line_id
    same = RfqSupplier.objects.filter(pk=asked, document=invitation.document_id).exists()
    if same:
        message, code = _("This sheet was made for another supplier."), "wrong_supplier"
    else:
        message, code = _("This sheet belongs to another request."), "wrong_request"
    raise DomainError(message, code=code, field="file")


def _reply(line_id: int, cells: Mapping[str, str]) -> ReplyInput:
    price = read_price(cells.get("unit_price", ""))
    if price is None:
        return ReplyInput(line_id)
    least = read_price(cells.get("minimum_quantity", ""))
    check_unit_price(price, field="file")
    if price <= 0:
        raise DomainError(_("An offered price is above 0."), code="bad_price", field="file")
    if least is not None:
        check_quantity(least, field="file")
    return ReplyInput(
        line_id,
        price,
        least or None,
        read_days(cells.get("lead_time_days", "")),
        remark=cells.get("remark", "")[:200],
    )


def _find_offered(sheet: ReadSheet, wished: list[tuple[int, str]], *, by: User) -> None:
    """Find the products offered instead; what is not found stays as a remark."""
    if not wished:
        return
    found = match([Query(text) for _place, text in wished], user=by)
    for (place, text), one in zip(wished, found, strict=True):
        reply = sheet.replies[place]
        if one.chosen is not None:
            sheet.replies[place] = _with(reply, offered_id=one.chosen.product.pk)
        else:
            remark = " ".join(filter(None, [text, reply.remark]))[:200]
            sheet.replies[place] = _with(reply, remark=remark)


def _with(reply: ReplyInput, *, offered_id: int | None = None, remark: str = "") -> ReplyInput:
    price: Decimal | None = reply.unit_price
    return ReplyInput(
        reply.line_id,
        price,
        reply.minimum_quantity,
        reply.lead_time_days,
        offered_id,
        remark=remark or reply.remark,
    )
