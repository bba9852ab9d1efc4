"""What of the catalogue follows when partners become one."""

from erp.core.periods import company_today
from erp.core.registry import Repoint, follows_merge
from products.models import PriceFact, ProductCode, ProtectedItem

for _column in ("customer", "supplier"):
    follows_merge(ProductCode, _column)
    follows_merge(PriceFact, _column)


def _protected_of(column: str, other: str) -> Repoint:
    """Where both are protected for the same, one stays: the one in force."""

    def repoint(gone_id: int, kept_id: int) -> int:
        rows = ProtectedItem.objects.select_for_update().order_by("pk")
        kept = {getattr(row, f"{other}_id"): row for row in rows.filter(**{column: kept_id})}
        coming = list(rows.filter(**{column: gone_id}))
        in_force = set(
            ProtectedItem.objects.in_force(company_today())
            .filter(**{f"{column}__in": (gone_id, kept_id)})
            .values_list("pk", flat=True)
        )
        for row in coming:
            twin = kept.get(getattr(row, f"{other}_id"))
            if twin is not None:
                if twin.pk in in_force or row.pk not in in_force:
                    row.delete()
                    continue
                twin.delete()
            setattr(row, f"{column}_id", kept_id)
            row.save(update_fields=[column])
        return len(coming)

    return repoint


follows_merge(ProtectedItem, "customer", repoint=_protected_of("customer", "product"))
