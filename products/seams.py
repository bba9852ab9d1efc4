"""What of the catalogue follows when partners become one."""

from erp.core.registry import follows_merge
from products.models import PriceFact, ProductCode

for _column in ("customer", "supplier"):
    follows_merge(ProductCode, _column)
    follows_merge(PriceFact, _column)
