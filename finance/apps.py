from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FinanceConfig(AppConfig):
    name = "finance"
    verbose_name = _("Finance")

    def ready(self) -> None:
        from erp.core.registry import on_value_events  # noqa: PLC0415
        from finance import books, credit, seams  # noqa: F401, PLC0415 (they register themselves)
        from finance.ledger import post_value_events  # noqa: PLC0415

        on_value_events(post_value_events)
        from finance.imports import register_kinds  # noqa: PLC0415

        register_kinds()
