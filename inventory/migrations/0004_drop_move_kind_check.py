from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('inventory', '0003_drop_move_quantity_check'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='stockmove',
            name='move_kind',
        ),
    ]
