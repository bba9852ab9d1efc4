"""Jobs of the catalogue."""

from datetime import timedelta

from erp.core.jobs import job
from erp.core.registry import columns_following
from products.models import Derivation, Product
from products.services import run_derivation, start_derivation, sweep_merged


@job("products.sweep_merged")
def sweep(gone_id: int) -> None:
    """Catch what was being added to a product while it was merged away."""
    sweep_merged(gone_id)


@job("products.sweep_all_merged", every=timedelta(hours=1))
def sweep_all() -> None:
    """The same for every product that was merged away: a slow writer may come after the sweep."""
    named = {
        key
        for _name, model, column in columns_following(Product)
        for key in model._default_manager.exclude(**{f"{column}__merged_into": None})
        .order_by()
        .values_list(f"{column}_id", flat=True)
        .distinct()
    }
    for key in sorted(named):
        sweep_merged(key)


@job("products.derive_interchanges", long=True)
def derive(derivation_id: int) -> None:
    """Run through the catalogue for proposals."""
    run_derivation(derivation_id)


@job("products.derive_new_interchanges", every=timedelta(days=1))
def derive_new() -> None:
    """The same over what changed, once somebody had the whole catalogue run through."""
    done = Derivation.objects.filter(brand=None, error="").exclude(finished_at=None)
    waiting = Derivation.objects.filter(finished_at=None)
    if done.exists() and not waiting.exists():
        start_derivation(by=None)
