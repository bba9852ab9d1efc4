from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('inventory', '0022_warehouse_kind_column'),
    ]

    operations = [
        migrations.AddConstraint(
            model_name='warehouse',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['stock', 'transit'])), name='warehouse_kind'),
        ),
    ]
