from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('products', '0011_index_product_size_brand'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='product',
            name='product_size',
        ),
    ]
