"""Every stock value gets its days, from the moves, so many values at a time.

A day on which the ledger does not add up to anything that can lie in a warehouse gets no row;
``verify_books`` names it.
"""

from collections import defaultdict
from decimal import Decimal
from itertools import groupby

from django.db import migrations
from django.db.models import Sum

BATCH = 1000


def fill(apps, _schema_editor):
    values = apps.get_model("inventory", "StockValue").objects
    days = apps.get_model("inventory", "StockDay")
    last = 0
    while rows := list(values.filter(pk__gt=last).order_by("pk")[:BATCH]):
        last = rows[-1].pk
        made = {}
        for pk, dated in groupby(sorted(changes(apps, rows).items()), key=lambda item: item[0][0]):
            quantity = value = Decimal(0)
            for (_pk, on), (moved, worth) in dated:
                quantity, value = quantity + moved, value + worth
                if (quantity > 0 and value >= 0) or quantity == value == 0:
                    made[pk, on] = days(account_id=pk, on=on, quantity=quantity, value=value)
        days.objects.bulk_create(made.values(), batch_size=500, ignore_conflicts=True)
        latest = dict(sorted(made))
        for row in rows:
            row.moved_on = latest.get(row.pk)
        values.bulk_update(rows, ["moved_on"])


def changes(apps, rows):
    """What each of these stock values gained on each day, by its key and the day."""
    moves = apps.get_model("inventory", "StockMove").objects
    warehouses = dict(apps.get_model("inventory", "Bin").objects.values_list("pk", "warehouse_id"))
    accounts = {(row.product_id, row.warehouse_id): row.pk for row in rows}
    found = defaultdict(lambda: [Decimal(0), Decimal(0)])
    for end, sign in (("from_bin_id", -1), ("to_bin_id", 1)):
        ends = moves.filter(product__in={row.product_id for row in rows}).exclude(**{end: None})
        sums = ends.order_by().values_list("product_id", end, "on")
        for product, place, on, quantity, value in sums.annotate(Sum("quantity"), Sum("value")):
            account = accounts.get((product, warehouses[place]))
            if account is not None:
                found[account, on][0] += sign * quantity
                found[account, on][1] += sign * value
    return found


class Migration(migrations.Migration):

    atomic = False  # in batches

    dependencies = [
        ('inventory', '0018_stock_days'),
    ]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop, elidable=True)]
