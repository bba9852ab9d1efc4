import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from erp.core.invariants import verify


class Command(BaseCommand):
    help = "Prove that stock, documents, ledger and numbers agree. Exit 1 names what differs first."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", dest="as_json", help="One JSON object.")

    def handle(self, *, as_json: bool, **options: Any) -> None:
        outcomes = verify()
        ok = all(outcome.ok for outcome in outcomes)
        if as_json:
            report = {"ok": ok, "checks": [outcome.as_json() for outcome in outcomes]}
            self.stdout.write(json.dumps(report, ensure_ascii=False))
        else:
            for outcome in outcomes:
                sign = "ok " if outcome.ok else "BAD"
                self.stdout.write(f"{sign} {outcome.name} ({outcome.rows} rows)")
                if outcome.first_difference:
                    self.stdout.write(f"    {outcome.first_difference}")
        if not ok:
            sys.exit(1)
