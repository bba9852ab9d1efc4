"""Pages name their language as browsers know it."""

import pytest
from django.test import Client
from django.urls import reverse

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("language", "lang"), [("zh-hans", "zh-CN"), ("en", "en")])
def test_the_admin_names_its_language(client: Client, language: str, lang: str) -> None:
    page = client.get(reverse("admin:login"), headers={"accept-language": language})
    assert f'<html lang="{lang}"' in page.text
