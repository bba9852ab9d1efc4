"""``derive_interchanges``: propose what the designations say may replace what."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from erp.core.errors import DomainError
from products.models import Brand
from products.services import run_derivation, start_derivation


class Command(BaseCommand):
    help = "Propose equal parts of different brands, and upgrades. Safe to run again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--brand", default="", help="Only parts with this one: its code.")
        parser.add_argument(
            "--full", action="store_true", help="All products, not only those changed since last."
        )
        parser.add_argument("--json", action="store_true", help="Print one JSON object.")

    def handle(self, *args: Any, brand: str, full: bool, json: bool, **options: Any) -> None:
        brand_id = None
        if brand:
            brand_id = Brand.objects.filter(code=brand).values_list("pk", flat=True).first()
            if brand_id is None:
                raise CommandError(f"There is no brand {brand!r}.", returncode=2)
        try:
            run = start_derivation(brand_id=brand_id, full=full, queue=False, by=None)
        except DomainError as refusal:
            raise CommandError(refusal.message) from None
        run = run_derivation(run.pk)
        self.stdout.write(_told(run.total, run.proposed, as_json=json))


def _told(products: int, proposals: int, *, as_json: bool) -> str:
    if as_json:
        return json.dumps({"products": products, "proposals": proposals})
    return f"{products} products read, {proposals} proposals made."
