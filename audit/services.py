"""Writing the operation log: the implementation of ``erp.core.record``."""

from typing import Any

from django.db import models

from audit.models import AuditEntry
from erp.core.context import origin
from erp.core.record import Changes


def write_entry(
    action: str,
    obj: models.Model | None,
    *,
    by: Any,
    changes: Changes | None,
    reason: str,
    object_ref: tuple[str, str, str] | None,
) -> None:
    """Add one entry in the caller's transaction; see ``erp.core.record.record``."""
    if obj is not None:
        object_ref = (obj._meta.label_lower, str(obj.pk), str(obj))
    kind, key, label = object_ref or ("", "", "")
    here = origin.get()
    AuditEntry.objects.create(
        actor=by if by is not None and by.pk else None,
        action=action,
        object_type=kind,
        object_id=key,
        object_label=label[:120],
        changes={name: [_plain(old), _plain(new)] for name, (old, new) in (changes or {}).items()},
        reason=reason,
        request_id=here.request_id,
        ip=here.ip,
        device=here.device[:200],
    )


def _plain(value: Any) -> Any:
    """Return a value JSON can hold; a related object becomes its text."""
    return str(value) if isinstance(value, models.Model) else value
