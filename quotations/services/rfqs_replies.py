"""What suppliers answer: entered, pasted or read from our own sheet, all through one service.

Each price that is new or has changed becomes a price fact; what is said again changes nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, TypedDict

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from erp.core.documents import check_quantity, check_unit_price
from erp.core.errors import DomainError
from erp.core.models import Currency, rate_on
from erp.core.periods import company, company_today, known_rate, standard_tax_rate
from erp.core.record import field_changes, record
from erp.core.service import service
from messaging.services import notify
from products.grading import verdict_on
from products.models import Interchange, PriceFact, Product, source_of
from products.offers import offers
from quotations.models import OPEN_TO_REPLIES, Rfq, RfqLine, RfqReply, RfqSupplier
from quotations.services.rfqs import closed
from quotations.services.rfqs_steps import move_rfq

MOST_DAYS = 3650
_STORED = (
    "unit_price",
    "price_includes_tax",
    "tax_rate",
    "minimum_quantity",
    "lead_time_days",
    "offered_id",
    "grade",
    "remark",
)


class ReplyTerms(TypedDict, total=False):
    """What a supplier says of all lines; what is not named stays as it is stored."""

    currency: str
    price_includes_tax: bool
    valid_until: date | None
    lead_time_days: int | None
    terms: str
    reference: str
    declined: bool


@dataclass(frozen=True, slots=True)
class ReplyInput:
    """What a supplier says of one line; without a price he does not offer it."""

    line_id: int
    unit_price: Decimal | None = None
    minimum_quantity: Decimal | None = None
    lead_time_days: int | None = None
    offered_id: int | None = None
    grade: str = ""
    remark: str = ""


@dataclass(slots=True)
class ReplyOutcome:
    """How many lines were answered for the first time, otherwise, as before, or not at all."""

    rfq: Rfq
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    withdrawn: int = 0
    not_offered: int = 0
    # Rows of a file that were not taken: (row number, why).
    refused: list[tuple[int, str]] = field(default_factory=list)

    @property
    def is_news(self) -> bool:
        return bool(self.added or self.changed or self.withdrawn)


@service("rfq.reply")
def record_replies(
    invitation_id: int,
    replies: Sequence[ReplyInput],
    *,
    terms: ReplyTerms | None = None,
    withdraw_blank: bool = False,
    version: int | None = None,
    by: User,
) -> ReplyOutcome:
    """Note what a supplier answers; ``withdraw_blank``: a line without a price is taken back.

    Raises DomainError rfq_closed, stale_version, unknown_line, no_exchange_rate, blank_currency or
    one naming the line that is wrong.
    """
    invitation, rfq = locked_invitation(invitation_id)
    rfq.check_version(version)
    if rfq.status not in OPEN_TO_REPLIES:
        raise closed(rfq)
    rows = rfq.lines.select_related("product__brand", "product__tax_rate")
    lines = {line.pk: line for line in rows}
    stored = {reply.line_id: reply for reply in invitation.replies.all()}
    told = _set_terms(invitation, terms or {}, answers=bool(stored))
    outcome = ReplyOutcome(rfq)
    book = _Book(invitation, lines, stored, outcome)
    book.read(replies, withdraw_blank=withdraw_blank)
    if not (outcome.is_news or told):
        return outcome
    changes = told | book.store()
    if outcome.added or outcome.changed:
        invitation.declined = False
    if outcome.is_news or invitation.declined:
        invitation.answered_at = timezone.now()
    invitation.save()
    _tell(rfq, invitation, outcome, changes, by=by)
    return outcome


def locked_invitation(invitation_id: int) -> tuple[RfqSupplier, Rfq]:
    """Return a supplier's invitation and its request, locked; DomainError not_found."""
    keys = RfqSupplier.objects.filter(pk=invitation_id).values_list("document_id", flat=True)
    rfq_id = keys.first()
    rfq = Rfq.objects.locked(rfq_id or 0)
    invitation = RfqSupplier.objects.select_related("supplier").get(pk=invitation_id)
    invitation.document = rfq
    return invitation, rfq


def _tell(
    rfq: Rfq, invitation: RfqSupplier, outcome: ReplyOutcome, changes: Any, *, by: User
) -> None:
    """Record the answer where only those who may see cost read it; tell the owner of news."""
    record("rfq.replied", invitation, by=by, changes=changes)
    if outcome.added and rfq.status == Rfq.Status.SENT:
        move_rfq(rfq, Rfq.Status.RECEIVED, "rfq.received", by=by)
    else:
        rfq.version += 1
        rfq.save(update_fields=["version", "updated_at"])
    if rfq.owner_id != by.pk:
        notify("rfq.replied", rfq, [rfq.owner])


_TERMS = ("price_includes_tax", "valid_until", "lead_time_days", "terms", "reference", "declined")


# --- terms -----------------------------------------------------------------------------------


def _set_terms(
    invitation: RfqSupplier, terms: ReplyTerms, *, answers: bool
) -> dict[str, tuple[Any, Any]]:
    """Set what is said of all lines; return what changed. The rate is that of the first answer."""
    before = {name: getattr(invitation, name) for name in (*_TERMS, "currency_id")}
    for name in _TERMS:
        if name in terms:
            setattr(invitation, name, terms[name])  # type: ignore[literal-required]
    _check_days(invitation.lead_time_days, field_name="lead_time_days")
    invitation.terms, invitation.reference = invitation.terms[:200], invitation.reference[:60]
    currency = terms.get("currency", invitation.currency_id)
    if currency != invitation.currency_id:
        if not Currency.objects.filter(pk=currency).exists():
            raise DomainError(
                _("There is no such currency."), code="unknown_currency", field="currency"
            )
        invitation.currency_id = currency
    if not answers or invitation.currency_id != before["currency_id"]:
        rate = rate_on(invitation.currency_id, company(), company_today())
        invitation.exchange_rate = known_rate(rate, invitation.currency_id)
    return field_changes(before, {name: getattr(invitation, name) for name in before})


def _check_days(days: int | None, *, field_name: str) -> None:
    if days is not None and not 0 <= days <= MOST_DAYS:
        raise DomainError(
            _("A lead time is 0 to %(most)d days.") % {"most": MOST_DAYS},
            code="bad_lead_time",
            field=field_name,
        )


# --- lines -----------------------------------------------------------------------------------


class _Book:
    """The replies of one supplier: read all, refuse any, then write in bulk."""

    def __init__(
        self,
        invitation: RfqSupplier,
        lines: dict[int, RfqLine],
        stored: dict[int, RfqReply],
        outcome: ReplyOutcome,
    ) -> None:
        self.invitation, self.lines, self.stored = invitation, lines, stored
        self.outcome = outcome
        self.added: list[RfqReply] = []
        self.changed: list[RfqReply] = []
        self.withdrawn: list[RfqReply] = []
        self.changes: dict[str, tuple[Any, Any]] = {}
        # Whose price is new, for the price facts.
        self.repriced: list[RfqReply] = []

    def read(self, replies: Sequence[ReplyInput], *, withdraw_blank: bool) -> None:
        offered = self._offered(replies)
        standard = standard_tax_rate(company_today()).rate
        seen: set[int] = set()
        for number, entered in enumerate(replies, 1):
            line = self.lines.get(entered.line_id)
            if line is None or line.pk in seen:
                raise DomainError(
                    _("The request has no such line, or it is answered twice."),
                    code="unknown_line",
                    field=f"lines[{number}].line_id",
                )
            seen.add(line.pk)
            if entered.unit_price is None:
                self._blank(line, withdraw=withdraw_blank)
                continue
            _check(entered, number)
            own = line.product.tax_rate
            self._take(line, entered, own.rate if own else standard, offered)

    def _offered(self, replies: Sequence[ReplyInput]) -> dict[int, Product]:
        wanted = {entered.offered_id for entered in replies if entered.offered_id is not None}
        if not wanted:
            return {}
        return Product.objects.select_related("brand").following(wanted)

    def _blank(self, line: RfqLine, *, withdraw: bool) -> None:
        reply = self.stored.get(line.pk)
        if reply is None or not withdraw:
            self.outcome.not_offered += 1
            return
        self.withdrawn.append(reply)
        self.changes[str(line)] = (_told(reply), None)
        self.outcome.withdrawn += 1

    def _take(
        self, line: RfqLine, entered: ReplyInput, tax_rate: Decimal, offered: dict[int, Product]
    ) -> None:
        reply = self.stored.get(line.pk) or RfqReply(invitation=self.invitation, line=line)
        before = {name: getattr(reply, name) for name in _STORED} if reply.pk else {}
        told = _told(reply) if reply.pk else None
        old_net = reply.net_price if reply.pk else None
        reply.unit_price = entered.unit_price or Decimal(0)
        reply.price_includes_tax = self.invitation.price_includes_tax
        reply.tax_rate = tax_rate
        reply.minimum_quantity = entered.minimum_quantity
        reply.lead_time_days = entered.lead_time_days
        reply.remark = entered.remark.strip()[:200]
        self._offer_instead(reply, line, entered, offered)
        if before == {name: getattr(reply, name) for name in _STORED}:
            self.outcome.unchanged += 1
            return
        reply.replied_at = timezone.now()
        self.changes[str(line)] = (told, _told(reply))
        if reply.pk:
            self.changed.append(reply)
            self.outcome.changed += 1
        else:
            self.added.append(reply)
            self.outcome.added += 1
        if reply.net_price != old_net:
            self.repriced.append(reply)

    def _offer_instead(
        self, reply: RfqReply, line: RfqLine, entered: ReplyInput, offered: dict[int, Product]
    ) -> None:
        """Note another product than the one asked for, and what it is to that."""
        product = offered.get(entered.offered_id or 0)
        if entered.offered_id is not None and product is None:
            raise DomainError(
                _("There is no such product."),
                code="unknown_product",
                field=f"lines[{line.line_no}].offered_id",
            )
        if product is None or product.pk == line.product_id:
            reply.offered, reply.grade = None, ""
            return
        if entered.grade and entered.grade not in Interchange.Grade.values:
            raise DomainError(
                _("There is no such grade."),
                code="bad_grade",
                field=f"lines[{line.line_no}].grade",
            )
        reply.offered = product
        reply.grade = entered.grade or grade_of(line.product, product)

    def store(self) -> dict[str, tuple[Any, Any]]:
        """Write what was read; return what changed, line by line."""
        RfqReply.objects.filter(pk__in=[reply.pk for reply in self.withdrawn]).delete()
        RfqReply.objects.bulk_create(self.added, batch_size=500)
        RfqReply.objects.bulk_update(self.changed, [*_COLUMNS, "replied_at"], batch_size=500)
        self._record_prices()
        return self.changes

    def _record_prices(self) -> None:
        fresh = {reply.line_id for reply in self.repriced}
        if not fresh:
            return
        # MariaDB gives no keys back to a bulk insert.
        rows = self.invitation.replies.filter(line__in=fresh)
        rfq = self.invitation.document
        PriceFact.objects.bulk_create(
            [
                PriceFact(
                    product_id=reply.offered_id or self.lines[reply.line_id].product_id,
                    kind=PriceFact.Kind.RFQ,
                    supplier_id=self.invitation.supplier_id,
                    on=company_today(),
                    quantity=reply.minimum_quantity or self.lines[reply.line_id].quantity,
                    net_unit_price=reply.net_price,
                    currency_id=self.invitation.currency_id,
                    **source_of(rfq, reply),
                )
                for reply in rows
            ],
            batch_size=500,
        )


_COLUMNS = [name.removesuffix("_id") for name in _STORED]


def _told(reply: RfqReply) -> str:
    return f"{reply.unit_price:f}" + (f" / {reply.lead_time_days}" if reply.lead_time_days else "")


def _check(entered: ReplyInput, number: int) -> None:
    """Refuse a price that is not above zero, a bad minimum or lead time."""
    place = f"lines[{number}]"
    price = entered.unit_price or Decimal(0)
    check_unit_price(price, field=f"{place}.unit_price")
    if price <= 0:
        raise DomainError(
            _("An offered price is above 0."), code="bad_price", field=f"{place}.unit_price"
        )
    if entered.minimum_quantity is not None:
        check_quantity(entered.minimum_quantity, field=f"{place}.minimum_quantity")
    _check_days(entered.lead_time_days, field_name=f"{place}.lead_time_days")


def grade_of(asked: Product, offered: Product) -> str:
    """Return what one product is to another: as approved, or else as the grammar judges."""
    known = offers([asked.pk], on=company_today()).get(asked.pk, [])
    approved = next((offer.grade for offer in known if offer.product_id == offered.pk), None)
    return approved or verdict_on(asked, offered).grade or ""
