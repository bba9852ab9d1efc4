from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('products', '0008_index_product_brand_key'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='product',
            name='product_brand_designation',
        ),
    ]
