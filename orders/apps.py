from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OrdersConfig(AppConfig):
    name = "orders"
    verbose_name = _("Orders and deliveries")

    def ready(self) -> None:
        from orders import books, demand, imports, open_lines, seams  # noqa: F401, PLC0415
