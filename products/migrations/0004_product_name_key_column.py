import erp.core.fields
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('products', '0003_product_merged_into'),
    ]

    operations = [
        migrations.AddField(
            model_name='product',
            name='name_key',
            field=erp.core.fields.CodeField(blank=True, db_default='', default='', editable=False, max_length=80),
        ),
    ]
