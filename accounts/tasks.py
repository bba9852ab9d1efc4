"""Periodic upkeep of log-ins and API clients."""

from datetime import timedelta

from accounts.signatures import forget_nonces
from erp.core.jobs import job


@job("accounts.forget_nonces", every=timedelta(hours=1))
def forget_used_nonces() -> None:
    forget_nonces()
