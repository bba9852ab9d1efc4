"""Balances get the date of their latest move, a span of products at a time."""

from django.db import migrations
from django.db.models import Max

BATCH = 1000


def fill(apps, _schema_editor):
    balances = apps.get_model("inventory", "StockBalance").objects
    moves = apps.get_model("inventory", "StockMove").objects
    last = 0
    while rows := list(balances.filter(pk__gt=last, moved_on=None).order_by("pk")[:BATCH]):
        last = rows[-1].pk
        products = {row.product_id for row in rows}
        dates = {}
        for end in ("from_bin_id", "to_bin_id"):
            ends = moves.filter(product__in=products).exclude(**{end: None}).order_by()
            for product, place, on in ends.values_list("product_id", end).annotate(Max("on")):
                dates[product, place] = max(on, dates.get((product, place), on))
        for row in rows:
            row.moved_on = dates.get((row.product_id, row.bin_id))
        balances.bulk_update(rows, ["moved_on"])


class Migration(migrations.Migration):

    atomic = False  # in batches

    dependencies = [
        ("inventory", "0006_stock_balance_moved_on"),
    ]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop, elidable=True)]
