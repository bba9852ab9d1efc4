"""What a row holds, as the operation log tells it, and which version of it somebody has seen."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
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


def version_of(obj: Any, more: Mapping[str, Any] | None = None) -> str:
    """Return what tells one state of a row from the next: its version, or a digest of its values.

    ``more`` are values outside its table that are edited with it, such as a user's roles.
    """
    version = getattr(obj, "version", None)
    values = {} if version is not None else snapshot(obj)
    if version is not None and not more:
        return str(version)
    text = json.dumps({**values, **(more or {})}, cls=DjangoJSONEncoder, sort_keys=True)
    digest = hashlib.sha256(text.encode()).hexdigest()[:16]
    return digest if version is None else f"{version}-{digest}"
