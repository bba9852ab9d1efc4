from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("products", "0027_interchange_one_decision"),
    ]

    operations = [
        migrations.AddConstraint(
            model_name="interchange",
            constraint=models.CheckConstraint(condition=models.Q(models.Q(("grade", "superseded"), _negated=True), ("one_way", True), _connector="OR"), name="superseded_is_one_way"),
        ),
    ]
