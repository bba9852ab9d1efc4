from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("products", "0026_interchange_approver"),
    ]

    operations = [
        migrations.AddConstraint(
            model_name="interchange",
            constraint=models.CheckConstraint(condition=models.Q(("approved_at__isnull", True), ("rejected_at__isnull", True), _connector="OR"), name="interchange_one_decision"),
        ),
    ]
