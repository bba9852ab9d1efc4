from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('inventory', '0023_warehouse_kind_check'),
    ]

    operations = [
        migrations.AddConstraint(
            model_name='warehouse',
            constraint=models.CheckConstraint(condition=models.Q(('approval_limit__gte', 0)), name='warehouse_limit_not_negative'),
        ),
    ]
