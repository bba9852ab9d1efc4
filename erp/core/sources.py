"""What to call the documents ledger rows point at.

A ledger row names its source by type and id: the number is drawn last in the transaction, after
the row is written.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.apps import apps


def refs_of(sources: Iterable[tuple[str, int]]) -> dict[tuple[str, int], str]:
    """Return the ref of each (source_type, source_id), one query per type."""
    ids: dict[str, set[int]] = defaultdict(set)
    for kind, key in sources:
        ids[kind].add(key)
    refs = {}
    for kind, keys in ids.items():
        try:
            manager: Any = apps.get_model(kind)._default_manager
        except (LookupError, ValueError):
            continue  # a source that is no document, such as opening stock
        refs.update({(kind, row.pk): str(row) for row in manager.filter(pk__in=keys)})
    return refs
