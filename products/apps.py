from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProductsConfig(AppConfig):
    name = "products"
    verbose_name = _("Catalogue and prices")

    def ready(self) -> None:
        from products import seams  # noqa: F401, PLC0415 (registers what follows a merge)
