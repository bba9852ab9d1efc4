"""How a quotation ends without an order, or with one of a part: lost or cancelled; and why."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from erp.core.documents import check_unit_price
from erp.core.errors import DomainError
from erp.core.periods import company_today
from erp.core.record import field_changes, record
from erp.core.service import service
from quotations.models import (
    EnquiryStatus,
    LineOutcome,
    OutcomeReason,
    Quotation,
    QuotationStatus,
)
from quotations.services.ways import mark_enquiries

ENDED = frozenset(
    {
        QuotationStatus.ACCEPTED,
        QuotationStatus.ORDERED,
        QuotationStatus.LOST,
        QuotationStatus.EXPIRED,
    }
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """Why it ended so: a reason of the list, a remark, and who got it at what price."""

    reason_id: int | None = None
    note: str = ""
    competitor: str = ""
    competitor_price: Decimal | None = None


@service("quotation.lose")
def lose_quotation(
    quotation_id: int,
    *,
    by: User,
    reason: str = "",
    outcome: Outcome | None = None,
    version: int | None = None,
) -> Quotation:
    """Note that the customer bought elsewhere, and why; of a partly ordered one, the rest.

    Raises DomainError invalid_transition, stale_version, unknown_reason.
    """
    quotation = Quotation.objects.locked(quotation_id)
    quotation.check_version(version)
    told = _note(quotation, outcome or Outcome(note=reason), kind=OutcomeReason.Kind.LOST)
    if quotation.status == QuotationStatus.ACCEPTED:
        end_rest(quotation, LineOutcome.LOST, by=by, reason=reason, told=told)
        return quotation
    end_quotation(
        quotation, QuotationStatus.LOST, LineOutcome.LOST, by=by, reason=reason, told=told
    )
    mark_enquiries([quotation.enquiry_id], EnquiryStatus.LOST, by=by)
    return quotation


def end_quotation(
    quotation: Quotation,
    status: QuotationStatus,
    of_lines: LineOutcome,
    *,
    by: User | None,
    reason: str = "",
    told: dict[str, Any] | None = None,
) -> None:
    """End a quotation of which nothing was ordered; the caller holds its lock."""
    old = quotation.move_to(status)
    quotation.decided_on = company_today()
    quotation.save()
    quotation.lines.open().update(outcome=of_lines)
    changes = {"status": (old, str(status)), **(told or {})}
    record(f"quotation.{status}", quotation, by=by, changes=changes, reason=reason)


def end_rest(
    quotation: Quotation,
    of_lines: LineOutcome,
    *,
    by: User | None,
    reason: str = "",
    told: dict[str, Any] | None = None,
) -> None:
    """Give up the open lines of a partly ordered quotation: what was ordered is all of it."""
    lines = list(quotation.lines.open())
    old = quotation.move_to(QuotationStatus.ORDERED)
    quotation.save()
    quotation.lines.open().filter(is_counted=True).update(outcome=of_lines)
    quotation.lines.open().update(outcome=LineOutcome.PASSED)
    changes = {
        "status": (old, quotation.status),
        "lines": ([str(line) for line in lines], str(of_lines)),
        **(told or {}),
    }
    record(f"quotation.rest_{of_lines}", quotation, by=by, changes=changes, reason=reason)


@service("quotation.cancel")
def cancel_quotation(
    quotation_id: int, *, by: User, reason: str = "", version: int | None = None
) -> Quotation:
    """Withdraw a quotation that nobody has accepted; a revision lets go of what it would replace.

    Raises DomainError invalid_transition, stale_version.
    """
    quotation = Quotation.objects.locked(quotation_id)
    quotation.check_version(version)
    told: dict[str, Any] = {}
    if quotation.number is None and quotation.supersedes_id is not None:
        told["supersedes"] = (str(quotation.supersedes), None)
        quotation.supersedes = None
    end_quotation(
        quotation,
        QuotationStatus.CANCELLED,
        LineOutcome.LOST,
        by=by,
        reason=reason,
        told=told,
    )
    return quotation


# --- why -------------------------------------------------------------------------------------


@service("quotation.explain")
def explain_outcome(
    quotation_id: int, *, outcome: Outcome, by: User, version: int | None = None
) -> Quotation:
    """Note afterwards why a quotation was won or lost.

    Raises DomainError not_decided, stale_version, unknown_reason.
    """
    quotation = Quotation.objects.locked(quotation_id)
    quotation.check_version(version)
    if quotation.status not in ENDED:
        raise DomainError(_("It is not decided yet."), code="not_decided")
    lost = {QuotationStatus.LOST, QuotationStatus.EXPIRED}
    kind = OutcomeReason.Kind.LOST if quotation.status in lost else OutcomeReason.Kind.WON
    changes = _note(quotation, outcome, kind=kind)
    quotation.version += 1
    quotation.save()
    record("quotation.explained", quotation, by=by, changes=changes)
    return quotation


def _note(quotation: Quotation, outcome: Outcome, *, kind: str) -> dict[str, Any]:
    """Set why it ended so; return what changed. Raises DomainError unknown_reason, bad_price."""
    before = _told(quotation)
    if outcome.reason_id is not None:
        known = OutcomeReason.objects.active().filter(pk=outcome.reason_id, kind=kind)
        if not known.exists():
            raise DomainError(
                _("There is no such reason."), code="unknown_reason", field="reason_id"
            )
    if outcome.competitor_price is not None:
        check_unit_price(outcome.competitor_price, field="competitor_price")
    quotation.outcome_reason_id = outcome.reason_id
    quotation.outcome_note = outcome.note[:300]
    quotation.competitor = outcome.competitor[:120]
    quotation.competitor_price = outcome.competitor_price
    return field_changes(before, _told(quotation))


def _told(quotation: Quotation) -> dict[str, Any]:
    return {
        "outcome_reason": quotation.outcome_reason_id,
        "outcome_note": quotation.outcome_note,
        "competitor": quotation.competitor,
        "competitor_price": quotation.competitor_price,
    }
