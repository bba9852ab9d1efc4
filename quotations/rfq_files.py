"""Our sheet come back from a supplier: its rows are noted, the file is kept with his answer."""

from accounts.models import User
from erp.core.attachments import attach
from erp.core.errors import DomainError
from erp.core.service import service
from quotations import services
from quotations.models import RfqSupplier
from quotations.rfq_sheet import read_sheet
from quotations.services import ReplyOutcome


@service("rfq.import")
def import_sheet(
    invitation_id: int, name: str, content: bytes, *, version: int | None = None, by: User
) -> ReplyOutcome:
    """Note what a returned sheet says; rows that are not ours are told and left out.

    Raises DomainError with the guard's code, not_our_sheet, wrong_request, wrong_supplier,
    nothing_taken and what ``record_replies`` raises.
    """
    rows = RfqSupplier.objects.select_related("document", "supplier")
    sheet = read_sheet(name, content, rows.get(pk=invitation_id), by=by)
    outcome = services.record_replies(
        invitation_id, sheet.replies, terms=sheet.terms, version=version, by=by
    )
    outcome.refused = sheet.refused
    try:
        attach(RfqSupplier, invitation_id, name, content, by=by)
    except DomainError as refusal:
        if refusal.code != "already_attached":
            raise
    return outcome
