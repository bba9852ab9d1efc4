from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('inventory', '0012_move_goes_somewhere'),
    ]

    operations = [
        migrations.AddConstraint(
            model_name='stockmove',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['opening', 'receipt', 'delivery', 'customer_return', 'supplier_return', 'transfer', 'loss', 'adjustment', 'count', 'sample', 'scrap', 'surplus', 'assembly', 'revaluation', 'landed_cost', 'price_difference', 'cost_of_goods', 'residual'])), name='move_kind'),
        ),
    ]
