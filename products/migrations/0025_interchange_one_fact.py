from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("products", "0024_interchange_pair_high"),
    ]

    operations = [
        migrations.AddConstraint(
            model_name="interchange",
            constraint=models.UniqueConstraint(fields=("pair_low", "pair_high"), name="interchange_one_fact"),
        ),
    ]
