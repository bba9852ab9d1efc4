"""A reason kept in one language is told in another."""

from django.utils.translation import override

from products.models import Interchange
from products.search import reasons
from products.search.reasons import Reason, retold


def test_a_stored_reason_is_told_in_the_readers_language() -> None:
    with override("zh-hans"):
        grade = Interchange.Grade.UPGRADE.label
        stored = Reason(reasons.INTERCHANGE, {"designation": "6205", "grade": grade}).as_stored()
        chinese = retold(stored)
    with override("en"):
        assert retold(stored) == "Replacement for 6205: upgrade."
    assert "6205" in chinese
    assert "Replacement" not in chinese
    assert "upgrade" not in chinese


def test_a_plain_reason_is_told_as_it_stands() -> None:
    with override("zh-hans"):
        stored = Reason(reasons.EXACT).as_stored()
    with override("en"):
        assert retold(stored) == "Designation as written."
