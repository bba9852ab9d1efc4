"""What of imports changes hands when somebody leaves: all that may still be applied or undone."""

from erp.core.owners import owner_hands_over
from imports.models import Import

owner_hands_over(Import.objects.open)
