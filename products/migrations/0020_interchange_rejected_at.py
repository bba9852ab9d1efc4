from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("products", "0019_interchange_approved_at"),
    ]

    operations = [
        migrations.AddField(
            model_name="interchange",
            name="rejected_at",
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name="rejected at"),
        ),
    ]
