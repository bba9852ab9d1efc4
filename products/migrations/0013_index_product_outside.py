from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('products', '0012_drop_product_size'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='product',
            index=models.Index(fields=['outside_mm', 'width_mm'], name='product_outside'),
        ),
    ]
