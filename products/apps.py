from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProductsConfig(AppConfig):
    name = "products"
    verbose_name = _("Catalogue and prices")

    def ready(self) -> None:
        from erp.core.registry import confide  # noqa: PLC0415
        from products import books, checks, seams  # noqa: F401, PLC0415 (they register themselves)
        from products.imports import register_kinds  # noqa: PLC0415

        # Its entries name the customer and why.
        confide("products.protecteditem", "products.view_all_protecteditem")
        register_kinds()
        checks.register()
