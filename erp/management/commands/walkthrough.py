import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from erp.core.errors import DomainError
from erp.walkthrough import run


class Command(BaseCommand):
    help = (
        "Play the main job on the demo company, from pasted enquiry to allocated payment, and prove"
        " the books. A second run reports the same deal."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", dest="as_json", help="One JSON object.")

    def handle(self, *, as_json: bool, **options: Any) -> None:
        try:
            steps, books_ok = run()
        except DomainError as refusal:
            raise CommandError(refusal.message) from refusal
        if as_json:
            report = {"steps": [step.as_json() for step in steps], "books_ok": books_ok}
            self.stdout.write(json.dumps(report, ensure_ascii=False))
        else:
            for step in steps:
                figures = "  ".join(f"{key} {value}" for key, value in step.figures.items())
                self.stdout.write(f"{step.name:17} {step.ref:26} {figures}")
            self.stdout.write("books ok" if books_ok else "BOOKS DIFFER")
        if not books_ok:
            sys.exit(1)
