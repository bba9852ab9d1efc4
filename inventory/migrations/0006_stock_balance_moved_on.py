from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('inventory', '0005_drop_stock_value_check'),
    ]

    operations = [
        migrations.AddField(
            model_name='stockbalance',
            name='moved_on',
            field=models.DateField(editable=False, null=True, verbose_name='last moved'),
        ),
    ]
