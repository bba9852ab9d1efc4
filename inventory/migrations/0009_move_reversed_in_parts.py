import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('inventory', '0008_move_kind_length'),
    ]

    operations = [
        migrations.AlterField(
            model_name='stockmove',
            name='reverses',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reversals', to='inventory.stockmove', verbose_name='reverses'),
        ),
    ]
