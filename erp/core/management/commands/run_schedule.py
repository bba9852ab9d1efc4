from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from erp.core.jobs import run_due


class Command(BaseCommand):
    help = "Run the periodic jobs that are due, once, in this process (where there is no Celery)."

    def handle(self, **options: Any) -> None:
        for name in run_due(timezone.now()):
            self.stdout.write(name)
