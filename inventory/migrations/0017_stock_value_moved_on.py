from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('inventory', '0016_storekeepers_keep_their_warehouses'),
    ]

    operations = [
        migrations.AddField(
            model_name='stockvalue',
            name='moved_on',
            field=models.DateField(editable=False, null=True, verbose_name='last moved'),
        ),
    ]
