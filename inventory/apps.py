from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InventoryConfig(AppConfig):
    name = "inventory"
    verbose_name = _("Inventory")

    def ready(self) -> None:
        from inventory import (  # noqa: PLC0415 (they register themselves)
            books,  # noqa: F401
            books_of_documents,  # noqa: F401
            copied,  # noqa: F401
            lists,  # noqa: F401
            seams,  # noqa: F401
            seams_of_documents,  # noqa: F401
        )
        from inventory.imports import register_kinds  # noqa: PLC0415

        register_kinds()
