from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("quotations", "0002_protected_leave")]

    operations = [
        migrations.AddField(
            model_name="enquiryline",
            name="doubt_codes",
            field=models.CharField(blank=True, db_default="", editable=False, max_length=200),
        ),
    ]
