"""Fixtures the tests inside the apps may ask for by name; those of ``tests/`` get them unasked."""

from tests.conftest import company, default_language

__all__ = ["company", "default_language"]
