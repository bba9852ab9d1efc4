from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OrdersConfig(AppConfig):
    name = "orders"
    verbose_name = _("Orders and deliveries")

    def ready(self) -> None:
        from orders import (  # noqa: PLC0415 (they register themselves)
            books,  # noqa: F401
            books_of_sources,  # noqa: F401
            demand,  # noqa: F401
            imports,  # noqa: F401
            lists,  # noqa: F401
            open_lines,  # noqa: F401
            seams,  # noqa: F401
        )
