"""The same part in the other brands a customer asked for, to be offered instead."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('quotations', '0012_fill_line_outcomes'),
    ]

    operations = [
        migrations.AddField(
            model_name='enquiryline',
            name='alternative_ids',
            field=models.CharField(blank=True, db_default='', editable=False, max_length=200),
        ),
    ]
