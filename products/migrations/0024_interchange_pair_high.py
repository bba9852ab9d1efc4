from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("products", "0023_interchange_pair_low"),
    ]

    operations = [
        migrations.AddField(
            model_name="interchange",
            name="pair_high",
            field=models.GeneratedField(db_persist=True, expression=models.functions.Greatest("from_product", "to_product"), output_field=models.BigIntegerField()),
        ),
    ]
