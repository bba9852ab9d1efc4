"""What the columns of a source's files were taken for, remembered."""

from collections.abc import Mapping

from erp.core.tables import plain_heading
from imports.models import Import, ImportMapping


def remembered(of: Import) -> dict[str, str]:
    """Return plain heading → column for the import's source; empty when nobody chose yet."""
    if not of.source:
        return {}
    found = ImportMapping.objects.filter(kind=of.kind, source=of.source).first()
    return dict(found.columns) if found else {}


def remember(kind: str, source: str, columns: Mapping[str, str]) -> None:
    """Keep what a person chose; ``columns``: heading → column, empty for none."""
    plain = {plain_heading(heading): name for heading, name in columns.items() if heading}
    ImportMapping.objects.update_or_create(kind=kind, source=source, defaults={"columns": plain})
