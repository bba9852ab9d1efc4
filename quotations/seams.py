"""What of enquiries and quotations follows a merge or changes hands."""

from erp.core.owners import owner_hands_over
from erp.core.registry import follows_merge
from quotations.models import Enquiry, Quotation

follows_merge(Enquiry, "customer")
follows_merge(Quotation, "customer")
follows_merge(Quotation, "contact")

owner_hands_over(Enquiry.objects.open)
owner_hands_over(Quotation.objects.open)
