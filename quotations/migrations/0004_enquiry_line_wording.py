from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("quotations", "0003_enquiry_line_doubts")]

    operations = [
        migrations.AddField(
            model_name="enquiryline",
            name="wording",
            field=models.CharField(blank=True, db_default="", editable=False, max_length=120),
        ),
    ]
