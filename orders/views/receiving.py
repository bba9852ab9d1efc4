"""A goods receipt on the screen: counted against the order, bin by bin, rejected apart."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.requests import AuthedRequest
from erp.core.errors import DomainError, StaleVersionError
from erp.core.money import ZERO, plain
from erp.core.pages import change_once, new_token, page, refuse
from erp.core.policy import allowed, authorize, authorize_warehouses
from inventory.models import Bin
from orders import services
from orders.models import PurchaseOrderLine, Receipt, ReceiptLine, ReceiptStatus
from quotations.grid import read_number

COLUMNS = ("source_line", "quantity", "bin", "rejected", "reject_reason")


@dataclass(slots=True)
class CountedRow:
    """One row as typed."""

    source_line: str
    quantity: str = ""
    bin: str = ""
    rejected: str = ""
    reject_reason: str = ""
    errors: dict[str, str] = field(default_factory=dict)
    numbers: dict[str, Decimal] = field(default_factory=dict)
    ordered: PurchaseOrderLine | None = None
    counted: Decimal = ZERO  # of this line of the order, over all its rows

    @classmethod
    def of(cls, line: ReceiptLine) -> "CountedRow":
        return cls(
            source_line=str(line.source_line_id),
            quantity=plain(line.quantity),
            bin=line.bin.code,
            rejected=plain(line.rejected_quantity) if line.rejected_quantity else "",
            reject_reason=line.reject_reason,
        ).check()

    def check(self) -> "CountedRow":
        for name in ("quantity", "rejected"):
            text = getattr(self, name).strip()
            self.numbers[name] = ZERO
            if not text:
                continue
            try:
                self.numbers[name] = read_number(text)
            except ValueError:
                self.errors[name] = _("Enter a number.")
        if self.numbers["rejected"] and not self.reject_reason.strip():
            self.errors["reject_reason"] = _("Say why.")
        return self


def _read(data: QueryDict) -> list[CountedRow]:
    columns = {name: data.getlist(name) for name in COLUMNS}
    if len({len(values) for values in columns.values()}) != 1:
        raise BadRequest("columns differ in length")
    rows = [
        CountedRow(**dict(zip(COLUMNS, values, strict=True))).check()
        for values in zip(*columns.values(), strict=True)
    ]
    for row in rows:
        is_id = row.source_line.isascii() and row.source_line.isdigit()
        if not is_id or len(row.source_line) > 18 or "\x00" in row.reject_reason + row.bin:
            raise BadRequest("bad value")
    return rows


@page("GET", "POST", most_fields=settings.DATA_UPLOAD_MAX_NUMBER_FIELDS)
def receipt(request: AuthedRequest, pk: int) -> HttpResponse:
    if request.method == "POST":
        return _save(request, _receipt(request, "orders.change_receipt", pk))
    shown = _receipt(request, "orders.view_receipt", pk)
    return _show(request, shown, _rows_of(shown))


def _receipt(request: AuthedRequest, right: str, pk: int) -> Receipt:
    authorize(request.user, right)
    rows = Receipt.objects.select_related("supplier", "purchase_order", "warehouse", "owner")
    found = rows.get_visible(request.user, pk)
    if right != "orders.view_receipt":
        authorize_warehouses(request.user, found.warehouse_id)
    return found


def _rows_of(shown: Receipt) -> list[CountedRow]:
    return [CountedRow.of(line) for line in shown.lines.select_related("bin")]


def _show(
    request: AuthedRequest,
    shown: Receipt,
    rows: list[CountedRow],
    *,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    lines = {
        str(line.pk): line
        for line in shown.purchase_order.lines.select_related("unit", "product__brand")
    }
    counted: dict[str, Decimal] = {}
    for row in rows:
        number = row.numbers.get("quantity", ZERO)
        counted[row.source_line] = counted.get(row.source_line, ZERO) + number
    for row in rows:
        row.ordered = lines.get(row.source_line)
        row.counted = counted[row.source_line]
    is_open = shown.status in (ReceiptStatus.DRAFT, ReceiptStatus.COUNTED)
    context = {
        "receipt": shown,
        "rows": rows,
        "version": shown.version,
        "may_change": is_open and allowed(request.user, "orders.change_receipt"),
        "may_post": is_open and allowed(request.user, "orders.post_receipt"),
        "missing": [line for key, line in lines.items() if key not in counted],
        "bins": Bin.objects.visible_to(request.user).active().filter(warehouse=shown.warehouse_id),
        "token": new_token(),
    }
    return render(request, "orders/receipt.html", context | more, status=status)


def _save(request: AuthedRequest, shown: Receipt) -> HttpResponse:
    """Save what was counted; count and post it when asked to."""
    rows = _read(request.POST)
    given = request.POST.get("version", "")
    version = int(given) if given.isascii() and given.isdigit() and len(given) < 10 else 0
    lines = _counted(request, shown, rows)
    if any(row.errors for row in rows):
        messages.error(request, _("Correct the marked cells."))
        return _show(request, shown, rows, status=400)
    head = {
        "partner_reference": request.POST.get("partner_reference", "").strip()[:60],
        "notes": request.POST.get("notes", "").strip()[:10_000],
    }
    posts = request.POST.get("then") == "post"
    if posts:
        authorize(request.user, "orders.post_receipt")

    def effect() -> tuple[str, str]:
        now = services.change_receipt(shown.pk, lines, version=version, by=request.user, **head)
        said = _("%(ref)s was saved.") % {"ref": now.ref}
        if posts:
            if now.status == ReceiptStatus.DRAFT:
                now = services.count_receipt(shown.pk, version=now.version, by=request.user)
            now = services.post_receipt(shown.pk, version=now.version, by=request.user)
            said = _("%(ref)s was posted.") % {"ref": now.ref}
        return reverse("orders:receipt", args=[shown.pk]), said

    try:
        return change_once(request, "receipt.change", effect, object_id=shown.pk)
    except StaleVersionError as refusal:
        refuse(request, refusal)
        now = _receipt(request, "orders.change_receipt", shown.pk)
        return _show(request, now, rows, status=409, stored=_rows_of(now))
    except DomainError as refusal:
        refuse(request, refusal)
        return _show(request, shown, rows, status=409)


def _counted(
    request: AuthedRequest, shown: Receipt, rows: list[CountedRow]
) -> list[services.CountedLine]:
    """Return the rows for the service, those without any quantity left out."""
    bins = Bin.objects.visible_to(request.user).active().filter(warehouse=shown.warehouse_id)
    by_code = dict(bins.values_list("code", "pk"))
    lines = []
    for row in rows:
        if not any(row.numbers.values()):
            continue
        place = by_code.get(row.bin.strip())
        if row.bin.strip() and place is None:
            row.errors["bin"] = _("There is no such bin.")
        lines.append(
            services.CountedLine(
                int(row.source_line),
                row.numbers["quantity"],
                place,
                row.numbers["rejected"],
                row.reject_reason,
            )
        )
    return lines
