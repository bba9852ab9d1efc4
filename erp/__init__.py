"""The top of the system: settings, routes and the kernel ``erp.core``."""

from erp.celery import app as celery_app

__all__ = ["celery_app"]
