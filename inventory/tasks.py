"""Jobs of the stock."""

from datetime import timedelta

from erp.core.jobs import job
from inventory import services


@job("inventory.refresh_stock_ages", long=True, every=timedelta(days=1))
def refresh_stock_ages() -> None:
    """How old the stock is, as of today."""
    services.refresh_stock_ages()
