from django.db import migrations

from customers.identity import initials, is_chinese, name_key, phone_key, read_tax_number

BATCH = 500


def fill(apps, _schema_editor):
    """Derive the keys; of several partners with one tax number the first holds it."""
    for name in ("Customer", "Supplier"):
        model = apps.get_model("customers", name)
        held, batch = set(), []
        for row in model.objects.order_by("pk").iterator(BATCH):
            number = read_tax_number(row.tax_id, chinese=is_chinese(row.name))
            row.tax_id = number.text
            row.name_key = name_key(row.name)
            row.initials = initials(row.short_name or row.name)[:60]
            row.phone_key = phone_key(row.phone)
            row.shares_tax_id = bool(number.key) and number.key in held
            if number.key and number.key not in held:
                row.tax_key = number.key
                held.add(number.key)
            batch.append(row)
            if len(batch) == BATCH:
                _save(model, batch)
        _save(model, batch)
    contact = apps.get_model("customers", "Contact")
    for row in contact.objects.exclude(phone="").iterator(BATCH):
        row.phone_key = phone_key(row.phone)
        row.save(update_fields=["phone_key"])


def _save(model, batch):
    columns = ["tax_id", "name_key", "initials", "phone_key", "shares_tax_id", "tax_key"]
    model.objects.bulk_update(batch, columns)
    batch.clear()


def give_defaults(apps, _schema_editor):
    """Make the first contact, address and profile the default where a partner has none."""
    for name in ("Contact", "Address", "InvoiceProfile"):
        model = apps.get_model("customers", name)
        for partner in ("customer_id", "supplier_id"):
            served = set(
                model.objects.filter(is_default=True).values_list(partner, flat=True)
            )
            rows = model.objects.exclude(**{partner: None}).order_by("pk")
            for pk, owner in rows.values_list("pk", partner):
                if owner not in served:
                    served.add(owner)
                    model.objects.filter(pk=pk).update(is_default=True)


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0005_follow_ups'),
    ]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.RunPython(give_defaults, migrations.RunPython.noop),
    ]
