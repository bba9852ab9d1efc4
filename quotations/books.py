"""What must hold in requests to suppliers."""

from collections.abc import Iterator

from django.db.models import F

from erp.core.aggregates import ExactSum
from erp.core.invariants import Check, invariant
from quotations.models import Rfq, RfqAward, RfqLine, RfqReply


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
