"""Brands a customer does not take."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("products", "0014_index_product_width"),
        ("customers", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="ForbiddenBrand",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="reason")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created at")),
                ("brand", models.ForeignKey(on_delete=models.deletion.CASCADE, related_name="+", to="products.brand", verbose_name="brand")),
                ("customer", models.ForeignKey(on_delete=models.deletion.CASCADE, to="customers.customer", verbose_name="customer")),
            ],
            options={
                "verbose_name": "forbidden brand",
                "verbose_name_plural": "forbidden brands",
                "permissions": [("view_all_forbiddenbrand", "Can see the forbidden brands of all customers")],
                "constraints": [models.UniqueConstraint(fields=("customer", "brand"), name="brand_forbidden_once")],
            },
        ),
    ]
