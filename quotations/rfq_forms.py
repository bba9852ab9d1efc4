"""What the pages of a request for quotation take in: lines, replies, awards, as typed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import BadRequest
from django.http import QueryDict
from django.utils.translation import gettext as _

from accounts.models import User
from erp.core.errors import DomainError
from erp.core.money import plain
from products.search import Query, match
from quotations.models import RfqLine, RfqReply, RfqSupplier
from quotations.rfq_cells import read_day, read_days, read_price
from quotations.services import AwardInput, ReplyInput, ReplyTerms, RfqLineInput

_LINE_COLUMNS = ("product", "origin_line", "wording", "quantity", "wanted_on")
_REPLY_COLUMNS = ("line", "unit_price", "minimum_quantity", "lead_time", "offered", "remark")


def id_of(text: str) -> int:
    """Return the id a form names, or 0, which no row has."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


def columns_of(data: QueryDict, names: Sequence[str]) -> list[dict[str, str]]:
    """Return the rows of a grid as sent. Raises BadRequest when columns differ in length."""
    columns = {name: data.getlist(name) for name in names}
    if len({len(values) for values in columns.values()}) != 1:
        raise BadRequest("columns differ in length")
    if any("\x00" in value for values in columns.values() for value in values):
        raise BadRequest("bad value")
    return [dict(zip(names, values, strict=True)) for values in zip(*columns.values(), strict=True)]


# --- the lines of a draft ----------------------------------------------------------------------


def read_lines(data: QueryDict, *, ticked: bool = False) -> list[RfqLineInput]:
    """Return the lines as typed; one without a quantity is left out.

    ``ticked``: of the lines of an origin only those ticked.

    Raises DomainError naming the line that is wrong.
    """
    lines = []
    wanted = set(data.getlist("take"))
    for number, row in enumerate(columns_of(data, _LINE_COLUMNS), 1):
        if ticked and row["origin_line"] and row["origin_line"] not in wanted:
            continue
        quantity = _number(row["quantity"], f"lines[{number}].quantity")
        if quantity is None:
            continue
        lines.append(
            RfqLineInput(
                product_id=id_of(row["product"]),
                quantity=quantity,
                wording=row["wording"].strip()[:200],
                wanted_on=_day(row["wanted_on"], f"lines[{number}].wanted_on"),
                origin_line_id=id_of(row["origin_line"]) or None,
            )
        )
    return lines


def _number(text: str, place: str) -> Decimal | None:
    try:
        return read_price(text[:40])
    except ValueError as error:
        message = _("%(value)s is no number.") % {"value": text[:40]}
        raise DomainError(message, code="bad_number", field=place) from error


def _day(text: str, place: str) -> date | None:
    try:
        return read_day(text[:40])
    except ValueError as error:
        message = _("%(value)s is no date.") % {"value": text[:40]}
        raise DomainError(message, code="bad_date", field=place) from error


def _days(text: str, place: str) -> int | None:
    try:
        return read_days(text[:40])
    except ValueError as error:
        message = _("%(value)s is no lead time.") % {"value": text[:40]}
        raise DomainError(message, code="bad_lead_time", field=place) from error


def due_of(data: QueryDict) -> date | None:
    return _day(data.get("due_on", ""), "due_on")


# --- the replies of a supplier -------------------------------------------------------------------


@dataclass(slots=True)
class ReplyRow:
    """One line of the grid of replies, with what is typed for it."""

    line: RfqLine
    unit_price: str = ""
    minimum_quantity: str = ""
    lead_time: str = ""
    offered: str = ""
    remark: str = ""
    grade: str = ""
    errors: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, line: RfqLine, reply: RfqReply | None) -> "ReplyRow":
        if reply is None:
            return cls(line)
        days, least = reply.lead_time_days, reply.minimum_quantity
        return cls(
            line,
            plain(reply.unit_price),
            plain(least) if least is not None else "",
            str(days) if days is not None else "",
            str(reply.offered) if reply.offered else "",
            reply.remark,
            reply.get_grade_display() if reply.grade else "",
        )


def reply_rows(
    lines: Iterable[RfqLine], replies: Mapping[int, RfqReply], data: QueryDict | None = None
) -> list[ReplyRow]:
    """Return the grid: as stored, or as typed where something was sent."""
    rows = [ReplyRow.of(line, replies.get(line.pk)) for line in lines]
    if data is None:
        return rows
    typed = {id_of(row["line"]): row for row in columns_of(data, _REPLY_COLUMNS)}
    for row in rows:
        for name in _REPLY_COLUMNS[1:]:
            setattr(row, name, typed.get(row.line.pk, {}).get(name, ""))
    return rows


def read_replies(
    rows: Sequence[ReplyRow], replies: Mapping[int, RfqReply], *, by: User
) -> list[ReplyInput]:
    """Return the replies as typed; what is wrong is noted on its cell and the answer is empty."""
    offered = _offered(rows, replies, by=by)
    found = []
    for row in rows:
        values: dict[str, Any] = {}
        for name, read in (
            ("unit_price", read_price),
            ("minimum_quantity", read_price),
            ("lead_time", read_days),
        ):
            try:
                values[name] = read(getattr(row, name)[:40])
            except ValueError:
                row.errors[name] = _("This is not understood.")
        if row.offered.strip() and row.line.pk not in offered:
            row.errors["offered"] = _("There is no such product.")
        if not row.errors:
            found.append(
                ReplyInput(
                    row.line.pk,
                    values["unit_price"],
                    values["minimum_quantity"] or None,
                    values["lead_time"],
                    offered.get(row.line.pk),
                    remark=row.remark.strip()[:200],
                )
            )
    return [] if any(row.errors for row in rows) else found


def _offered(
    rows: Sequence[ReplyRow], replies: Mapping[int, RfqReply], *, by: User
) -> dict[int, int]:
    """Return the products named as offered instead, by line; unknown ones are missing."""
    found, asked = {}, []
    for row in rows:
        stored = replies.get(row.line.pk)
        text = row.offered.strip()
        if text and stored and stored.offered_id and text == str(stored.offered):
            found[row.line.pk] = stored.offered_id
        elif text:
            asked.append(row)
    if asked:
        hits = match([Query(row.offered.strip()[:120]) for row in asked], user=by)
        for row, hit in zip(asked, hits, strict=True):
            if hit.chosen is not None:
                found[row.line.pk] = hit.chosen.product.pk
    return found


def read_terms(data: QueryDict) -> ReplyTerms:
    """Return what is typed of all lines. Raises DomainError naming the field that is wrong."""
    return ReplyTerms(
        currency=data.get("currency", "")[:3],
        price_includes_tax=data.get("price_includes_tax") == "1",
        valid_until=_day(data.get("valid_until", ""), "valid_until"),
        lead_time_days=_days(data.get("lead_time_days", ""), "lead_time_days"),
        terms=data.get("terms", "").strip()[:200],
        reference=data.get("reference", "").strip()[:60],
        declined=data.get("declined") == "1",
    )


def blame_row(rows: Sequence[ReplyRow], refusal: DomainError) -> bool:
    """Put a service's refusal on the cell it names; return whether it named one."""
    place, _dot, name = refusal.field.partition(".")
    number = place.removeprefix("lines[").removesuffix("]")
    if not (number.isdigit() and 0 < int(number) <= len(rows)):
        return False
    rows[int(number) - 1].errors[name.removesuffix("_days").removesuffix("_id")] = refusal.message
    return True


# --- awards ----------------------------------------------------------------------------------


def read_awards(
    data: QueryDict, replies: Iterable[RfqReply], awarded: Mapping[int, Decimal]
) -> dict[int, list[AwardInput]]:
    """Return the awards of every line of which something is typed otherwise than stored."""
    typed: dict[int, list[AwardInput]] = {}
    changed = set()
    for reply in replies:
        name = f"award-{reply.pk}"
        if name not in data:
            continue
        quantity = _number(data.get(name, ""), name) or Decimal(0)
        typed.setdefault(reply.line_id, [])
        if quantity:
            typed[reply.line_id].append(AwardInput(reply.pk, quantity))
        if quantity != awarded.get(reply.pk, Decimal(0)):
            changed.add(reply.line_id)
    return {line: awards for line, awards in typed.items() if line in changed}


def terms_shown(invitation: RfqSupplier, data: QueryDict | None = None) -> dict[str, Any]:
    """Return the terms for the form: as stored, or as typed."""
    if data is not None:
        return {name: data.get(name, "") for name in (*_TEXTS, "price_includes_tax", "declined")}
    days, until = invitation.lead_time_days, invitation.valid_until
    return {
        "currency": invitation.currency_id,
        "price_includes_tax": "1" if invitation.price_includes_tax else "0",
        "valid_until": until.isoformat() if until else "",
        "lead_time_days": str(days) if days is not None else "",
        "terms": invitation.terms,
        "reference": invitation.reference,
        "declined": "1" if invitation.declined else "",
    }


_TEXTS = ("currency", "valid_until", "lead_time_days", "terms", "reference")
