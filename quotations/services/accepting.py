"""The customer's acceptance, line by line, and the choice between alternatives that comes with it.

A line is ordered once. What is not ordered at first stays open until the validity ends or it is
given up; when no counted line is open any more, the quotation is ordered.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from customers.services import check_not_blocked
from erp.core.errors import DomainError
from erp.core.periods import company_today
from erp.core.record import record
from erp.core.service import service
from quotations.models import (
    ORDERABLE,
    EnquiryStatus,
    LineOutcome,
    Quotation,
    QuotationLine,
    QuotationStatus,
)
from quotations.services.lines import total
from quotations.services.ways import mark_enquiries


@dataclass(frozen=True, slots=True)
class Acceptance:
    """The quotation and the lines that were accepted just now, for the order to take over."""

    quotation: Quotation
    lines: list[QuotationLine]


@service("quotation.accept")
def accept_lines(
    quotation_id: int,
    line_ids: Collection[int] | None = None,
    *,
    by: User,
    version: int | None = None,
) -> Acceptance:
    """Note which lines the customer orders, chosen alternatives and optional ones among them.

    Without ``line_ids`` all that count and are open. Orders call this and make the order.
    Raises DomainError invalid_transition, quotation_expired, partner_blocked, unknown_line,
    line_not_open, nothing_open, alternatives_exclude.
    """
    quotation = Quotation.objects.locked(quotation_id)
    quotation.check_version(version)
    check_not_blocked(quotation.customer)
    if quotation.status not in ORDERABLE:
        status = Quotation.Status(quotation.status)
        Quotation.WORKFLOW.check(status, QuotationStatus.ACCEPTED)
    if quotation.valid_until < company_today():
        raise DomainError(_("The quotation has expired."), code="quotation_expired")
    lines = list(quotation.lines.all())
    chosen = _chosen(lines, line_ids)
    _settle_alternatives(lines, chosen)
    _order(quotation, lines, chosen, by=by)
    mark_enquiries([quotation.enquiry_id], EnquiryStatus.WON, by=by)
    return Acceptance(quotation, chosen)


def accept_quotation(
    quotation_id: int, *, line_ids: Collection[int] | None = None, by: User
) -> Quotation:
    """The same, for those who need no lines."""
    return accept_lines(quotation_id, line_ids, by=by).quotation


def _chosen(
    lines: Sequence[QuotationLine], line_ids: Collection[int] | None
) -> list[QuotationLine]:
    if line_ids is None:
        chosen = [line for line in lines if line.is_counted and line.outcome == LineOutcome.OPEN]
        if not chosen:
            raise DomainError(_("No line of it is open."), code="nothing_open")
        return chosen
    chosen = [line for line in lines if line.pk in set(line_ids)]
    if not chosen or len(chosen) != len(set(line_ids)):
        raise DomainError(
            _("The quotation has no such line."), code="unknown_line", field="line_ids"
        )
    for line in chosen:
        if line.outcome != LineOutcome.OPEN:
            raise DomainError(
                _("Line %(line)s is not open: %(outcome)s.")
                % {"line": line, "outcome": line.get_outcome_display()},
                code="line_not_open",
                field="line_ids",
            )
    return chosen


def _settle_alternatives(lines: Sequence[QuotationLine], chosen: Sequence[QuotationLine]) -> None:
    """Let what was chosen count; the others of its group are passed over."""
    groups: dict[int, QuotationLine] = {}
    for line in chosen:
        main = line.alternative_to or line.line_no
        if main in groups:
            raise DomainError(
                _("%(one)s and %(other)s are alternatives: choose one.")
                % {"one": groups[main], "other": line},
                code="alternatives_exclude",
                field="line_ids",
            )
        groups[main] = line
        line.is_counted = True
    for line in lines:
        taken = groups.get(line.alternative_to or line.line_no)
        if taken is not None and taken is not line:
            line.is_counted, line.outcome = False, LineOutcome.PASSED


def _order(
    quotation: Quotation,
    lines: Sequence[QuotationLine],
    chosen: Sequence[QuotationLine],
    *,
    by: User,
) -> None:
    """Store the outcome of the lines and what it makes of the quotation."""
    for line in chosen:
        line.outcome = LineOutcome.ORDERED
    is_done = close_if_done(lines)
    _store(quotation, lines, chosen)
    total(quotation, lines)
    old = quotation.status
    quotation.decided_on = quotation.decided_on or company_today()
    if quotation.status == QuotationStatus.SENT:
        quotation.move_to(QuotationStatus.ACCEPTED)
    else:
        quotation.version += 1
    changes = {"lines": (None, [str(line) for line in chosen])}
    record(
        "quotation.accepted",
        quotation,
        by=by,
        changes={"status": (old, quotation.status), **changes},
    )
    if is_done:
        before = quotation.move_to(QuotationStatus.ORDERED)
        moved = {"status": (before, quotation.status)}
        record("quotation.ordered", quotation, by=by, changes=moved)
    quotation.save()


def close_if_done(lines: Iterable[QuotationLine]) -> bool:
    """Return whether no counted line is open; what was only on offer beside them is passed over."""
    rows = list(lines)
    if any(line.is_counted and line.outcome == LineOutcome.OPEN for line in rows):
        return False
    for line in rows:
        if line.outcome == LineOutcome.OPEN:
            line.outcome = LineOutcome.PASSED
    return True


def _store(
    quotation: Quotation, lines: Sequence[QuotationLine], chosen: Sequence[QuotationLine]
) -> None:
    """Write the outcomes; the database holds that nothing is ordered twice."""
    quotation.lines.filter(pk__in=[line.pk for line in chosen]).update(
        outcome=LineOutcome.ORDERED,
        is_counted=True,
        ordered_quantity=F("ordered_quantity") + F("quantity"),
    )
    passed = [line.pk for line in lines if line.outcome == LineOutcome.PASSED]
    if passed:
        quotation.lines.filter(pk__in=passed).update(outcome=LineOutcome.PASSED, is_counted=False)
