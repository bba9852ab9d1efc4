from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CustomersConfig(AppConfig):
    name = "customers"
    verbose_name = _("Customers and suppliers")

    def ready(self) -> None:
        from customers import seams  # noqa: F401, PLC0415 (registers what follows and changes hands)
        from customers.imports import register_kinds  # noqa: PLC0415

        register_kinds()
