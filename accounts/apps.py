from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("Employees and rights")

    def ready(self) -> None:
        from accounts import seams  # noqa: F401, PLC0415 (it registers itself)
        from accounts.imports import register_kinds  # noqa: PLC0415
        from accounts.policy import RolePolicy  # noqa: PLC0415
        from erp.core.policy import set_policy  # noqa: PLC0415

        set_policy(RolePolicy())
        register_kinds()
