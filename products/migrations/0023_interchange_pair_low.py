from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("products", "0022_interchange_one_fact_a_pair"),
    ]

    operations = [
        migrations.AddField(
            model_name="interchange",
            name="pair_low",
            field=models.GeneratedField(db_persist=True, expression=models.functions.Least("from_product", "to_product"), output_field=models.BigIntegerField()),
        ),
    ]
