from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("products", "0018_interchange_valid_until"),
    ]

    operations = [
        migrations.AddField(
            model_name="interchange",
            name="approved_at",
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name="approved at"),
        ),
    ]
