from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('inventory', '0019_fill_stock_days'),
    ]

    operations = [
        migrations.RemoveField(
            model_name='stockbalance',
            name='moved_on',
        ),
    ]
