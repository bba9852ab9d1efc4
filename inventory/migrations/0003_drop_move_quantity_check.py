from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('inventory', '0002_inbound_reference'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='stockmove',
            name='move_quantity_positive',
        ),
    ]
