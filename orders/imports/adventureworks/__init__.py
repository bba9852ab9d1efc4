"""The AdventureWorks history: partners, products, prices, stock, purchases and sales, as one.

Everything goes through the services of the apps, dated as in the files, in one transaction; a
second load finds what is there and adds what is new. Columns and rules: docs/import.md.
"""

from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from erp.core.errors import DomainError
from erp.core.record import record
from erp.core.service import service
from imports.directories import Outcome, Told
from orders.imports.adventureworks.files import Files, read_files
from orders.imports.adventureworks.history import History
from orders.imports.adventureworks.masters import SOURCE, Masters
from orders.imports.adventureworks.totals import totals


def load(directory: Path, *, check: bool, by: User | None, tell: Told) -> Outcome:
    """Check all files of a directory and, unless a row is refused or ``check``, load them.

    Raises DomainError missing_file, missing_column, and what a service refuses.
    """
    files = read_files(directory)
    outcome = Outcome(rows=files.row_count, problems=files.problems)
    if files.problems:
        return outcome
    by = by or User.objects.filter(is_active=True, is_superuser=True).order_by("pk").first()
    if by is None:
        raise DomainError(_("Say for whom: there is no administrator."), code="no_user")
    try:
        _load(files, outcome, check=check, tell=tell, by=by)
    except _OnlyChecked:
        return outcome
    outcome.totals = totals(files)
    return outcome


class _OnlyChecked(Exception):  # noqa: N818 -- no error: it takes the trial back
    """A check loads everything and takes it back: what the services refuse is found too."""


@service("history.load")
def _load(files: Files, outcome: Outcome, *, check: bool, tell: Told, by: User) -> None:
    masters = Masters(files, outcome, by=by)
    History(files, masters, outcome, by=by, tell=tell).replay()
    changes: dict[str, Any] = {
        name: (None, states["new"] + states["changed"]) for name, states in outcome.counts.items()
    }
    record("history.loaded", by=by, changes=changes, object_ref=(SOURCE, "", "AdventureWorks"))
    if check:
        raise _OnlyChecked
