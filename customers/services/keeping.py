"""Entering and changing partners: no tax number twice, nobody entered twice unawares."""

from collections.abc import Mapping
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext_lazy as _

from customers.identity import is_chinese, read_tax_number
from customers.models import Address, Contact, Customer, InvoiceProfile, Partner, PartnerDetail
from customers.services.duplicates import TAX_NUMBER, find_similar, similar_text, told_of
from erp.core.errors import DomainError, StaleVersionError
from erp.core.models import NumberSequence
from erp.core.record import field_changes, record
from erp.core.service import service
from erp.core.twins import check_twin

P = TypeVar("P", bound=Partner)
DETAILS: tuple[type[PartnerDetail], ...] = (Contact, Address, InvoiceProfile)
_KEPT_BY_US = {"version", "created_at", "updated_at", "name_key", "initials", "phone_key"}


def partner_values(partner: Partner) -> dict[str, Any]:
    """Return the stored values by field name, as the operation log shows them."""
    return {
        field.name: getattr(partner, field.attname)
        for field in partner._meta.concrete_fields
        if field.name not in _KEPT_BY_US and not field.primary_key
    }


@service("partner.create")
def create_partner(
    model: type[P], values: Mapping[str, Any], *, by: Any, similar_confirmed: bool = False
) -> P:
    """Enter a partner; without a code it gets the next free one.

    Raises DomainError bad_tax_id, duplicate_tax_id, similar_partner (unless confirmed, which the
    operation log then tells), duplicate_code; ValidationError for a wrong field.
    """
    partner = model(**values)
    if partner.owner_id is None:
        partner.owner = by
    partner.set_keys()
    told = check_similar(partner, by=by, confirmed=similar_confirmed)
    if not partner.code:
        partner.code = draw_codes(model, 1)[0]
    partner.full_clean(exclude=["owner"], validate_unique=False, validate_constraints=False)
    _save(partner, by=by)
    record(
        f"{model._meta.label_lower}.added",
        partner,
        by=by,
        changes=field_changes({}, partner_values(partner)),
        reason=told,
    )
    return partner


@service("partner.change")
def change_partner(
    model: type[P],
    pk: int,
    values: Mapping[str, Any],
    *,
    version: int | None,
    by: Any,
    similar_confirmed: bool = False,
) -> P:
    """Change some fields of a partner, seen in this version.

    Raises DomainError not_found, stale_version, and what ``create_partner`` raises.
    """
    manager: Any = model._default_manager
    partner: P | None = manager.select_for_update().filter(pk=pk).first()
    if partner is None:
        raise DomainError(_("There is no such partner."), code="not_found")
    if version is not None and version != partner.version:
        raise StaleVersionError(
            _("%(partner)s was changed in the meantime.") % {"partner": partner},
            code="stale_version",
        )
    before = partner_values(partner)
    for name, value in values.items():
        setattr(partner, name, value)
    partner.set_keys()
    told = ""
    if any(partner_values(partner)[name] != before[name] for name in ("name", "tax_id", "phone")):
        told = check_similar(partner, by=by, confirmed=similar_confirmed)
    partner.full_clean(exclude=["owner"], validate_unique=False, validate_constraints=False)
    changes = field_changes(before, partner_values(partner))
    if changes:
        partner.version += 1
        _save(partner, by=by)
        record(f"{model._meta.label_lower}.changed", partner, by=by, changes=changes, reason=told)
    return partner


def check_similar(partner: Partner, *, by: Any, confirmed: bool) -> str:
    """Refuse a wrong or taken tax number, and a partner that seems to be entered already.

    Returns what the operation log keeps of a likeness somebody has confirmed to be another firm.
    Raises DomainError bad_tax_id, duplicate_tax_id, similar_partner.
    """
    number = read_tax_number(partner.tax_id, chinese=is_chinese(partner.name))
    if number.is_wrong:
        raise DomainError(
            _("%(number)s is no tax number: its length or its check digit is wrong.")
            % {"number": number.text},
            code="bad_tax_id",
            field="tax_id",
        )
    similar = find_similar(
        type(partner),
        name=partner.name,
        tax_id=partner.tax_id,
        phone=partner.phone,
        besides=partner.pk,
    )
    same_number = [one for one in similar if one.reason == TAX_NUMBER]
    if same_number and not partner.shares_tax_id:
        raise DomainError(
            _("This tax number is entered already: %(partners)s")
            % {"partners": similar_text(same_number, by)},
            code="duplicate_tax_id",
            field="tax_id",
            details=told_of(same_number, by),
        )
    if similar and not confirmed and not same_number:
        raise DomainError(
            _("This may be entered already: %(partners)s. Confirm that it is another firm.")
            % {"partners": similar_text(similar, by)},
            code="similar_partner",
            field="name",
            details=told_of(similar, by),
        )
    if not similar:
        return ""
    codes = ", ".join(one.partner.code for one in similar[:10])
    return f"similar: {codes}"


def _save(partner: Partner, *, by: Any) -> None:
    """Save; where another has the code or was quicker, say so instead of failing."""
    try:
        check_twin(partner, "code")
    except ValidationError:
        raise _taken(partner) from None
    try:
        with transaction.atomic():
            partner.save()
    except IntegrityError:
        check_similar(partner, by=by, confirmed=True)
        taken = type(partner)._default_manager.filter(code=partner.code).exclude(pk=partner.pk)
        if not taken.exists():
            raise
        raise _taken(partner) from None


def _taken(partner: Partner) -> DomainError:
    return DomainError(
        _("The code %(code)s is taken.") % {"code": partner.code},
        code="duplicate_code",
        field="code",
    )


def draw_codes(model: type[Partner], count: int) -> list[str]:
    """Return so many free codes: C00001 for customers, S00001 for suppliers.

    Locks the counter until the commit; codes people have chosen themselves are left out.
    """
    prefix = "C" if model is Customer else "S"
    counter = _locked_counter(f"{prefix}CODE")
    codes: list[str] = []
    while len(codes) < count:
        block = range(counter.last + 1, counter.last + 1 + max(count - len(codes), 50))
        wanted = [f"{prefix}{number:05d}" for number in block]
        taken = set(model._default_manager.filter(code__in=wanted).values_list("code", flat=True))
        for number, code in zip(block, wanted, strict=True):
            if len(codes) == count:
                break
            counter.last = number
            if code not in taken:
                codes.append(code)
    counter.save(update_fields=["last"])
    return codes


def _locked_counter(series: str) -> NumberSequence:
    NumberSequence.objects.bulk_create(
        [NumberSequence(series=series, year=0)], ignore_conflicts=True
    )
    return NumberSequence.objects.select_for_update().get(series=series, year=0)


def keep_one_default(partner: Partner, *, by: Any) -> None:
    """Make the first contact, address and invoice profile the default where none is.

    Call it after adding or deleting some, in the same transaction.
    """
    mine = {"customer" if isinstance(partner, Customer) else "supplier": partner}
    for model in DETAILS:
        rows: models.QuerySet[Any] = model._default_manager.filter(**mine).order_by("pk")
        first = rows.first()
        if first is None or rows.filter(is_default=True).exists():
            continue
        first.is_default = True
        first.save(update_fields=["is_default"])
        action = f"{model._meta.label_lower}.changed"
        record(action, first, by=by, changes={"is_default": (None, True)})
