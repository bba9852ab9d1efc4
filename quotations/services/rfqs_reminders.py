"""What the owner of a request hears at night: answers are due, are late, an offer has run out.

Each is told once; the row is claimed by a conditional update, so that two runners tell it once.
"""

from collections.abc import Iterable
from datetime import date, timedelta

from django.db.models import F, Q

from erp.core.service import service
from messaging.services import notify
from quotations.models import OPEN_TO_AWARDS, Rfq

AHEAD = timedelta(days=1)


@service("rfq.remind")
def remind_of_answers(on: date) -> int:
    """Tell whose answers are due tomorrow or are late by now; return how many were told."""
    waiting = Rfq.objects.waiting().select_related("owner")
    soon = waiting.filter(due_on__range=(on, on + AHEAD), reminded_on=None)
    told = _tell("rfq.due", soon, Q(reminded_on=None), on)
    untold = Q(reminded_on=None) | Q(reminded_on__lte=F("due_on"))
    late = waiting.filter(untold, due_on__lt=on)
    return told + _tell("rfq.overdue", late, untold, on)


def _tell(kind: str, rfqs: Iterable[Rfq], untold: Q, on: date) -> int:
    told = 0
    for rfq in rfqs:
        if Rfq.objects.filter(untold, pk=rfq.pk).update(reminded_on=on):
            notify(kind, rfq, [rfq.owner])
            told += 1
    return told


@service("rfq.tell_lapsed")
def tell_lapsed(on: date) -> int:
    """Tell whose request has an offer that ran out before it was ordered; return how many."""
    rows = Rfq.objects.filter(
        status__in=OPEN_TO_AWARDS,
        lapse_told_on=None,
        suppliers__valid_until__lt=on,
        suppliers__answered_at__isnull=False,
    )
    told = 0
    for rfq in rows.select_related("owner").distinct().order_by("pk"):
        if Rfq.objects.filter(pk=rfq.pk, lapse_told_on=None).update(lapse_told_on=on):
            notify("rfq.lapsed", rfq, [rfq.owner])
            told += 1
    return told
