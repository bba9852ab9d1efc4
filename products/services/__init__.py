"""Changes of the catalogue."""

from products.services.merging import Effects, effects_of_merge, merge_products, sweep_merged

__all__ = ["Effects", "effects_of_merge", "merge_products", "sweep_merged"]
