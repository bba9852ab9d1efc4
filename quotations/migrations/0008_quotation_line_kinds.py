from decimal import Decimal

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ('quotations', '0007_quotation_outcome'),
    ]

    operations = [
        migrations.AddField(
            model_name="quotationline",
            name="ordered_quantity",
            field=models.DecimalField(
                db_default=Decimal(0),
                decimal_places=3,
                default=Decimal(0),
                editable=False,
                max_digits=12,
                verbose_name="ordered",
            ),
        ),
        migrations.AddField(
            model_name='quotationline',
            name='alternative_to',
            field=models.PositiveIntegerField(blank=True, null=True, verbose_name='alternative to line'),
        ),
        migrations.AddField(
            model_name='quotationline',
            name='is_counted',
            field=models.BooleanField(db_default=True, default=True, editable=False, verbose_name='counts in the total'),
        ),
        migrations.AddField(
            model_name='quotationline',
            name='is_optional',
            field=models.BooleanField(db_default=False, default=False, verbose_name='optional'),
        ),
        migrations.AddField(
            model_name='quotationline',
            name='outcome',
            field=models.CharField(choices=[('open', 'open'), ('ordered', 'ordered'), ('lost', 'lost'), ('expired', 'expired'), ('passed', 'not chosen')], db_default='open', default='open', editable=False, max_length=8, verbose_name='outcome'),
        ),
        migrations.AddField(
            model_name='quotationline',
            name='unit_cost',
            field=models.DecimalField(decimal_places=6, editable=False, max_digits=18, null=True, verbose_name='cost'),
        ),
    ]
