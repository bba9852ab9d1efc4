from decimal import Decimal

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('inventory', '0020_drop_balance_moved_on'),
    ]

    operations = [
        migrations.AddField(
            model_name='warehouse',
            name='approval_limit',
            field=models.DecimalField(db_default=Decimal('500'), decimal_places=2, default=Decimal('500'), help_text='Count differences and other receipts and issues of more value than this are posted by somebody else than who entered them.', max_digits=18, verbose_name='approval above'),
        ),
    ]
