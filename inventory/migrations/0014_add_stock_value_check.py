from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('inventory', '0013_add_move_kind_check'),
    ]

    operations = [
        migrations.AddConstraint(
            model_name='stockvalue',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('quantity__gt', 0), ('value__gte', 0)), models.Q(('quantity', 0), ('value', 0)), _connector='OR'), name='no_value_without_quantity'),
        ),
    ]
