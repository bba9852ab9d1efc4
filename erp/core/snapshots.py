"""What a row holds, as the operation log tells it."""

from typing import Any

from django.db import models

# Kept by the software, not by whoever saves.
_KEPT = {"version", "created_at", "updated_at", "password", "last_login"}


def snapshot(obj: models.Model) -> dict[str, Any]:
    """Return the stored values of a row by field name, as the operation log shows them.

    What is only derived from other columns (``KEYS`` of the model) is left out.
    """
    unsaid = {*_KEPT, *getattr(obj, "KEYS", ())}
    return {
        field.name: getattr(obj, field.attname)
        for field in obj._meta.concrete_fields
        if not (field.name in unsaid or field.primary_key or field.generated)
    }
