"""Fixtures the tests inside the apps may ask for by name; those of ``tests/`` get them unasked."""

import os
from urllib.parse import urlsplit

import hypothesis
from django.conf import settings

from tests.conftest import company, default_language

__all__ = ["company", "default_language"]
_REDIS_DATABASES = 16

# The same examples each time, a gate must not blink; the long random runs ask for chance.
hypothesis.settings.register_profile("gate", derandomize=True, deadline=None)
hypothesis.settings.load_profile("gate")


def pytest_configure() -> None:
    """Give each worker a Redis database of its own: tests begin by emptying the cache."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    if not worker or not settings.REDIS_URL:
        return
    url = urlsplit(settings.REDIS_URL)
    number = (int(url.path.strip("/") or 0) + 1 + int(worker.removeprefix("gw"))) % _REDIS_DATABASES
    settings.CACHES["default"]["LOCATION"] = url._replace(path=f"/{number}").geturl()
