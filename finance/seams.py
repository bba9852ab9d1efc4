"""What of the books follows a merge or changes hands.

A journal line names the partner whose account it moved; when two partners become one, so do their
accounts. Amounts, accounts and dates stay as they were posted.
"""

from collections.abc import Iterator

from django.db import models
from django.utils.translation import gettext as _

from erp.core.owners import owner_hands_over
from erp.core.registry import blocks_change, follows_merge
from finance.models import Invoice, InvoiceLine, JournalLine, Payment
from orders.models import Delivery, Receipt

for _column in ("customer", "supplier"):
    follows_merge(Invoice, _column)
    follows_merge(Payment, _column)
    follows_merge(JournalLine, _column)

follows_merge(InvoiceLine, "product")

owner_hands_over(Invoice.objects.unfinished)
owner_hands_over(Payment.objects.drafts)


@blocks_change
def _invoiced(obj: models.Model) -> Iterator[str]:
    """What a live invoice bills is neither reversed nor deleted."""
    if isinstance(obj, Delivery):
        lines = InvoiceLine.objects.filter(source_line__document=obj)
    elif isinstance(obj, Receipt):
        lines = InvoiceLine.objects.filter(receipt_line__document=obj)
    else:
        return
    live = Invoice.objects.filter(lines__in=lines).exclude(status=Invoice.Status.CANCELLED)
    for invoice in live.distinct().order_by("pk"):
        yield _("It is invoiced by %(ref)s.") % {"ref": invoice.ref}
