import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from erp.core.errors import DomainError
from erp.core.uploads import UnreadableFile, table_of_file
from products.imports import ImportPlan, import_products, plan_products

ERRORS_SHOWN = 50


class Command(BaseCommand):
    help = (
        "Import a spreadsheet (csv, xlsx, xls). Every row is checked first; one refused row stops"
        " the whole import. Columns: docs/import.md."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("kind", choices=["products"])
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--check", action="store_true", help="Only check, write nothing.")
        parser.add_argument("--json", action="store_true", dest="as_json", help="One JSON object.")

    def handle(self, *, kind: str, file: Path, check: bool, as_json: bool, **options: Any) -> None:
        try:
            table = table_of_file(file.name, file.read_bytes())
            plan = plan_products(table)
            applied = not check and not plan.errors
            if applied:
                import_products(plan, file_name=file.name, by=None)
        except (DomainError, UnreadableFile) as refusal:
            raise CommandError(f"{file}: {refusal}") from refusal
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror}") from error
        self._report(plan, applied=applied, as_json=as_json)
        if plan.errors:
            sys.exit(1)

    def _report(self, plan: ImportPlan, *, applied: bool, as_json: bool) -> None:
        if as_json:
            report = {
                "applied": applied,
                "new": len(plan.new),
                "changed": len(plan.changed),
                "unchanged": plan.unchanged,
                "prices": len(plan.prices),
                "ignored_columns": plan.ignored_columns,
                "refused": [error.as_json() for error in plan.errors],
            }
            self.stdout.write(json.dumps(report, ensure_ascii=False))
            return
        for error in plan.errors[:ERRORS_SHOWN]:
            self.stderr.write(f"row {error.row}, {error.column}: {error.message}")
        if plan.ignored_columns:
            self.stdout.write(f"not imported: {', '.join(plan.ignored_columns)}")
        outcome = "written" if applied else "nothing written"
        self.stdout.write(
            f"{len(plan.new)} new, {len(plan.changed)} changed, {plan.unchanged} unchanged,"
            f" {len(plan.prices)} list prices, {len(plan.errors)} refused: {outcome}"
        )
