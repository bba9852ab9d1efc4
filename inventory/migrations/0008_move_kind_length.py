from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('inventory', '0007_fill_moved_on'),
    ]

    operations = [
        migrations.AlterField(
            model_name='stockmove',
            name='kind',
            field=models.CharField(choices=[('opening', 'opening stock'), ('receipt', 'goods receipt'), ('delivery', 'delivery'), ('customer_return', 'customer return'), ('supplier_return', 'supplier return'), ('transfer', 'transfer'), ('loss', 'loss in transit'), ('adjustment', 'adjustment'), ('count', 'stock count'), ('sample', 'sample'), ('scrap', 'scrap'), ('surplus', 'surplus'), ('assembly', 'assembly'), ('revaluation', 'revaluation'), ('landed_cost', 'landed cost'), ('price_difference', 'price difference'), ('cost_of_goods', 'cost of goods sold'), ('residual', 'residual cost')], max_length=20, verbose_name='kind'),
        ),
    ]
