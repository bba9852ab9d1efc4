from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from erp.core.errors import DomainError
from imports.models import Import
from imports.services import undo_import


class Command(BaseCommand):
    help = "Take back everything an import wrote, while nothing refers to it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("import_id", type=int, metavar="ID")

    def handle(self, *, import_id: int, **options: Any) -> None:
        try:
            of = undo_import(import_id, by=None)
        except Import.DoesNotExist as error:
            raise CommandError(f"There is no import {import_id}.", returncode=2) from error
        except DomainError as refusal:
            for reason in getattr(refusal, "reasons", []):
                self.stderr.write(reason)
            raise CommandError(refusal.message) from refusal
        self.stdout.write(f"import {of.pk} of {of.file_name} is undone")
