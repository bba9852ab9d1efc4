from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ('quotations', '0009_quotation_line_constraints'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='quotation',
            index=models.Index(fields=['status', 'valid_until'], name='quotation_expiry'),
        ),
        migrations.AddIndex(
            model_name='quotation',
            index=models.Index(fields=['dated_on', 'status'], name='quotation_by_day'),
        ),
    ]
