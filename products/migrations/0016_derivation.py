"""Runs through the catalogue for proposals."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("products", "0015_forbidden_brand"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Derivation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("since", models.DateTimeField(blank=True, null=True, verbose_name="changed since")),
                ("started_at", models.DateTimeField(auto_now_add=True, verbose_name="started at")),
                ("finished_at", models.DateTimeField(null=True, verbose_name="finished at")),
                ("error", models.CharField(blank=True, max_length=200, verbose_name="error")),
                ("done", models.PositiveIntegerField(default=0, verbose_name="products read")),
                ("total", models.PositiveIntegerField(default=0, verbose_name="products to read")),
                ("proposed", models.PositiveIntegerField(default=0, verbose_name="proposals made")),
                ("brand", models.ForeignKey(blank=True, null=True, on_delete=models.deletion.CASCADE, related_name="+", to="products.brand", verbose_name="brand")),
                ("started_by", models.ForeignKey(null=True, on_delete=models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="started by")),
            ],
            options={
                "verbose_name": "derivation of proposals",
                "verbose_name_plural": "derivations of proposals",
                "ordering": ["-id"],
            },
        ),
    ]
