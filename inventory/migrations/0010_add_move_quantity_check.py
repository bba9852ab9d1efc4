from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('inventory', '0009_move_reversed_in_parts'),
    ]

    operations = [
        migrations.AddConstraint(
            model_name='stockmove',
            constraint=models.CheckConstraint(condition=models.Q(('quantity__gt', 0), models.Q(('kind__in', ['revaluation', 'landed_cost', 'price_difference', 'cost_of_goods', 'residual']), ('quantity', 0)), _connector='OR'), name='move_quantity_positive'),
        ),
    ]
