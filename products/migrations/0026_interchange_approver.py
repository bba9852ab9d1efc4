from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("products", "0025_interchange_one_fact"),
    ]

    operations = [
        migrations.AddConstraint(
            model_name="interchange",
            constraint=models.CheckConstraint(condition=models.Q(("approved_at__isnull", True), ("approved_by__isnull", False), _connector="OR"), name="interchange_approver"),
        ),
    ]
