from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('inventory', '0021_warehouse_approval_limit'),
    ]

    operations = [
        migrations.AddField(
            model_name='warehouse',
            name='kind',
            field=models.CharField(choices=[('stock', 'stock'), ('transit', 'goods in transit')], db_default='stock', default='stock', editable=False, max_length=8, verbose_name='kind'),
        ),
    ]
