import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.policy import working_user
from accounts.services import create_api_client
from erp.core.errors import DomainError


class Command(BaseCommand):
    help = "Let a program call the API in an employee's name; prints its secret, once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="What the program is called.")
        parser.add_argument("--user", required=True, help="The user name it acts as.")
        parser.add_argument(
            "--scope",
            action="append",
            help="Like quotations:read or sales-orders:write; may be repeated. Default: all.",
        )

    def handle(self, *, name: str, user: str, scope: list[str] | None, **options: Any) -> None:
        found = working_user(user)
        if found is None:
            raise CommandError(f"--user: no active employee has the user name {user}.")
        try:
            client, secret = create_api_client(name, found.pk, scopes=scope or ["*"], by=None)
        except DomainError as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(json.dumps({"key_id": client.key_id, "secret": secret}))
