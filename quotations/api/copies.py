"""Copies of quotations over HTTP."""

from typing import Any

from django.http import HttpResponse

from accounts.requests import AuthedRequest
from erp.core.api import ERRORS, Id, Input, change
from erp.core.policy import authorize
from quotations import services
from quotations.api.documents import customer_of, router
from quotations.api.schemas import QuotationOut, quotation_json
from quotations.models import Quotation


class CopyIn(Input):
    """For another customer the prices are suggested anew, always."""

    customer_id: Id | None = None
    reprice: bool = False
    leave_out_archived: bool = False


@router.post(
    "/{int:quotation_id}/copy",
    response={201: QuotationOut, **ERRORS},
    summary="Draft the same quotation again, for the same customer or another",
)
def copy_quotation(
    request: AuthedRequest, quotation_id: int, sent: CopyIn | None = None
) -> HttpResponse:
    authorize(request.user, "quotations.add_quotation")
    quotation = Quotation.objects.get_visible(request.user, quotation_id)
    asked = sent or CopyIn()
    if asked.customer_id is not None:
        customer_of(request, asked.customer_id)

    def effect() -> tuple[int, dict[str, Any]]:
        made = services.copy_quotation(quotation.pk, by=request.user, **asked.model_dump())
        return 201, quotation_json(made, request.user)

    body = asked.model_dump()
    return change(request, "quotation.copy", effect, object_id=quotation.pk, body=body)
