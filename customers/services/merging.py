"""Two entries of one firm become one."""

from typing import Any, TypeVar

from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models import Partner
from customers.services.keeping import keep_one_default, partner_values
from erp.core.errors import DomainError
from erp.core.record import field_changes, record
from erp.core.registry import repoint_all
from erp.core.service import service

P = TypeVar("P", bound=Partner)

# What the kept one takes over where it says nothing itself.
_FILLED = (
    "short_name",
    "tax_id",
    "phone",
    "email",
    "payment_term_id",
    "cut_off_day",
    "credit_limit",
    "lead_time_days",
    "receipt_tolerance",
)


@service("partner.merge")
def merge_partners(
    model: type[P], gone_id: int, kept_id: int, *, by: Any, version: int | None = None
) -> P:
    """Let everything of one partner belong to the other; the one that goes is archived.

    Documents, contacts, addresses, profiles, codes, prices and postings follow in one transaction;
    what was issued keeps the partner as it was printed. The kept partner takes over what it lacks,
    and it is blocked if either was. ``version`` is that of the partner that goes.

    Locks both by primary key. Raises DomainError not_found, same_partner, already_merged,
    currencies_differ, tax_numbers_differ, stale_version.
    """
    if gone_id == kept_id:
        raise DomainError(_("Choose two different partners."), code="same_partner")
    manager: Any = model._default_manager
    locked = manager.select_for_update().filter(pk__in=[gone_id, kept_id])
    rows: dict[int, P] = {row.pk: row for row in locked.order_by("pk")}
    gone, kept = rows.get(gone_id), rows.get(kept_id)
    if gone is None or kept is None:
        raise DomainError(_("There is no such partner."), code="not_found")
    if version is not None and version != gone.version:
        raise DomainError(
            _("%(partner)s was changed in the meantime.") % {"partner": gone}, code="stale_version"
        )
    _check_mergeable(gone, kept)
    followed = repoint_all(model, gone_id, kept_id)
    _release(gone, kept)
    changes = field_changes(partner_values(kept), _take_over(gone, kept))
    kept.version += 1
    kept.save()
    keep_one_default(kept, by=by)
    told = ", ".join(f"{name}: {count}" for name, count in followed.items())
    record(f"{model._meta.label_lower}.merged_away", gone, by=by, reason=f"→ {kept.code}"[:500])
    record(
        f"{model._meta.label_lower}.merged",
        kept,
        by=by,
        changes=changes,
        reason=f"← {gone.code} ({told})"[:500],
    )
    return kept


def _check_mergeable(gone: Partner, kept: Partner) -> None:
    for partner in (gone, kept):
        if partner.merged_into_id is not None:
            raise DomainError(
                _("%(partner)s is merged already.") % {"partner": partner}, code="already_merged"
            )
    if gone.currency_id != kept.currency_id:
        raise DomainError(
            _("The two have different currencies."), code="currencies_differ", field="currency"
        )
    if gone.tax_key and kept.tax_key and gone.tax_key != kept.tax_key:
        raise DomainError(
            _("The two have different tax numbers: they are two firms."),
            code="tax_numbers_differ",
            field="tax_id",
        )


def _release(gone: Partner, kept: Model) -> None:
    """Archive the one that goes; its tax number is free for the other."""
    gone.merged_into_id = kept.pk
    gone.archived_at = gone.archived_at or timezone.now()
    gone.version += 1
    gone.set_keys()
    gone.save()


def _take_over(gone: Partner, kept: Partner) -> dict[str, Any]:
    """Fill what the kept partner lacks; return its new values."""
    for name in _FILLED:
        if hasattr(kept, name) and getattr(kept, name) in (None, ""):
            setattr(kept, name, getattr(gone, name))
    kept.blocked_reason = kept.blocked_reason or gone.blocked_reason
    if gone.notes and gone.notes not in kept.notes:
        kept.notes = "\n".join(filter(None, [kept.notes, gone.notes]))
    kept.set_keys()
    return partner_values(kept)
