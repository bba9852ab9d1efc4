from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('inventory', '0004_drop_move_kind_check'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='stockvalue',
            name='no_value_without_quantity',
        ),
    ]
