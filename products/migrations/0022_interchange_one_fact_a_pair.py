"""Approvals get their time, supersessions their direction, and a pair told twice one fact."""

from django.db import migrations
from django.db.models import F

BATCH = 2000


def settle(apps, _schema_editor):
    interchanges = apps.get_model("products", "Interchange").objects
    interchanges.filter(grade="superseded", one_way=False).update(one_way=True)
    approved = interchanges.exclude(approved_by=None).filter(approved_at=None)
    approved.update(approved_at=F("updated_at"))
    backwards = {}
    rows = interchanges.filter(from_product__gt=F("to_product")).order_by("pk")
    for pk, one, other, approver in rows.values_list(
        "pk", "from_product_id", "to_product_id", "approved_by_id"
    ).iterator(BATCH):
        backwards[other, one] = pk, approver
    twice = []
    if backwards:
        rows = interchanges.filter(from_product__lt=F("to_product")).order_by("pk")
        for pk, one, other, approver in rows.values_list(
            "pk", "from_product_id", "to_product_id", "approved_by_id"
        ).iterator(BATCH):
            if (one, other) in backwards:
                # What somebody approved stays; of two alike the older one.
                twin, twin_approver = backwards[one, other]
                keeps_twin = (twin_approver is None, twin) < (approver is None, pk)
                twice.append(pk if keeps_twin else twin)
    for start in range(0, len(twice), BATCH):
        interchanges.filter(pk__in=twice[start : start + BATCH]).delete()


class Migration(migrations.Migration):
    dependencies = [("products", "0021_interchange_reject_reason")]

    operations = [migrations.RunPython(settle, migrations.RunPython.noop, elidable=True)]
