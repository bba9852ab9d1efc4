"""Changes of the catalogue."""

from products.services.categories import archive_category, lock_tree, unarchive_category
from products.services.copied import copyable_lines
from products.services.derivations import run_derivation, start_derivation
from products.services.interchanges import (
    Outcome,
    Seen,
    approve_interchange,
    approve_interchanges,
    preview,
    propose_interchange,
    regrade_interchanges,
    reject_interchange,
    reject_interchanges,
    reopen_interchange,
    set_validity,
)
from products.services.merging import Effects, effects_of_merge, merge_products, sweep_merged

__all__ = [
    "Effects",
    "Outcome",
    "Seen",
    "approve_interchange",
    "approve_interchanges",
    "archive_category",
    "copyable_lines",
    "effects_of_merge",
    "lock_tree",
    "merge_products",
    "preview",
    "propose_interchange",
    "regrade_interchanges",
    "reject_interchange",
    "reject_interchanges",
    "reopen_interchange",
    "run_derivation",
    "set_validity",
    "start_derivation",
    "sweep_merged",
    "unarchive_category",
]
