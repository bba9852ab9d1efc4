"""Opening and saving a large sales order, quotation and purchase order on their pages.

    python bench/bench_large_order.py [LINES [TIMES]]        (300 5)

The page is asked for, its form is read as a browser would, every quantity is changed, and the form
is sent back. The median wall time of this process and the database counts; nothing travels.
"""

import json
import statistics
import sys
import time
from collections.abc import Callable
from decimal import Decimal
from html.parser import HTMLParser
from typing import Any

from scratch import driver, scratch_database


class GridForm(HTMLParser):
    """The fields of the page's grid form, as a browser sends them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.fields: dict[str, list[str]] = {}
        self._inside = self._in_template = False
        self._name = ""  # of the select or text area being read
        self._options: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        if tag == "form":
            self._inside = "grid-form" in (said.get("class") or "")
        self._in_template = self._in_template or tag == "template"
        name = said.get("name") or ""
        if not self._inside or self._in_template:
            return
        if tag == "input" and name and said.get("type") not in {"checkbox", "radio", "file"}:
            self.fields.setdefault(name, []).append(said.get("value") or "")
        elif tag in {"select", "textarea"}:
            self._name, self._options = name, []
        elif tag == "option" and self._name:
            value = said.get("value") or ""
            if "selected" in said or not self._options:
                self._options = [value]

    def handle_data(self, data: str) -> None:
        if self._name and self.lasttag == "textarea":
            self._options = [data]

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False
        elif tag == "template":
            self._in_template = False
        elif tag in {"select", "textarea"} and self._name:
            self.fields.setdefault(self._name, []).append((self._options or [""])[0].strip())
            self._name = ""


def documents(lines: int) -> tuple[Any, dict[str, tuple[str, Any]]]:
    """Make a draft of each kind; return who works on them, and address and row of each."""
    from django.urls import reverse  # noqa: PLC0415

    from inventory.models import Warehouse  # noqa: PLC0415
    from orders import services as orders  # noqa: PLC0415
    from orders.services import OrderLineInput, PurchaseLineInput  # noqa: PLC0415
    from quotations import services as quotations  # noqa: PLC0415
    from quotations.services import LineInput  # noqa: PLC0415
    from tests import factories, support  # noqa: PLC0415

    factories.CompanyFactory()
    factories.TaxRateFactory()
    user = factories.UserFactory(is_superuser=True)
    place = factories.BinFactory()
    support.chart()
    products = []
    for _n in range(lines):
        product = factories.ProductFactory()
        support.stock(product, 1000, "8000.00", place)
        products.append(product.pk)
    price, ten = Decimal("11.30"), Decimal(10)
    customer, supplier = factories.CustomerFactory(owner=user), factories.SupplierFactory()
    warehouse = Warehouse.objects.get(pk=place.warehouse_id)
    quotation = quotations.create_quotation(
        customer.pk,
        [LineInput(product, ten, price, price_includes_tax=True) for product in products],
        by=user,
    )
    order = orders.create_order(
        customer.pk, [OrderLineInput(product, ten, price) for product in products], by=user
    )
    bought = orders.create_purchase_order(
        supplier.pk,
        [PurchaseLineInput(product, ten, price) for product in products],
        warehouse_id=warehouse.pk,
        by=user,
    )
    return user, {
        "quotation": (reverse("quotations:quotation", args=[quotation.pk]), quotation),
        "sales order": (reverse("orders:sales-order", args=[order.pk]), order),
        "purchase order": (reverse("orders:purchase-order", args=[bought.pk]), bought),
    }


def timed(run: Callable[[], Any]) -> tuple[float, Any]:
    start = time.perf_counter()
    answer = run()
    return time.perf_counter() - start, answer


def open_and_save(client: Any, address: str, row: Any, lines: int, times: int) -> dict[str, float]:
    opened, saved = [], []
    for number in range(times):
        took, page = timed(lambda: client.get(address))
        opened.append(took)
        sent = GridForm(page.content.decode()).fields
        sent["quantity"] = [str(11 + number)] * lines
        took, answer = timed(lambda sent=sent: client.post(address, sent))  # type: ignore[misc]
        saved.append(took)
        stored = set(row.lines.values_list("quantity", flat=True))
        if answer.status_code != 302 or stored != {Decimal(11 + number)}:
            raise SystemExit(f"{address} was not saved: {answer.status_code}")
    return {
        "open s": round(statistics.median(opened), 2),
        "save s": round(statistics.median(saved), 2),
    }


def main() -> None:
    sizes = [int(word) for word in sys.argv[1:]]
    lines, times = (sizes + [300, 5][len(sizes) :])[:2]
    with scratch_database():
        from django.test import Client  # noqa: PLC0415

        user, made = documents(lines)
        client = Client(HTTP_HOST="localhost")
        client.force_login(user)
        figures: dict[str, Any] = {"database": driver(), "lines": lines}
        for name, (address, row) in made.items():
            figures[name] = open_and_save(client, address, row, lines, times)
    print(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
