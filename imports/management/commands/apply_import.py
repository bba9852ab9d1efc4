import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from erp.core.errors import DomainError
from imports.models import Import
from imports.report import as_report
from imports.services import apply_import


class Command(BaseCommand):
    help = (
        "Apply an import that was checked before, from its staged rows: also one whose worker died"
        " in the middle (--resume)."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("import_id", type=int, metavar="ID")
        parser.add_argument(
            "--skip-refused", action="store_true", help="Leave refused rows out, apply the rest."
        )
        parser.add_argument(
            "--resume", action="store_true", help="Its worker is gone, however lately it spoke."
        )
        parser.add_argument("--json", action="store_true", dest="as_json", help="One JSON object.")

    def handle(self, *, import_id: int, as_json: bool, **options: Any) -> None:
        try:
            of = apply_import(
                import_id, skip_refused=options["skip_refused"], started=options["resume"], by=None
            )
        except Import.DoesNotExist as error:
            raise CommandError(f"There is no import {import_id}.", returncode=2) from error
        except DomainError as refusal:
            raise CommandError(refusal.message) from refusal
        if as_json:
            self.stdout.write(json.dumps(as_report(of), ensure_ascii=False))
            return
        counts = ", ".join(f"{of.counts[name]} {name}" for name in ("new", "changed", "unchanged"))
        self.stdout.write(f"import {of.pk} of {of.file_name} is applied: {counts}")
