import json
import re
import tempfile
from pathlib import Path
from typing import Any

from django.apps import apps
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.http import QueryDict
from django.utils.translation import override

from accounts.models import User
from accounts.policy import working_user
from erp.core.errors import DomainError
from erp.core.exporting import RIGHT, check_length, list_names, list_of, note_export, request_for
from erp.core.exports import write_csv
from erp.core.lists import CSV, FORMATS, XLSX, RowList, write
from erp.core.policy import authorize
from imports.exports import as_import, exports


class Command(BaseCommand):
    help = (
        "Export a list: the rows and columns its page shows that user, or everything. A kind that"
        " can be imported gets the headings of its import."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("kind", choices=sorted(kinds()), metavar="KIND")
        parser.add_argument("--format", choices=FORMATS, default="")
        parser.add_argument("--output", type=Path, metavar="FILE", help="Default: CSV on stdout.")
        parser.add_argument("--user", default="", metavar="NAME", help="As this user sees it.")
        parser.add_argument(
            "--filter",
            action="append",
            default=[],
            metavar="NAME=VALUE",
            help="As in the address of the list's page: q=6205, status__exact=active.",
        )
        parser.add_argument("--json", action="store_true", dest="as_json", help="One JSON object.")

    def handle(self, *, kind: str, output: Path | None, as_json: bool, **options: Any) -> None:
        fmt = options["format"] or _format_of(output)
        if output is None and (fmt == XLSX or as_json):
            raise CommandError("Name a file with --output.", returncode=2)
        by = _person(options["user"])
        user = by or User(is_superuser=True)
        query = _query(options["filter"])
        with override(user.language):
            try:
                authorize(user, RIGHT)
                listed = _listed(kind, request_for(user, query))
                rows = listed.count()
                check_length(fmt, rows)
            except (DomainError, PermissionDenied) as refusal:
                raise CommandError(str(refusal)) from refusal
            except (IncorrectLookupParameters, SuspiciousOperation) as error:
                raise CommandError("This list has no such filter.", returncode=2) from error
            if output is None:
                for piece in write_csv(listed.headers, listed.cells()):
                    self.stdout.write(piece.decode(), ending="")
            else:
                _save(listed, fmt, output)
            note_export(listed, query, fmt, rows, by=by)
        if as_json:
            self.stdout.write(json.dumps({"kind": kind, "rows": rows, "file": str(output)}))


def kinds() -> dict[str, str]:
    """Return every kind → the name of its list: what can be imported, and each list by its table.

    ``sales_orders`` is the table of sales orders; ``orders.salesorder`` is the same.
    """
    tables = {model._meta.label_lower: model for model in apps.get_models()}
    found = {name: name for name in list_names() if name in tables}
    with override("en"):
        for label in found.copy():
            plural = str(tables[label]._meta.verbose_name_plural).lower()
            found.setdefault(re.sub(r"[^a-z]+", "_", plural), label)
    found.update({kind: export.label for kind, export in exports().items()})
    return found


def _listed(kind: str, request: Any) -> RowList:
    """Return the list; a kind of import has its import's columns."""
    listed = list_of(kinds()[kind], request)
    if kind in exports():
        as_import(kind, listed)
    return listed


def _format_of(output: Path | None) -> str:
    return XLSX if output is not None and output.suffix.lower() == ".xlsx" else CSV


def _person(name: str) -> User | None:
    if not name:
        return None
    person = working_user(name)
    if person is None:
        raise CommandError(f"There is no working user {name!r}.", returncode=2)
    return person


def _query(filters: list[str]) -> str:
    query = QueryDict(mutable=True)
    for one in filters:
        name, equals, value = one.partition("=")
        if not equals:
            raise CommandError(f"--filter {one}: write NAME=VALUE.", returncode=2)
        query.appendlist(name, value)
    return query.urlencode()


def _save(listed: RowList, fmt: str, output: Path) -> None:
    """Write beside the file and rename: a file that is there is whole, and its owner's alone."""
    try:
        with tempfile.NamedTemporaryFile(dir=output.parent, delete=False) as file:
            try:
                write(listed, fmt, file)
            except BaseException:
                Path(file.name).unlink()
                raise
        Path(file.name).replace(output)
    except OSError as error:
        raise CommandError(f"{output}: {error.strerror}") from error
