"""A worker killed in the middle of applying leaves nothing, and the step can be started again."""

import os
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from erp.core.models import Company
from imports import checking, services
from imports.models import Import, ImportChunk
from imports.progress import standing_of
from products.models import PriceFact, Product
from tests import factories
from tests.support import url_of_test_database

pytestmark = pytest.mark.django_db(transaction=True)

ROWS, CHUNKS = 200, 10
WORKER = """
import os, signal, sys
import django
django.setup()
from imports import services
pk, last = int(sys.argv[1]), int(sys.argv[2])
keep, done = services._keep, []
def counted(chunk, diff):
    keep(chunk, diff)
    done.append(chunk)
    if len(done) == last:
        os.kill(os.getpid(), signal.SIGKILL)
services._keep = counted
services.apply_import(pk, by=None)
"""


@pytest.fixture
def checked(company: Company, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Import:
    factories.BrandFactory(code="SKF")
    monkeypatch.setattr(checking, "CHUNK_ROWS", ROWS // CHUNKS)
    path = tmp_path / "list.csv"
    rows = "\n".join(f"SKF,PART-{n},1.5" for n in range(ROWS))
    path.write_text(f"品牌,型号,单价\n{rows}\n", encoding="utf-8")
    made = services.create_import("products", path.name, by=None)
    return services.check_import(made.pk, path=path, by=None)


def worker(of: Import, killed_after: int) -> int:
    """Apply in a process of its own on the test's database; return how it ended."""
    environment = {
        **os.environ,
        "DATABASE_URL": url_of_test_database(),
        "DJANGO_SETTINGS_MODULE": "erp.settings",
    }
    done = subprocess.run(  # noqa: S603 -- our own code
        [sys.executable, "-c", WORKER, str(of.pk), str(killed_after)],
        cwd=settings.BASE_DIR,
        env=environment,
        check=False,
        capture_output=True,
    )
    return done.returncode


@pytest.mark.parametrize("percent", [10, 50, 90])
def test_nothing_or_everything(checked: Import, percent: int) -> None:
    assert worker(checked, CHUNKS * percent // 100) == -signal.SIGKILL
    with transaction.atomic():  # waits for the database to have noticed
        of = Import.objects.select_for_update().get(pk=checked.pk)
    assert of.status == Import.Status.APPLYING
    assert not Product.objects.exists()
    assert not PriceFact.objects.exists()
    assert not ImportChunk.objects.exclude(diff=b"").exists()

    # The page shows that it is silent, and the watch puts it back.
    with time_machine.travel(timezone.now() + timedelta(hours=1)):
        assert not standing_of(of).is_alive
        assert services.notice_dead() == 1
    of.refresh_from_db()
    assert of.status == Import.Status.CHECKED
    assert of.error

    # From the staged rows, without the file.
    services.apply_import(of.pk, by=None)
    assert Product.objects.count() == PriceFact.objects.count() == ROWS


def test_a_new_worker_takes_over_from_a_dead_one(checked: Import) -> None:
    """As when a broker delivers the job again."""
    assert worker(checked, 1) == -signal.SIGKILL
    of = services.apply_import(checked.pk, started=True, by=None)
    assert of.status == Import.Status.APPLIED
    assert Product.objects.count() == ROWS


def test_a_worker_that_lives_comes_to_the_end(checked: Import) -> None:
    """The process above is killed by the test, not by a fault of its own."""
    assert worker(checked, CHUNKS + 1) == 0
    assert Product.objects.count() == ROWS
