"""What every test with a database starts from."""

import pytest
from django.core.cache import cache
from django.utils import translation

from erp.core.models import Company, PaymentTerm
from tests import factories


@pytest.fixture
def company(db: None) -> Company:
    """Our company in CNY, with units, the general tax rate, payment terms and two warehouses."""
    for code in ("piece", "pair", "set", "box"):
        factories.UnitFactory(code=code)
    factories.TaxRateFactory()
    factories.PaymentTermFactory()
    factories.PaymentTermFactory(code="prepaid", name="预付", rule=PaymentTerm.Rule.PREPAID, days=0)
    factories.BinFactory()
    factories.BinFactory(warehouse__code="EAST", warehouse__name="东仓", code="B-010101")
    return factories.CompanyFactory()


@pytest.fixture(autouse=True)
def _company_exists(request: pytest.FixtureRequest) -> None:
    """Give the company to every test that touches the database."""
    fixtures = {"db", "transactional_db", "django_db_reset_sequences", "client", "admin_user"}
    if request.node.get_closest_marker("django_db") or fixtures & set(request.fixturenames):
        request.getfixturevalue("company")


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    cache.clear()


@pytest.fixture(autouse=True)
def default_language() -> None:
    """Begin in the default language: a request of the test before may have left another."""
    translation.deactivate()
