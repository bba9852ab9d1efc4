from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("products", "0028_superseded_is_one_way"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="interchange",
            index=models.Index(fields=["approved_at", "rejected_at", "id"], name="interchange_proposals"),
        ),
    ]
