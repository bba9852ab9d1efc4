import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from accounts.services import sync_roles


class Command(BaseCommand):
    help = "Make the six roles hold the rights the code declares. Safe to run again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="Print one JSON object.")

    def handle(self, *, json: bool, **options: Any) -> None:
        counts = sync_roles()
        if json:
            self.stdout.write(_as_json({"roles": counts}))
            return
        for role, count in counts.items():
            self.stdout.write(f"{role}: {count} permissions")


def _as_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
