"""The end of validity: told before, and done the night after."""

from datetime import date, timedelta

from django.db.models import F, Q

from accounts.models import User
from erp.core.service import service
from messaging.services import notify
from quotations.models import (
    EnquiryStatus,
    LineOutcome,
    Quotation,
    QuotationQuerySet,
    QuotationStatus,
)
from quotations.services.ending import end_quotation, end_rest
from quotations.services.ways import mark_enquiries

# Its owner hears so many days before a quotation expires.
WARNING_DAYS = 2
BATCH = 100


def _locked_batch(due: QuotationQuerySet) -> list[Quotation]:
    """Return the first of these under their locks, by key; what another took meanwhile is out."""
    ids = list(due.order_by("valid_until", "pk").values_list("pk", flat=True)[:BATCH])
    return list(due.filter(pk__in=ids).select_for_update().order_by("pk"))


def _owners(rows: list[Quotation]) -> dict[int, User]:
    found: dict[int, User] = User.objects.in_bulk({row.owner_id for row in rows})
    return found


@service("quotation.expire")
def expire_quotations(today: date) -> int:
    """Expire a batch of what was valid until before ``today``; return how many that were.

    Quotations are locked by key, then their enquiries. Of a partly ordered one the rest expires.
    Their owners are told.
    """
    rows = _locked_batch(Quotation.objects.orderable().filter(valid_until__lt=today))
    owners = _owners(rows)
    enquiries: list[int | None] = []
    for quotation in rows:
        if quotation.status == QuotationStatus.ACCEPTED:
            end_rest(quotation, LineOutcome.EXPIRED, by=None)
        else:
            end_quotation(quotation, QuotationStatus.EXPIRED, LineOutcome.EXPIRED, by=None)
            enquiries.append(quotation.enquiry_id)
        notify("quotation.expired", quotation, [owners[quotation.owner_id]])
    mark_enquiries(enquiries, EnquiryStatus.EXPIRED, by=None)
    return len(rows)


@service("quotation.warn_of_expiry")
def warn_of_expiry(today: date) -> int:
    """Tell the owners of a batch of quotations that they are about to expire, once per validity."""
    soon = Quotation.objects.orderable().filter(
        Q(expiry_told_for__isnull=True) | ~Q(expiry_told_for=F("valid_until")),
        valid_until__gte=today,
        valid_until__lte=today + timedelta(days=WARNING_DAYS),
    )
    rows = _locked_batch(soon)
    owners = _owners(rows)
    for quotation in rows:
        notify("quotation.expires_soon", quotation, [owners[quotation.owner_id]])
    told = Quotation.objects.filter(pk__in=[row.pk for row in rows])
    told.update(expiry_told_for=F("valid_until"))
    return len(rows)
