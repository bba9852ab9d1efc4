"""Uploaded files are kept no longer than somebody may still read them."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from erp.core.models import Company
from imports import services
from imports.forgetting import forget_files
from imports.models import Import
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def checked(company: Company) -> Import:
    factories.BrandFactory(code="SKF")
    file = ContentFile("品牌,型号\nSKF,6205\n".encode(), name="list.csv")
    made = services.create_import("products", "list.csv", file=file, by=None)
    return services.check_import(made.pk, by=None)


def test_the_file_of_an_applied_import_goes(checked: Import) -> None:
    name = str(services.apply_import(checked.pk, by=None).file.name)
    assert default_storage.exists(name)

    assert forget_files() == 1

    assert not default_storage.exists(name)
    checked.refresh_from_db()
    assert not checked.file
    assert services.undo_import(checked.pk, by=None).status == Import.Status.UNDONE
    assert forget_files() == 0


def test_a_file_somebody_may_still_apply_stays_for_a_month(checked: Import) -> None:
    assert forget_files() == 0
    name = str(checked.file.name)
    assert default_storage.exists(name)
    with time_machine.travel(timezone.now() + timedelta(days=31)):
        assert forget_files() == 1
    assert not default_storage.exists(name)
