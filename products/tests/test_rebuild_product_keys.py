"""Keys derived anew after an upgrade."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from products.models import Product
from tests.factories import BrandFactory, ProductFactory

pytestmark = pytest.mark.django_db


def rebuild(*arguments: str) -> str:
    out = StringIO()
    with translation.override("en"):
        call_command("rebuild_product_keys", *arguments, stdout=out)
    return out.getvalue()


def test_stale_keys_are_derived_anew() -> None:
    product = ProductFactory(designation="6205DDUC3")
    Product.objects.update(search_key="old", form_key="old|")
    assert "1 products, 1 changed" in rebuild()
    product.refresh_from_db()
    assert (product.search_key, product.form_key) == ("6205DDUC3", "6205||2RS,C3")
    assert "1 products, 0 changed" in rebuild()


def test_it_continues_after_an_id() -> None:
    first, second = ProductFactory(designation="6205"), ProductFactory(designation="6206")
    Product.objects.update(form_key="old|")
    assert "1 products, 1 changed" in rebuild("--after", str(first.pk))
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.form_key, second.form_key) == ("old|", "6206||")


def test_two_products_never_get_one_key() -> None:
    brand = BrandFactory()
    ProductFactory(brand=brand, designation="6205")
    twin = ProductFactory(brand=brand, designation="6206")
    Product.objects.filter(pk=twin.pk).update(designation="6205 ")
    with pytest.raises(CommandError, match=f"has the key of: {twin.pk}"):
        rebuild()
    twin.refresh_from_db()
    assert twin.search_key == "6206"
