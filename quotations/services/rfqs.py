"""Drafting a request for quotation: what is asked for, and of whom."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from customers.models import Contact, Supplier
from customers.services import check_not_blocked, partner_snapshot
from erp.core.documents import check_quantity
from erp.core.errors import DomainError
from erp.core.models import rate_on
from erp.core.periods import company, company_today, known_rate
from erp.core.policy import allowed
from erp.core.record import field_changes, record
from erp.core.service import service
from messaging.services import holders_of, notify
from products.models import Product
from quotations.models import OPEN_TO_REPLIES, Rfq, RfqLine, RfqSupplier

MAX_LINES = 1000
MAX_SUPPLIERS = 50
DAYS_TO_ANSWER = 3


@dataclass(frozen=True, slots=True)
class RfqLineInput:
    """A line as entered; ``origin_line_id`` is the line of the document it is asked for."""

    product_id: int
    quantity: Decimal
    wording: str = ""
    wanted_on: date | None = None
    origin_line_id: int | None = None


@service("rfq.create")
def create_rfq(
    lines: Sequence[RfqLineInput],
    *,
    supplier_ids: Collection[int] = (),
    origin: Any = None,
    due_on: date | None = None,
    notes: str = "",
    by: User,
) -> Rfq:
    """Draft a request; ``origin`` is the enquiry, quotation or order it is made for.

    Who may not send it hands it on: those who may are told. Raises DomainError bad_line_count,
    bad_due_date, unknown_supplier, partner_blocked, no_exchange_rate or one naming the wrong line.
    """
    today = company_today()
    rfq = Rfq(
        owner=by,
        created_by=by,
        dated_on=today,
        due_on=_checked_due(due_on or today + timedelta(days=DAYS_TO_ANSWER), today),
        origin_type=origin._meta.label_lower if origin is not None else "",
        origin_id=origin.pk if origin is not None else None,
        notes=notes.strip(),
    )
    rows = _build_lines(rfq, lines)
    invitations = _build_invitations(rfq, supplier_ids)
    rfq.save()
    _store(rfq, rows)
    _store(rfq, invitations)
    record("rfq.created", rfq, by=by)
    if not allowed(by, "quotations.send_rfq"):
        notify("rfq.created", rfq, holders_of("quotations.send_rfq"))
    return rfq


def _store(rfq: Rfq, rows: Sequence[Any]) -> None:
    for row in rows:
        row.document = rfq
    if rows:
        type(rows[0]).objects.bulk_create(rows, batch_size=500)


def _checked_due(due_on: date, today: date) -> date:
    if due_on < today:
        raise DomainError(
            _("The day to answer by lies in the past."), code="bad_due_date", field="due_on"
        )
    return due_on


@service("rfq.change")
def change_rfq(
    rfq_id: int,
    *,
    lines: Sequence[RfqLineInput] | None = None,
    due_on: date | None = None,
    notes: str | None = None,
    version: int | None,
    by: User,
) -> Rfq:
    """Replace the lines of a draft, its due date or notes; what is None stays.

    Raises DomainError not_a_draft, stale_version and what ``create_rfq`` raises.
    """
    rfq = Rfq.objects.locked(rfq_id)
    rfq.check_version(version)
    check_draft(rfq)
    before = _described(rfq)
    if due_on is not None:
        rfq.due_on = _checked_due(due_on, company_today())
    if notes is not None:
        rfq.notes = notes.strip()
    if lines is not None:
        rows = _build_lines(rfq, lines)
        rfq.lines.all().delete()
        _store(rfq, rows)
    rfq.version += 1
    rfq.save()
    record("rfq.changed", rfq, by=by, changes=field_changes(before, _described(rfq)))
    return rfq


def _described(rfq: Rfq) -> dict[str, Any]:
    lines = [f"{line} × {line.quantity:f}" for line in rfq.lines.all()]
    return {"lines": lines, "due_on": rfq.due_on, "notes": rfq.notes}


def check_draft(rfq: Rfq) -> None:
    if not rfq.is_draft:
        raise DomainError(
            _("Only a draft can be edited; %(ref)s is %(status)s.")
            % {"ref": rfq.ref, "status": rfq.get_status_display()},
            code="not_a_draft",
        )


def _build_lines(rfq: Rfq, inputs: Sequence[RfqLineInput]) -> list[RfqLine]:
    if not 0 < len(inputs) <= MAX_LINES:
        raise DomainError(
            _("A request for quotation has 1 to %(most)d lines.") % {"most": MAX_LINES},
            code="bad_line_count",
            field="lines",
        )
    ids = {line.product_id for line in inputs}
    products = Product.objects.select_related("brand").following(ids)
    rows = []
    for number, entered in enumerate(inputs, 1):
        product = products.get(entered.product_id)
        if product is None:
            raise DomainError(
                _("There is no such product."),
                code="unknown_product",
                field=f"lines[{number}].product_id",
            )
        check_quantity(entered.quantity, field=f"lines[{number}].quantity")
        rows.append(
            RfqLine(
                document=rfq,
                line_no=number,
                product=product,
                brand_name=product.brand_label,
                designation=product.designation,
                description=product.name,
                unit_id=product.unit_id,
                quantity=entered.quantity,
                wording=entered.wording[:200],
                wanted_on=entered.wanted_on,
                origin_line_id=entered.origin_line_id,
            )
        )
    return rows


# --- of whom ---------------------------------------------------------------------------------


def _build_invitations(rfq: Rfq, supplier_ids: Collection[int]) -> list[RfqSupplier]:
    wanted = list(dict.fromkeys(supplier_ids))
    if not wanted:
        return []
    suppliers = Supplier.objects.active().in_bulk(wanted)
    contacts = {
        contact.supplier_id: contact
        for contact in Contact.objects.filter(supplier__in=wanted, is_default=True)
    }
    us, rates = company(), dict[str, Decimal | None]()
    rows = []
    for pk in wanted:
        supplier = suppliers.get(pk)
        if supplier is None:
            raise DomainError(
                _("There is no such supplier."), code="unknown_supplier", field="suppliers"
            )
        check_not_blocked(supplier)
        code = supplier.currency_id
        if code not in rates:
            rates[code] = rate_on(code, us, company_today())
        rows.append(
            RfqSupplier(
                document=rfq,
                supplier=supplier,
                contact=contacts.get(pk),
                # Who is paid in our own currency reads our language.
                language="zh-hans" if code == us.currency_id else "en",
                currency_id=code,
                exchange_rate=known_rate(rates[code], code),
                price_includes_tax=supplier.price_includes_tax,
            )
        )
    return rows


@service("rfq.invite")
def invite_suppliers(
    rfq_id: int, supplier_ids: Collection[int], *, version: int | None = None, by: User
) -> Rfq:
    """Ask more suppliers; of a request that is out already they count as asked at once.

    Who is asked already stays as he is. Raises DomainError rfq_closed, too_many_suppliers,
    unknown_supplier, partner_blocked, no_exchange_rate, stale_version.
    """
    rfq = Rfq.objects.locked(rfq_id)
    rfq.check_version(version)
    if not rfq.is_draft and rfq.status not in OPEN_TO_REPLIES:
        raise closed(rfq)
    asked = set(rfq.suppliers.values_list("supplier_id", flat=True))
    rows = _build_invitations(rfq, [pk for pk in supplier_ids if pk not in asked])
    if len(asked) + len(rows) > MAX_SUPPLIERS:
        raise DomainError(
            _("At most %(most)d suppliers are asked at once.") % {"most": MAX_SUPPLIERS},
            code="too_many_suppliers",
            field="suppliers",
        )
    if not rfq.is_draft:
        mark_asked(rows)
    _store(rfq, rows)
    rfq.version += 1
    rfq.save(update_fields=["version", "updated_at"])
    names = [str(row.supplier) for row in rows]
    record("rfq.invited", rfq, by=by, changes={"suppliers": (None, names)})
    return rfq


def mark_asked(rows: Sequence[RfqSupplier]) -> None:
    """Note when they were asked, and keep their details as they are today."""
    now = timezone.now()
    for row in rows:
        row.sent_at = now
        row.partner_snapshot = partner_snapshot(row.supplier)


def closed(rfq: Rfq) -> DomainError:
    return DomainError(
        _("%(ref)s is %(status)s.") % {"ref": rfq.ref, "status": rfq.get_status_display()},
        code="rfq_closed",
    )


@service("rfq.uninvite")
def drop_supplier(rfq_id: int, invitation_id: int, *, version: int | None = None, by: User) -> Rfq:
    """Take a supplier off a draft. Raises DomainError not_a_draft, not_found, stale_version."""
    rfq = Rfq.objects.locked(rfq_id)
    rfq.check_version(version)
    check_draft(rfq)
    row = rfq.suppliers.select_related("supplier").filter(pk=invitation_id).first()
    if row is None:
        raise DomainError(_("This supplier is not asked."), code="not_found")
    name = str(row.supplier)
    row.delete()
    rfq.version += 1
    rfq.save(update_fields=["version", "updated_at"])
    record("rfq.uninvited", rfq, by=by, changes={"suppliers": ([name], None)})
    return rfq


@service("rfq.set_language")
def set_language(
    rfq_id: int, invitation_id: int, language: str, *, version: int | None = None, by: User
) -> Rfq:
    """Say in which language a supplier reads. Raises DomainError not_found, bad_language."""
    rfq = Rfq.objects.locked(rfq_id)
    rfq.check_version(version)
    if language not in RfqSupplier.Language.values:
        raise DomainError(_("There is no such language."), code="bad_language", field="language")
    row = rfq.suppliers.filter(pk=invitation_id).first()
    if row is None:
        raise DomainError(_("This supplier is not asked."), code="not_found")
    old, row.language = row.language, language
    row.save(update_fields=["language"])
    rfq.version += 1
    rfq.save(update_fields=["version", "updated_at"])
    record("rfq.language_set", rfq, by=by, changes={"language": (old, language)})
    return rfq


@service("rfq.copy")
def copy_rfq(rfq_id: int, *, by: User) -> Rfq:
    """Draft a request for the same parts of the same suppliers; nothing of the replies is copied.

    Suppliers who are blocked or archived by now are left out. Raises DomainError not_found.
    """
    old = Rfq.objects.locked(rfq_id)
    suppliers = Supplier.objects.active().filter(
        pk__in=old.suppliers.values("supplier"), blocked_reason=""
    )
    lines = [
        RfqLineInput(line.product_id, line.quantity, line.wording, None, line.origin_line_id)
        for line in old.lines.all()
    ]
    made = create_rfq(
        lines, supplier_ids=list(suppliers.values_list("pk", flat=True)), notes=old.notes, by=by
    )
    made.origin_type, made.origin_id = old.origin_type, old.origin_id
    made.save(update_fields=["origin_type", "origin_id"])
    return made
