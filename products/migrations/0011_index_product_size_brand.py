from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('products', '0010_index_product_category_brand'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='product',
            index=models.Index(fields=['bore_mm', 'outside_mm', 'width_mm', 'brand'], name='product_size_brand'),
        ),
    ]
