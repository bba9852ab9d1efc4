"""System checks of the catalogue's settings."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.core.checks import register as register_check

_SHORTEST_KEY = 16


def _dictionary_key_cannot_be_guessed(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[CheckMessage]:
    if settings.DICTIONARY_KEY and len(settings.DICTIONARY_KEY) < _SHORTEST_KEY:
        return [
            Error(
                f"DICTIONARY_KEY is shorter than {_SHORTEST_KEY} characters.",
                hint="Make one with python3 -c 'import secrets; print(secrets.token_urlsafe())'.",
                id="products.E001",
            )
        ]
    return []


def register() -> None:
    register_check(_dictionary_key_cannot_be_guessed)
