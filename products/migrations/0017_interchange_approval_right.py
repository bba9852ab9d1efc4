"""No change of the table."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("products", "0016_derivation"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="interchange",
            options={
                "permissions": [("approve_interchange", "Can approve interchanges")],
                "verbose_name": "interchange",
                "verbose_name_plural": "interchanges",
            },
        ),
        migrations.AlterConstraint(
            model_name="interchange",
            name="interchange_of_two",
            constraint=models.CheckConstraint(
                condition=models.Q(("from_product", models.F("to_product")), _negated=True),
                name="interchange_of_two",
                violation_error_message="A product does not replace itself.",
            ),
        ),
    ]
