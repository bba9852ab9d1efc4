from django.apps import AppConfig


class ErpConfig(AppConfig):
    """The top of the house: pages and commands that use every app."""

    name = "erp"
