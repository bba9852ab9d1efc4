from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('products', '0006_index_product_name_key'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='product',
            index=models.Index(fields=['brand', 'name_key'], name='product_brand_name'),
        ),
    ]
