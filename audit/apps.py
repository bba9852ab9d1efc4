from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AuditConfig(AppConfig):
    name = "audit"
    verbose_name = _("Operation log")

    def ready(self) -> None:
        from audit.services import write_entry  # noqa: PLC0415
        from erp.core.record import set_recorder  # noqa: PLC0415

        set_recorder(write_entry)
