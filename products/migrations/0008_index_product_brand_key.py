from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('products', '0007_index_product_brand_name'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='product',
            index=models.Index(fields=['brand', 'search_key'], name='product_brand_key'),
        ),
    ]
