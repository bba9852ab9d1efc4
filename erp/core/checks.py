"""System checks of our own settings and conventions, with ids and hints."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.apps import AppConfig, apps
from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.core.checks import register as register_check


def _locale_is_no_package(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[CheckMessage]:
    if (Path(settings.BASE_DIR) / "locale" / "__init__.py").exists():
        return [
            Error(
                "locale/__init__.py shadows Python's own locale module.",
                hint="Delete it; locale/ holds translations only.",
                id="core.E001",
            )
        ]
    return []


def _scoped_models_have_scoped_managers(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[CheckMessage]:
    from erp.core.policy import Scoped  # noqa: PLC0415 (models are loading)

    return [
        Error(
            f"{model._meta.label} is Scoped but its manager has no visible_to().",
            hint="Give it objects = SomeScopedQuerySet.as_manager().",
            id="core.E002",
        )
        for model in apps.get_models()
        if issubclass(model, Scoped) and not hasattr(model._default_manager, "visible_to")
    ]


def register() -> None:
    register_check(_locale_is_no_package)
    register_check(_scoped_models_have_scoped_managers)
