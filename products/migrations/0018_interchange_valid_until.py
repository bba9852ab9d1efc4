from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("products", "0017_interchange_approval_right"),
    ]

    operations = [
        migrations.AddField(
            model_name="interchange",
            name="valid_until",
            field=models.DateField(blank=True, help_text="Empty: without end.", null=True, verbose_name="valid until"),
        ),
    ]
