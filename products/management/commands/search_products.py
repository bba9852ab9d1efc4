"""``search_products TEXT``: what the search finds for a text, and why."""

import json
from argparse import ArgumentTypeError
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from products.search import Hit, Query, match


class Command(BaseCommand):
    help = "Find products by designation in any spelling, by code, old number or size (25x52x15)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("text", help="designation, code, old number or d x D x B")
        parser.add_argument("--brand", default="", help="code or any other name of the brand")
        parser.add_argument("--limit", type=_positive, default=10, help="at most this many (10)")
        parser.add_argument("--explain", action="store_true", help="say why each was found")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, **options: Any) -> None:
        query = Query(options["text"], brand=options["brand"])
        (found,) = match([query], limit=options["limit"])
        if options["json"]:
            items = [_item(hit) for hit in found.hits]
            self.stdout.write(json.dumps({"items": items}, ensure_ascii=False))
        else:
            for hit in found.hits:
                self.stdout.write(_line(hit, explain=options["explain"]))
        if not found.hits:
            raise CommandError(_("Nothing found for “%(text)s”.") % {"text": options["text"]})


def _positive(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 200):
        raise ArgumentTypeError("a whole number from 1 to 200")
    return int(text)


def _item(hit: Hit) -> dict[str, Any]:
    product = hit.product
    return {
        "id": product.pk,
        "brand": product.brand_label,
        "designation": product.designation,
        "match": hit.match,
        "reason": hit.reason,
    }


def _line(hit: Hit, *, explain: bool) -> str:
    line = f"{hit.product.pk}\t{hit.product.brand_label}\t{hit.product.designation}\t{hit.match}"
    return f"{line}\t{hit.reason}" if explain else line
