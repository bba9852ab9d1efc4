"""Lines of quotations that ended before outcomes were noted get that of their quotation."""

from django.db import migrations
from django.db.models import F

OUTCOMES = {
    "accepted": "ordered",
    "ordered": "ordered",
    "lost": "lost",
    "cancelled": "lost",
    "expired": "expired",
}
_BATCH = 1000


def fill(apps, _schema_editor):
    quotations = apps.get_model("quotations", "Quotation").objects
    lines = apps.get_model("quotations", "QuotationLine").objects
    for status, outcome in OUTCOMES.items():
        last = 0
        while True:
            rows = quotations.filter(status=status, pk__gt=last).order_by("pk")
            keys = list(rows.values_list("pk", flat=True)[:_BATCH])
            if not keys:
                break
            last = keys[-1]
            ended = lines.filter(document__in=keys, outcome="open")
            if outcome == "ordered":
                ended.update(outcome=outcome, ordered_quantity=F("quantity"))
            else:
                ended.update(outcome=outcome)


class Migration(migrations.Migration):
    dependencies = [("quotations", "0011_outcome_reasons")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
