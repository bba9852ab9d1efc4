"""Files nothing will read again: what was applied is kept as a difference, not as the file."""

from django.core.files.storage import default_storage
from django.db import transaction

from erp.core.service import service
from imports.models import Import


def forget_files() -> int:
    """Delete them one by one; return how many."""
    keys = list(Import.objects.done_with_their_file().values_list("pk", flat=True))
    return sum(_forget_file(key) for key in sorted(keys))


@service("import.forget_file")
def _forget_file(import_id: int) -> int:
    rows = Import.objects.done_with_their_file().select_for_update(skip_locked=True)
    of = rows.filter(pk=import_id).first()
    if of is None:  # at work, or forgotten by another runner
        return 0
    name = str(of.file.name)
    of.file = ""
    of.save(update_fields=["file"])
    transaction.on_commit(lambda: default_storage.delete(name))
    return 1
