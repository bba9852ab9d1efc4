from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('products', '0005_fill_product_name_key'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='product',
            index=models.Index(fields=['name_key'], name='product_name_key'),
        ),
    ]
