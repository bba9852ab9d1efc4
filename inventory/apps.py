from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InventoryConfig(AppConfig):
    name = "inventory"
    verbose_name = _("Inventory")

    def ready(self) -> None:
        from inventory import books, seams  # noqa: F401, PLC0415 (they register themselves)
        from inventory.imports import register_kinds  # noqa: PLC0415

        register_kinds()
