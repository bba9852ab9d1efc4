"""What of a transfer came, entered line by line."""

from decimal import Decimal

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.requests import AuthedRequest
from erp.core.errors import DomainError
from erp.core.pages import change_once, page, refuse
from erp.core.policy import authorize_warehouses
from inventory.grid import blame, number_of, rows_of
from inventory.papers import TRANSFERS
from inventory.services import Reception, bins_named, receive_transfer
from inventory.views.documents import lines_of, seen, show, version_of

_COLUMNS = ("line", "received", "lost", "bin", "loss_reason")


@page("POST", most_fields=settings.DATA_UPLOAD_MAX_NUMBER_FIELDS)
def receive(request: AuthedRequest, pk: int) -> HttpResponse:
    """Take in what came; what is wrong is told beside its line and nothing is lost."""
    shown = seen(request, TRANSFERS, "inventory.receive_transfer", pk)
    columns = [request.POST.getlist(name) for name in _COLUMNS]
    if len({len(values) for values in columns}) != 1:
        raise BadRequest("columns differ in length")
    typed = [dict(zip(_COLUMNS, values, strict=True)) for values in zip(*columns, strict=True)]
    stored = list(lines_of(shown))
    rows = rows_of(stored)
    bins = bins_named({row["bin"] for row in typed}, shown.to_warehouse_id)
    receptions = []
    for row, line, grid_row in zip(typed, stored, rows, strict=False):
        received, lost = (_number(row[name], grid_row.errors, name) for name in _COLUMNS[1:3])
        place = bins.get(row["bin"].strip().upper())
        if row["bin"].strip() and place is None:
            grid_row.errors["to_bin"] = _("There is no bin “%(code)s”.") % {"code": row["bin"]}
        receptions.append(
            Reception(
                line.pk,
                received,
                lost,
                bin_id=place.pk if place else None,
                reason=row["loss_reason"].replace("\x00", "")[:200],
            )
        )
        line.typed = row
    errors = [row.errors for row in rows]
    if any(errors):
        messages.error(request, _("Correct the marked cells."))
        return _again(request, shown, stored, errors, 400)

    def effect() -> tuple[str, str]:
        authorize_warehouses(request.user, shown.to_warehouse_id)
        moved = receive_transfer(shown.pk, receptions, by=request.user, version=version_of(request))
        said = _("%(ref)s: what came lies in its bins.") % {"ref": moved.ref}
        return reverse("inventory:transfers-page", args=[moved.pk]), said

    try:
        return change_once(request, "transfers.receive", effect, object_id=shown.pk)
    except DomainError as refusal:
        blame(rows, refusal)
        refuse(request, refusal)
        return _again(request, shown, stored, [row.errors for row in rows], 409)


def _number(text: str, errors: dict[str, str], name: str) -> Decimal:
    try:
        return number_of(text) if text.strip() else Decimal(0)
    except ValueError:
        errors[name] = _("Enter a number.")
        return Decimal(0)


def _again(
    request: AuthedRequest,
    shown: object,
    stored: list[object],
    errors: list[dict[str, str]],
    status: int,
) -> HttpResponse:
    for line, wrong in zip(stored, errors, strict=True):
        line.errors = wrong  # type: ignore[attr-defined]  # shown beside the line
    return show(request, TRANSFERS, shown, [], status=status, stored=stored)
