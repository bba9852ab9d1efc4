"""What of a partner follows a merge or changes hands."""

from typing import Any

from customers.models import Address, Contact, Customer, InvoiceProfile, PartnerDetail, Supplier
from erp.core.owners import owner_hands_over
from erp.core.registry import Repoint, follows_merge, repoint_all

_SAID_ALREADY = ("id", "customer", "supplier", "is_default")


def _what_it_says(detail: PartnerDetail) -> tuple[Any, ...]:
    fields = detail._meta.concrete_fields
    return tuple(getattr(detail, f.attname) for f in fields if f.name not in _SAID_ALREADY)


def _details_follow(model: type[PartnerDetail], column: str) -> Repoint:
    """The kept partner's default stays the default; what both say is said once."""

    def repoint(gone_id: int, kept_id: int) -> int:
        rows: Any = model._default_manager
        kept = list(rows.filter(**{f"{column}_id": kept_id}))
        said = {_what_it_says(row): row for row in kept}
        has_default = any(row.is_default for row in kept)
        coming = list(rows.filter(**{f"{column}_id": gone_id}).order_by("pk"))
        for row in coming:
            twin = said.get(_what_it_says(row))
            if twin is not None:
                repoint_all(model, row.pk, twin.pk)
                row.delete()
                continue
            setattr(row, f"{column}_id", kept_id)
            if has_default:
                row.is_default = None
            row.save(update_fields=[column, "is_default"])
        return len(coming)

    return repoint


for _model in (Contact, Address, InvoiceProfile):
    for _column in ("customer", "supplier"):
        follows_merge(_model, _column, repoint=_details_follow(_model, _column))

owner_hands_over(Customer.objects.all)
owner_hands_over(Supplier.objects.all)
