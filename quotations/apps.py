from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class QuotationsConfig(AppConfig):
    name = "quotations"
    verbose_name = _("Enquiries and quotations")

    def ready(self) -> None:
        from quotations import books, lists, seams  # noqa: F401, PLC0415 (they register themselves)
