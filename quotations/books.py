"""What must hold in quotations and in requests to suppliers."""

from collections.abc import Iterator

from django.db.models import F, Q

from erp.core.aggregates import ExactSum
from erp.core.invariants import Check, invariant
from quotations.models import (
    LineOutcome,
    Quotation,
    QuotationLine,
    QuotationStatus,
    Rfq,
    RfqAward,
    RfqLine,
    RfqReply,
)


@invariant("quotations: a line is ordered once, whole, or not at all")
def ordered_once(check: Check) -> Iterator[str]:
    check.rows += QuotationLine.objects.count()
    ordered = QuotationLine.objects.filter(outcome=LineOutcome.ORDERED)
    wrong = ordered.exclude(ordered_quantity=F("quantity")) | QuotationLine.objects.exclude(
        outcome=LineOutcome.ORDERED
    ).exclude(ordered_quantity=0)
    rows = wrong.order_by("pk").values_list("pk", "outcome", "ordered_quantity")
    for pk, outcome, quantity in rows.iterator():
        yield f"line {pk}: {outcome}, ordered {quantity}"


# What the counted lines of a quotation in a status may have come to; none is said of others.
_OUTCOMES = {
    QuotationStatus.DRAFT: {LineOutcome.OPEN},
    QuotationStatus.SUBMITTED: {LineOutcome.OPEN},
    QuotationStatus.APPROVED: {LineOutcome.OPEN},
    QuotationStatus.SENT: {LineOutcome.OPEN},
    QuotationStatus.ORDERED: {LineOutcome.ORDERED, LineOutcome.LOST, LineOutcome.EXPIRED},
    QuotationStatus.ACCEPTED: {LineOutcome.ORDERED, LineOutcome.OPEN},
}


@invariant("quotations: what came of the lines as the status says")
def outcomes_follow_status(check: Check) -> Iterator[str]:
    rows = QuotationLine.objects.filter(is_counted=True, document__status__in=list(_OUTCOMES))
    found = rows.order_by("pk").values_list("pk", "outcome", "document__status")
    for pk, outcome, status in found.iterator():
        check.rows += 1
        if outcome not in _OUTCOMES[QuotationStatus(status)]:
            yield f"line {pk}: {outcome} in a quotation that is {status}"


@invariant("quotations: of a line and its alternatives one counts at most")
def one_of_alternatives(check: Check) -> Iterator[str]:
    rows = QuotationLine.objects.exclude(alternative_to=None)
    alternatives = rows.filter(is_counted=True).order_by("pk")
    for line in alternatives.iterator():
        check.rows += 1
        group = Q(line_no=line.alternative_to) | Q(alternative_to=line.alternative_to)
        others = QuotationLine.objects.filter(group, document=line.document_id, is_counted=True)
        if others.exclude(pk=line.pk).exists():
            yield f"line {line.pk}: it counts beside another of its group"


@invariant("quotations: only the last revision can be ordered")
def last_revision_counts(check: Check) -> Iterator[str]:
    revisions = Quotation.objects.exclude(number=None).exclude(supersedes=None)
    for new in revisions.select_related("supersedes").order_by("pk").iterator():
        check.rows += 1
        old = new.supersedes
        if old is None:
            continue
        if old.status in {QuotationStatus.SENT, QuotationStatus.ACCEPTED, QuotationStatus.ORDERED}:
            yield f"{old.ref} is {old.status} although {new.ref} was sent"
        if new.number != f"{old.root_number}-R{new.revision}" or new.revision <= old.revision:
            yield f"{new.ref} is no revision of {old.ref}"


@invariant("requests: awarded ≤ asked for per line, or with a reason")
def awards_within_lines(check: Check) -> Iterator[str]:
    awards = RfqAward.objects.filter(override_reason="").order_by()
    sums = awards.values_list("line_id").annotate(total=ExactSum(F("quantity"), places=3))
    awarded = dict(sums.iterator())
    lines = RfqLine.objects.filter(awards__isnull=False).distinct()
    for line_id, wanted in lines.values_list("pk", "quantity").iterator():
        check.rows += 1
        total = awarded.get(line_id, wanted)
        if total > wanted:
            yield f"line {line_id}: {total} awarded of {wanted} without a reason"


@invariant("requests: an award is to a reply of its own line")
def awards_of_own_replies(check: Check) -> Iterator[str]:
    check.rows += RfqAward.objects.count()
    for pk in RfqAward.objects.exclude(reply__line=F("line")).values_list("pk", flat=True):
        yield f"award {pk}: its reply answers another line"


@invariant("requests: a reply is to a line of its own request")
def replies_of_own_lines(check: Check) -> Iterator[str]:
    check.rows += RfqReply.objects.count()
    strange = RfqReply.objects.exclude(line__document=F("invitation__document"))
    for pk in strange.values_list("pk", flat=True):
        yield f"reply {pk}: it answers a line of another request"


@invariant("requests: awards and orders as the status says")
def awards_as_the_status_says(check: Check) -> Iterator[str]:
    check.rows += Rfq.objects.count()
    Status = Rfq.Status  # noqa: N806 (a class)
    awarded = RfqAward.objects.values("line__document")
    told = [Status.AWARDED, Status.ORDERED]
    for rfq in Rfq.objects.filter(status__in=told).exclude(pk__in=awarded):
        yield f"{rfq.ref}: {rfq.status} without an award"
    for rfq in Rfq.objects.exclude(status__in=told).filter(pk__in=awarded):
        yield f"{rfq.ref}: {rfq.status} with an award"
    ordered = RfqAward.objects.filter(ordered_at__isnull=False)
    for award in ordered.exclude(line__document__status=Status.ORDERED):
        yield f"award {award.pk}: ordered, its request is not"
