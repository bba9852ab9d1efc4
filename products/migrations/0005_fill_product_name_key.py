from django.db import migrations

from products.names import name_key

BATCH = 2_000


def fill(apps, schema_editor):
    products = apps.get_model('products', 'Product').objects.using(schema_editor.connection.alias)
    last = 0
    while rows := list(products.filter(pk__gt=last).order_by('pk').only('pk', 'name')[:BATCH]):
        last = rows[-1].pk
        by_name = {}
        for row in rows:
            by_name.setdefault(row.name, []).append(row.pk)
        for name, ids in by_name.items():
            if name:
                products.filter(pk__in=ids).update(name_key=name_key(name))


class Migration(migrations.Migration):

    atomic = False  # in batches

    dependencies = [
        ('products', '0004_product_name_key_column'),
    ]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
