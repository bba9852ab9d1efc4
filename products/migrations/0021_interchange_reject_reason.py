from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("products", "0020_interchange_rejected_at"),
    ]

    operations = [
        migrations.AddField(
            model_name="interchange",
            name="reject_reason",
            field=models.CharField(blank=True, db_default="", default="", max_length=200, verbose_name="reason of the rejection"),
        ),
    ]
