import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ('core', '0004_longer_content_type'),
        ('quotations', '0006_quotation_rules'),
    ]

    operations = [
        migrations.AddField(
            model_name='quotation',
            name='competitor',
            field=models.CharField(db_default='', editable=False, max_length=120, verbose_name='competitor'),
        ),
        migrations.AddField(
            model_name='quotation',
            name='competitor_price',
            field=models.DecimalField(decimal_places=6, editable=False, max_digits=18, null=True, verbose_name="competitor's price"),
        ),
        migrations.AddField(
            model_name='quotation',
            name='cost_total',
            field=models.DecimalField(decimal_places=2, editable=False, max_digits=18, null=True, verbose_name='cost'),
        ),
        migrations.AddField(
            model_name='quotation',
            name='decided_on',
            field=models.DateField(editable=False, null=True, verbose_name='decided on'),
        ),
        migrations.AddField(
            model_name='quotation',
            name='expiry_told_for',
            field=models.DateField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='quotation',
            name='outcome_note',
            field=models.CharField(db_default='', editable=False, max_length=300, verbose_name='remark on the outcome'),
        ),
        migrations.AddField(
            model_name='quotation',
            name='payment_term',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.paymentterm', verbose_name='payment term'),
        ),
        migrations.AddField(
            model_name='quotation',
            name='terms',
            field=models.TextField(blank=True, db_default='', verbose_name='terms'),
        ),
        migrations.AddField(
            model_name='quotation',
            name='outcome_reason',
            field=models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='quotations.outcomereason', verbose_name='reason'),
        ),
    ]
