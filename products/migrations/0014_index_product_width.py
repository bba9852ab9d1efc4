from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('products', '0013_index_product_outside'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='product',
            index=models.Index(fields=['width_mm', 'outside_mm'], name='product_width'),
        ),
    ]
