from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('inventory', '0010_add_move_quantity_check'),
    ]

    operations = [
        migrations.AddConstraint(
            model_name='stockmove',
            constraint=models.CheckConstraint(condition=models.Q(('value__gte', 0)), name='move_value_not_negative'),
        ),
    ]
