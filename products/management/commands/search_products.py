"""``search_products TEXT``: what the search finds for a text, and why."""

import json
from argparse import ArgumentTypeError
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from products.search import Hit, Query, match
from products.search.explaining import explained, in_lines


class Command(BaseCommand):
    help = (
        "Find products by designation in any spelling, by code, old number, size (25x52x15, "
        "1 x 2 x 9/16 in) or name (深沟球轴承, sgqzc)."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("text", help="designation, code, old number, size or name")
        parser.add_argument("--brand", default="", help="any name of the brand preferred")
        parser.add_argument("--limit", type=_positive, default=10, help="at most this many (10)")
        parser.add_argument("--explain", action="store_true", help="say how the text was read, too")
        parser.add_argument(
            "--tolerance", type=_millimetres, default=Decimal("0.01"), help="of sizes, mm (0.01)"
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, **options: Any) -> None:
        query = Query(options["text"], brand=options["brand"], tolerance=options["tolerance"])
        (found,) = match([query], limit=options["limit"])
        if options["json"]:
            answer: dict[str, Any] = {"items": [_item(hit) for hit in found.hits]}
            if options["explain"]:
                answer["understood"] = explained(found)
            self.stdout.write(json.dumps(answer, ensure_ascii=False))
        else:
            for line in in_lines(found) if options["explain"] else ():
                self.stdout.write(line)
            for hit in found.hits:
                self.stdout.write(_line(hit, explain=options["explain"]))
        if not found.hits:
            raise CommandError(_("Nothing found for “%(text)s”.") % {"text": options["text"]})


def _positive(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 200):
        raise ArgumentTypeError("a whole number from 1 to 200")
    return int(text)


def _millimetres(text: str) -> Decimal:
    try:
        value = Decimal(text)
    except InvalidOperation:
        value = Decimal("NaN")
    if not (value.is_finite() and 0 <= value <= 100):
        raise ArgumentTypeError("millimetres from 0 to 100")
    return value


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
