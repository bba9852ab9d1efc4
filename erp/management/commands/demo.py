import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from erp.demo import load_demo


class Command(BaseCommand):
    help = "Load the demo company. Safe to run again: what is there is kept."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", dest="as_json", help="One JSON object.")

    def handle(self, *, as_json: bool, **options: Any) -> None:
        added = load_demo()
        if as_json:
            added["logins"] = [username for username, _password in added["logins"]]
            self.stdout.write(json.dumps(added, ensure_ascii=False))
            return
        self.stdout.write(
            f"{added['products']} products, {added['partners']} partners,"
            f" {added['stock_lines']} stock lines added."
        )
        for username, password in added["logins"]:
            self.stdout.write(f"log-in  {username:12} {password}")
        self.stdout.write(f"All log-ins are in {added['logins_file']}")
