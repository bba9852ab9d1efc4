"""Brands in the back office: other names are lines of text, not a list in brackets."""

import pytest
from django.test import Client

from tests.factories import BrandFactory, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]


def test_other_names_are_one_a_line() -> None:
    brand = BrandFactory(code="XYZ", aliases=["甲轴", "Xyz Bearings"])
    client = Client()
    client.force_login(UserFactory(role="manager"))
    url = f"/admin/products/brand/{brand.pk}/change/"
    assert "甲轴\nXyz Bearings" in client.get(url).content.decode()

    form = {
        "code": "XYZ",
        "name_en": "XYZ",
        "name_zh": "",
        "country": "",
        "aliases": " 甲轴 \r\n\r\n[1]\r\n甲轴",
        "seen_version": brand.version,
    }
    answer = client.post(url, form)
    assert answer.status_code == 302, answer.content.decode()
    brand.refresh_from_db()
    assert brand.aliases == ["甲轴", "[1]"]
