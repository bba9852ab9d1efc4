"""What of the books follows a merge or changes hands.

A journal line names the partner whose account it moved; when two partners become one, so do their
accounts. Amounts, accounts and dates stay as they were posted.
"""

from erp.core.owners import owner_hands_over
from erp.core.registry import follows_merge
from finance.models import Invoice, InvoiceLine, JournalLine, Payment

for _column in ("customer", "supplier"):
    follows_merge(Invoice, _column)
    follows_merge(Payment, _column)
    follows_merge(JournalLine, _column)

follows_merge(InvoiceLine, "product")

owner_hands_over(Invoice.objects.unfinished)
owner_hands_over(Payment.objects.drafts)
