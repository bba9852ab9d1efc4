from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('products', '0009_drop_product_brand_designation'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='product',
            index=models.Index(fields=['category', 'brand'], name='product_category_brand'),
        ),
    ]
