"""Warehouses and bins: what is empty may be archived; where a product usually lies."""

from collections.abc import Iterable
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from erp.core.errors import DomainError
from erp.core.record import record
from erp.core.service import service
from inventory.models import Bin, StockBalance, UsualBin, Warehouse
from inventory.models.places import WarehouseKind


def usual_bins(product_ids: Iterable[int], warehouse_id: int) -> dict[int, Bin]:
    """Return where each product goes in a warehouse: its usual bin, or where most of it lies.

    A product that has neither is missing. Two queries.
    """
    wanted = set(product_ids)
    found: dict[int, Bin] = {}
    lying = StockBalance.objects.filter(
        product_id__in=wanted,
        bin__warehouse_id=warehouse_id,
        bin__archived_at=None,
        on_hand__gt=0,
    )
    for balance in lying.select_related("bin").order_by("on_hand", "-pk"):
        found[balance.product_id] = balance.bin  # the last one holds most
    usual = UsualBin.objects.filter(
        product_id__in=wanted, warehouse_id=warehouse_id, bin__archived_at=None
    )
    found.update({row.product_id: row.bin for row in usual.select_related("bin")})
    return found


def transit_bin(target: Warehouse) -> Bin:
    """Return the place where goods lie while they are on their way to a warehouse."""
    road, _created = Warehouse.objects.get_or_create(
        kind=WarehouseKind.TRANSIT, defaults={"code": "TRANSIT", "name": str(_("In transit"))}
    )
    place, _made = Bin.objects.get_or_create(warehouse=road, code=target.code)
    return place


@service("bin.archive")
def archive_bin(bin_id: int, *, by: User, version: int | None = None, reason: str = "") -> Bin:
    """Put a bin out of use. Raises DomainError bin_not_empty, not_found, stale_version."""
    place: Bin = _locked(Bin, bin_id, version)
    _check_empty(StockBalance.objects.filter(bin=place), str(place))
    _archive(place, by=by, reason=reason)
    return place


@service("warehouse.archive")
def archive_warehouse(
    warehouse_id: int, *, by: User, version: int | None = None, reason: str = ""
) -> Warehouse:
    """Put a warehouse out of use. Raises DomainError bin_not_empty, not_found, stale_version."""
    warehouse: Warehouse = _locked(Warehouse, warehouse_id, version)
    _check_empty(StockBalance.objects.filter(bin__warehouse=warehouse), str(warehouse))
    _archive(warehouse, by=by, reason=reason)
    return warehouse


def _locked(model: Any, pk: int, version: int | None) -> Any:
    row = model.objects.select_for_update().filter(pk=pk).first()
    if row is None:
        raise DomainError(_("There is nothing here."), code="not_found")
    if version is not None and version != row.version:
        raise DomainError(
            _("%(row)s was changed in the meantime. Look again.") % {"row": row},
            code="stale_version",
        )
    return row


def _check_empty(balances: Any, place: str) -> None:
    """Locks the balances, so that nothing comes in while the place is closed."""
    keys = sorted(balances.order_by().values_list("pk", flat=True))
    rows = StockBalance.objects.select_for_update().filter(pk__in=keys).order_by("pk")
    for row in rows:
        if row.on_hand or row.reserved:
            raise DomainError(
                _("%(place)s is not empty: move what lies there first.") % {"place": place},
                code="bin_not_empty",
            )


def _archive(row: Any, *, by: User, reason: str) -> None:
    row.archived_at = timezone.now()
    row.version += 1
    row.save(update_fields=["archived_at", "version", "updated_at"])
    changes = {"archived_at": (None, row.archived_at)}
    name = f"{row._meta.label_lower}.archived"
    record(name, row, by=by, changes=changes, reason=reason)


def bin_codes(warehouse_id: int, most: int = 500) -> list[str]:
    """Return the bins of a warehouse to choose from, whoever works there."""
    rows = Bin.objects.active().filter(warehouse_id=warehouse_id).order_by("code")
    return list(rows.values_list("code", flat=True)[:most])


def bins_named(codes: Iterable[str], warehouse_id: int) -> dict[str, Bin]:
    """Return the bins of a warehouse by their code in capitals, as typed lists name them."""
    typed = {code.strip() for code in codes if code.strip()}
    wanted = typed | {code.upper() for code in typed}
    rows = Bin.objects.active().filter(warehouse_id=warehouse_id, code__in=wanted)
    return {place.code.upper(): place for place in rows}
