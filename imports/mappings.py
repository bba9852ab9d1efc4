"""What the columns of a source's files were taken for, remembered.

A source is known by the name somebody gave it, and every file by its headings.
"""

from collections.abc import Iterable, Mapping, Sequence

from erp.core.tables import Sheet, plain_heading
from imports.models import Import, ImportMapping
from imports.reading import fingerprint, fingerprints


def remembered(of: Import, sheets: Iterable[Sheet]) -> dict[str, str]:
    """Return plain heading → column ("" for none); empty when nobody chose for such a file yet."""
    known = ImportMapping.objects.filter(kind=of.kind)
    found = known.filter(source=_named(of.source)).first() if of.source else None
    if found is None:
        found = known.filter(source__in=fingerprints(sheets)).order_by("-updated_at").first()
    return dict(found.columns) if found else {}


def remember(of: Import, headings: Sequence[str], columns: Mapping[str, str]) -> None:
    """Keep what a person chose; ``columns``: heading → column, empty for none."""
    plain = {plain_heading(heading): name for heading, name in columns.items() if heading}
    for source in filter(None, (_named(of.source), fingerprint(headings))):
        ImportMapping.objects.update_or_create(
            kind=of.kind, source=source, defaults={"columns": plain}
        )


def _named(source: str) -> str:
    return f"name:{source}" if source else ""
