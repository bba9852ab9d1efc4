from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from products.models import Product

BATCH = 2000


class Command(BaseCommand):
    help = (
        "Derive the search keys of all products anew, after an upgrade that changed their "
        "derivation. Goes through the products by id in batches, each its own transaction; "
        "may be stopped, and continued with --after."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--after", type=int, default=0, metavar="ID", help="continue after ID")

    def handle(self, *args: Any, after: int, verbosity: int, **options: Any) -> None:
        seen = changed = 0
        refused: list[int] = []
        while batch := list(Product.objects.filter(pk__gt=after).order_by("pk")[:BATCH]):
            stale = _stale(batch, refused)
            Product.objects.bulk_update(stale, Product.KEYS)
            after = batch[-1].pk
            seen, changed = seen + len(batch), changed + len(stale)
            if verbosity > 1:
                self.stdout.write(_("up to id %(id)d") % {"id": after})
        self.stdout.write(
            _("%(seen)d products, %(changed)d changed") % {"seen": seen, "changed": changed}
        )
        if refused:
            ids = ", ".join(map(str, refused[:20]))
            raise CommandError(_("Another product has the key of: %(ids)s") % {"ids": ids})


def _stale(batch: list[Product], refused: list[int]) -> list[Product]:
    """Derive the keys anew; return the products whose stored keys differ and may be written."""
    stale: list[Product] = []
    given: set[tuple[int, str]] = set()
    for product in batch:
        before = [getattr(product, key) for key in Product.KEYS]
        product.set_keys()
        if [getattr(product, key) for key in Product.KEYS] == before:
            continue
        key = (product.brand_id, product.search_key)
        if product.search_key != before[0] and (key in given or _is_taken(product)):
            refused.append(product.pk)
            continue
        given.add(key)
        stale.append(product)
    return stale


def _is_taken(product: Product) -> bool:
    others = Product.objects.filter(brand=product.brand_id, search_key=product.search_key)
    return others.exclude(pk=product.pk).exists()
