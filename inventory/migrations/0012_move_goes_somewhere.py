from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('inventory', '0011_move_value_not_negative'),
    ]

    operations = [
        migrations.AddConstraint(
            model_name='stockmove',
            constraint=models.CheckConstraint(condition=models.Q(('from_bin', models.F('to_bin')), _negated=True), name='move_goes_somewhere'),
        ),
    ]
