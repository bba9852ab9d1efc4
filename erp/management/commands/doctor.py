import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from erp.doctor import examine


class Command(BaseCommand):
    help = "Say what is configured and what answers. Exit 1 when something configured does not."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", dest="as_json", help="One JSON object.")

    def handle(self, *, as_json: bool, **options: Any) -> None:
        services = examine()
        if as_json:
            self.stdout.write(json.dumps({"services": services}, ensure_ascii=False))
        else:
            for row in services:
                sign = "ok " if row["reachable"] else "BAD" if row["configured"] else "-  "
                self.stdout.write(f"{sign} {row['name']:12} {row['detail']}")
        if any(row["configured"] and not row["reachable"] for row in services):
            sys.exit(1)
