"""Quoting another customer's protected item: who may, who allowed it, and the trace of it.

Anybody may draft such a quotation, with a warning beside the line. Handing it in and sending it
take the right, or the leave of somebody who holds it. Leave is for the items the quotation touches
when it is given; an item protected later asks again.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from erp.core.errors import DomainError
from erp.core.policy import allowed
from erp.core.record import record
from erp.core.service import service
from messaging.services import holders_of, notify
from products.protected import CODE, RIGHT, Protection, owners_of, protections_of, warning
from quotations.models import OPEN_TO_LEAVE, ProtectedLeave, Quotation, QuotationLine


def lines_of(quotation: Quotation) -> list[QuotationLine]:
    """Return the lines, each with the ``form_key`` of its product."""
    return list(quotation.lines.annotate(form_key=F("product__form_key")))


def _touched(quotation: Quotation, lines: Iterable[Any]) -> dict[int, tuple[Protection, ...]]:
    forms = {line.product_id: line.form_key for line in lines}
    return protections_of(forms, customer_id=quotation.customer_id)


def _all(found: dict[int, tuple[Protection, ...]]) -> dict[int, Protection]:
    return {one.item_id: one for several in found.values() for one in several}


def _given(quotation: Quotation) -> set[int]:
    return set(quotation.leaves.values_list("item_id", flat=True))


def check_protected(quotation: Quotation, lines: Sequence[QuotationLine], *, by: User) -> None:
    """Refuse to hand in or send another customer's protected item without right and without leave.

    Raises DomainError protected_item naming the first such line and whom to ask. The use of the
    right is recorded.
    """
    found = _touched(quotation, lines)
    if not found:
        return
    missing = _all(found).keys() - _given(quotation)
    if not missing:
        return
    if not allowed(by, RIGHT):
        raise _refusal(lines, found, missing)
    _record(quotation, "quotation.protected_quoted", lines, found, by=by)


def _refusal(
    lines: Iterable[QuotationLine], found: dict[int, tuple[Protection, ...]], missing: set[int]
) -> DomainError:
    line, protected = next(
        (line, [one for one in found.get(line.product_id, ()) if one.item_id in missing])
        for line in lines
        if any(one.item_id in missing for one in found.get(line.product_id, ()))
    )
    return DomainError(
        _("%(line)s: %(warning)s Ask for leave to quote it.")
        % {"line": line, "warning": warning(owners_of(protected))},
        code=CODE,
        field=f"lines[{line.line_no}].product_id",
    )


def _record(
    quotation: Quotation,
    action: str,
    lines: Iterable[QuotationLine],
    found: dict[int, tuple[Protection, ...]],
    *,
    by: User,
) -> None:
    changes = {
        str(line): (None, ", ".join(owners_of(found[line.product_id])))
        for line in lines
        if line.product_id in found
    }
    record(action, quotation, by=by, changes=changes)


def give_leave(quotation: Quotation, lines: Sequence[QuotationLine], *, by: User) -> bool:
    """Note that ``by``, who holds the right, lets this quotation go out; False if none is needed.

    The caller holds the quotation's lock.
    """
    found = _touched(quotation, lines)
    missing = _all(found).keys() - _given(quotation) if found else set()
    if not missing:
        return False
    ProtectedLeave.objects.bulk_create(
        ProtectedLeave(document=quotation, item_id=item_id, allowed_by=by)
        for item_id in sorted(missing)
    )
    _record(quotation, "quotation.protected_allowed", lines, found, by=by)
    return True


@service("quotation.allow_protected")
def allow_protected(quotation_id: int, *, by: User, version: int | None = None) -> Quotation:
    """Let a quotation go out although it offers another customer's protected item.

    Raises DomainError nothing_protected, not_open_to_leave.
    """
    quotation = _open_to_leave(quotation_id, version)
    if not give_leave(quotation, lines_of(quotation), by=by):
        raise _nothing_protected()
    if quotation.owner_id != by.pk:
        notify("quotation.protected_allowed", quotation, [quotation.owner_id])
    return quotation


@service("quotation.ask_protected")
def ask_protected(quotation_id: int, *, by: User, version: int | None = None) -> Quotation:
    """Ask those who may allow it for leave to quote another customer's protected item.

    Raises DomainError nothing_protected, not_open_to_leave.
    """
    quotation = _open_to_leave(quotation_id, version)
    lines = lines_of(quotation)
    found = _touched(quotation, lines)
    if not found or not _all(found).keys() - _given(quotation):
        raise _nothing_protected()
    _record(quotation, "quotation.protected_asked", lines, found, by=by)
    notify("quotation.protected_asked", quotation, holders_of(RIGHT))
    return quotation


def _open_to_leave(quotation_id: int, version: int | None) -> Quotation:
    quotation = Quotation.objects.locked(quotation_id)
    quotation.check_version(version)
    if quotation.status not in OPEN_TO_LEAVE:
        raise DomainError(
            _("%(ref)s is %(status)s.")
            % {"ref": quotation.ref, "status": quotation.get_status_display()},
            code="not_open_to_leave",
        )
    return quotation


def _nothing_protected() -> DomainError:
    return DomainError(
        _("This quotation needs no leave for protected items."), code="nothing_protected"
    )
