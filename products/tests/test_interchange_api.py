"""GET /api/v1/products/{id}/interchanges."""

from typing import Any

import pytest
from django.test import Client

from products.models import Interchange, Product
from tests.factories import InterchangeFactory, ProductFactory, UserFactory

pytestmark = pytest.mark.django_db
Grade = Interchange.Grade


def part(brand: str, designation: str) -> Product:
    return ProductFactory(brand__code=brand, designation=designation)


def items(product: Product, role: str = "sales") -> list[dict[str, Any]]:
    client = Client()
    client.force_login(UserFactory(role=role))
    answer = client.get(f"/api/v1/products/{product.pk}/interchanges")
    assert answer.status_code == 200
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


def test_it_tells_grade_source_approval_and_chain() -> None:
    first, second, third = part("SKF", "A100"), part("SKF", "B100"), part("SKF", "C100")
    boss = UserFactory(display_name="陈经理")
    for one, other in ((first, second), (second, third)):
        InterchangeFactory(
            from_product=one,
            to_product=other,
            grade=Grade.SUPERSEDED,
            one_way=True,
            source="SKF 2026",
            approved_by=boss,
        )
    (item,) = items(first)
    assert item["product"]["designation"] == "C100"
    assert (item["grade"], item["one_way"], item["source"]) == ("superseded", True, "SKF 2026")
    assert item["approved"].endswith("Z")
    assert item["chain"] == ["SKF A100", "SKF B100", "SKF C100"]
    assert items(third) == []


def test_proposals_are_for_those_who_may_approve_them() -> None:
    row = InterchangeFactory(from_product=part("SKF", "X1"), to_product=part("NSK", "Y1"))
    assert items(row.from_product) == []
    (item,) = items(row.from_product, "manager")
    assert (item["proposal"], item["approved"]) == (True, None)
    assert items(row.to_product, "manager")[0]["product"]["designation"] == "X1"
