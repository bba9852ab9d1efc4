from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CoreConfig(AppConfig):
    name = "erp.core"
    label = "core"
    verbose_name = _("Company and master tables")

    def ready(self) -> None:
        from erp.core import checks, invariants, jobs  # noqa: PLC0415

        checks.register()
        invariants.register_core()
        jobs.autodiscover()
