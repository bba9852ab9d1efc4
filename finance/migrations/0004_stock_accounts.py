"""Charts kept so far get the accounts for samples, losses of stock, freight and duty."""

from django.db import migrations

ACCOUNTS = [
    ("220203", "暂估运费关税", "landed_cost"),
    ("6602", "样品费用", "samples"),
    ("6603", "存货报废损失", "stock_loss"),
]


def fill(apps, _schema_editor):
    accounts = apps.get_model("finance", "Account").objects
    if not accounts.filter(role="inventory").exists():
        return  # no chart yet: whoever sets it up gives every role its account
    taken = set(accounts.values_list("code", flat=True))
    for wanted, name, role in ACCOUNTS:
        code = wanted
        while code in taken:
            code += "0"
        taken.add(code)
        if not accounts.filter(role=role).exists():
            accounts.create(code=code, name=name, role=role)


class Migration(migrations.Migration):

    dependencies = [
        ("finance", "0003_stock_account_roles"),
    ]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop, elidable=True)]
