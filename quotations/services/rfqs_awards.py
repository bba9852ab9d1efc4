"""Who gets how much of a line; what was awarded is ordered from above.

Awards become scarce: they are decided under the lock of the request. Together they are no more than
was asked for, an offer that has run out or a supplier's minimum binds, unless somebody who may
overrides that and says why.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from erp.core.documents import check_quantity
from erp.core.errors import DomainError
from erp.core.money import ZERO
from erp.core.periods import company_today
from erp.core.policy import allowed
from erp.core.record import record
from erp.core.service import service
from messaging.services import notify
from quotations.models import OPEN_TO_AWARDS, Rfq, RfqAward, RfqLine, RfqReply
from quotations.services.rfqs import closed
from quotations.services.rfqs_steps import move_rfq

OVERRIDE = "quotations.override_rfq"


@dataclass(frozen=True, slots=True)
class AwardInput:
    """So much of its line goes to the supplier of this reply."""

    reply_id: int
    quantity: Decimal


@service("rfq.award")
def award_line(
    rfq_id: int,
    line_id: int,
    awards: Sequence[AwardInput],
    *,
    override_reason: str = "",
    version: int | None = None,
    by: User,
) -> Rfq:
    """Say who gets how much of a line, in place of what was said before; nothing takes it back.

    Raises DomainError rfq_closed, unknown_line, unknown_reply, bad_quantity, award_too_large,
    reply_expired, below_minimum, stale_version; PermissionDenied for an override without the right.
    """
    return award_lines(
        rfq_id, {line_id: awards}, override_reason=override_reason, version=version, by=by
    )


@service("rfq.award")
def award_lines(
    rfq_id: int,
    awards: Mapping[int, Sequence[AwardInput]],
    *,
    override_reason: str = "",
    version: int | None = None,
    by: User,
) -> Rfq:
    """Award several lines at once, all or none; see ``award_line``."""
    rfq = Rfq.objects.locked(rfq_id)
    rfq.check_version(version)
    if rfq.status not in OPEN_TO_AWARDS:
        raise closed(rfq)
    reason = override_reason.strip()[:200]
    if reason and not allowed(by, OVERRIDE):
        raise PermissionDenied(_("You do not have the right to do this."))
    lines = rfq.lines.in_bulk(list(awards))
    replies = {
        reply.pk: reply
        for reply in RfqReply.objects.filter(line__in=lines).select_related("invitation__supplier")
    }
    rows = []
    for line_id, entered in awards.items():
        line = lines.get(line_id)
        if line is None:
            raise DomainError(
                _("The request has no such line."), code="unknown_line", field="line_id"
            )
        rows += _build(line, entered, replies, reason, by=by)
    before = _told(RfqAward.objects.filter(line__in=lines))
    RfqAward.objects.filter(line__in=lines).delete()
    RfqAward.objects.bulk_create(rows, batch_size=500)
    _move(rfq)
    changes = {"awards": (before, _told(RfqAward.objects.filter(line__in=lines)))}
    record("rfq.awarded", rfq, by=by, changes=changes, reason=reason)
    if rfq.owner_id != by.pk:
        notify("rfq.awarded", rfq, [rfq.owner])
    return rfq


def _told(awards: Any) -> list[str]:
    rows = awards.select_related("line", "reply__invitation__supplier").order_by("line", "pk")
    return [f"{row.line}: {row.reply.invitation} × {row.quantity:f}" for row in rows]


def _build(
    line: RfqLine,
    awards: Sequence[AwardInput],
    replies: Mapping[int, RfqReply],
    reason: str,
    *,
    by: User,
) -> list[RfqAward]:
    place = f"lines[{line.line_no}]"
    rows: dict[int, RfqAward] = {}
    for entered in awards:
        reply = replies.get(entered.reply_id)
        if reply is None or reply.line_id != line.pk or reply.pk in rows:
            raise DomainError(
                _("This line has no such reply."), code="unknown_reply", field=f"{place}.reply_id"
            )
        check_quantity(entered.quantity, field=f"{place}.quantity")
        if not reason:
            _check_offer(reply, entered.quantity, place)
        rows[reply.pk] = RfqAward(
            line=line,
            reply=reply,
            quantity=entered.quantity,
            override_reason=reason,
            awarded_by=by,
            awarded_at=timezone.now(),
        )
    total = sum((row.quantity for row in rows.values()), ZERO)
    if total > line.quantity and not reason:
        raise DomainError(
            _("%(total)s is awarded of %(wanted)s asked for.")
            % {"total": f"{total:f}", "wanted": f"{line.quantity:f}"},
            code="award_too_large",
            field=f"{place}.quantity",
        )
    return list(rows.values())


def _check_offer(reply: RfqReply, quantity: Decimal, place: str) -> None:
    valid_until = reply.invitation.valid_until
    if valid_until is not None and valid_until < company_today():
        raise DomainError(
            _("The offer of %(supplier)s was valid until %(day)s.")
            % {"supplier": reply.invitation.supplier, "day": valid_until},
            code="reply_expired",
            field=f"{place}.reply_id",
        )
    if reply.minimum_quantity is not None and quantity < reply.minimum_quantity:
        raise DomainError(
            _("%(supplier)s delivers at least %(least)s.")
            % {"supplier": reply.invitation.supplier, "least": f"{reply.minimum_quantity:f}"},
            code="below_minimum",
            field=f"{place}.quantity",
        )


def _move(rfq: Rfq) -> None:
    """Let the request be awarded while any line is; otherwise it is answered."""
    is_awarded = RfqAward.objects.filter(line__document=rfq).exists()
    wanted = Rfq.Status.AWARDED if is_awarded else Rfq.Status.RECEIVED
    if rfq.status != wanted:
        rfq.move_to(wanted)
    else:
        rfq.version += 1
    rfq.save()


@service("rfq.order")
def take_awards(rfq_id: int, *, by: User, version: int | None = None) -> tuple[Rfq, list[RfqAward]]:
    """Note that purchase orders are being made of the awards, and return these; orders call this.

    Raises DomainError invalid_transition, stale_version.
    """
    rfq = Rfq.objects.locked(rfq_id)
    rfq.check_version(version)
    rows = RfqAward.objects.filter(line__document=rfq, ordered_at=None)
    awards = list(
        rows.select_related("line", "reply__invitation__supplier").order_by(
            "reply__invitation_id", "line__line_no", "pk"
        )
    )
    move_rfq(rfq, Rfq.Status.ORDERED, "rfq.ordered", by=by)
    _mark_ordered([award.pk for award in awards])
    if rfq.owner_id != by.pk:
        notify("rfq.ordered", rfq, [rfq.owner])
    return rfq, awards


def _mark_ordered(award_ids: Collection[int]) -> None:
    RfqAward.objects.filter(pk__in=award_ids).update(ordered_at=timezone.now())
