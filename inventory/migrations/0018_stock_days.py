import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('inventory', '0017_stock_value_moved_on'),
    ]

    operations = [
        migrations.CreateModel(
            name='StockDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('on', models.DateField(verbose_name='date')),
                ('quantity', models.DecimalField(decimal_places=3, max_digits=12, verbose_name='quantity')),
                ('value', models.DecimalField(decimal_places=2, max_digits=18, verbose_name='value')),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='days', to='inventory.stockvalue')),
            ],
            options={
                'verbose_name': 'stock of a day',
                'verbose_name_plural': 'stock of days',
                'constraints': [models.UniqueConstraint(fields=('account', 'on'), name='stock_day_once'), models.CheckConstraint(condition=models.Q(models.Q(('quantity__gt', 0), ('value__gte', 0)), models.Q(('quantity', 0), ('value', 0)), _connector='OR'), name='no_day_value_without_quantity')],
            },
        ),
    ]
