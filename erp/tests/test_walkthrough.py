"""What a newcomer sees first: the demo company, and the main job played on it."""

from pathlib import Path
from typing import Any

import pytest

from erp.demo import load_demo
from erp.walkthrough import run

pytestmark = pytest.mark.django_db


def test_the_main_job_goes_through_on_the_demo_company(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR, settings.MEDIA_ROOT = tmp_path, tmp_path / "media"
    added = load_demo()
    assert (added["products"], added["partners"]) == (25485, 400)

    steps, books_ok = run()

    assert books_ok
    names = [step.name for step in steps]
    assert names[0] == "enquiry"
    assert {"quotation", "purchase order", "sales order", "delivery", "payment"} <= set(names)
    # A second load adds nothing, a second run tells the same deal.
    again = load_demo()
    assert (again["products"], again["partners"], again["stock_lines"]) == (0, 0, 0)
    assert run() == (steps, books_ok)
