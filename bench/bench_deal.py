"""The whole 10-line deal through the services: queries, and deals per processor second.

    python bench/bench_deal.py [DEALS] [--calls]

Quote → submit → approve → send → order → confirm → deliver → ship → invoice → post → pay → post →
allocate, on a scratch database. Processor time is that of this process and of the local database
server together; the median of rounds of ten deals. ``--calls`` tells the queries of each call.
"""

import json
import statistics
import sys
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from scratch import Clock, driver, scratch_database

LINES, ROUND = 10, 10


class Deals:
    def __init__(self) -> None:
        from django.contrib.auth.models import Group  # noqa: PLC0415

        from accounts.models import User  # noqa: PLC0415
        from accounts.services import sync_roles  # noqa: PLC0415
        from tests import factories, support  # noqa: PLC0415

        factories.CompanyFactory()
        factories.TaxRateFactory()
        sync_roles()
        support.chart()
        self.people: dict[str, User] = {}
        for role in ("sales", "manager", "storekeeper", "accountant"):
            self.people[role] = factories.UserFactory(username=role)
            self.people[role].groups.add(Group.objects.get(name=role))
        self.customer = factories.CustomerFactory(owner=self.people["sales"])
        self.products = [factories.ProductFactory() for _n in range(200)]
        self.place = factories.BinFactory()
        for product in self.products:
            support.stock(product, 100_000, "800000.00", self.place)
        self.bank = factories.BankAccountFactory()
        self.done = 0

    def run(self, called: Callable[[str, Callable[[], Any]], Any]) -> None:
        from finance import services as finance  # noqa: PLC0415
        from orders import services as orders  # noqa: PLC0415
        from quotations import services as quotations  # noqa: PLC0415
        from quotations.services import LineInput  # noqa: PLC0415

        sales, manager = self.people["sales"], self.people["manager"]
        keeper, accountant = self.people["storekeeper"], self.people["accountant"]
        first = self.done * LINES % len(self.products)
        self.done += 1
        lines = [
            LineInput(product.pk, Decimal(3), Decimal("11.30"), price_includes_tax=True)
            for product in self.products[first : first + LINES]
        ]
        warehouse = self.place.warehouse_id

        def call(name: str, verb: Callable[..., Any], *args: Any, **more: Any) -> Any:
            return called(name, lambda: verb(*args, **more))

        quote = call("quote", quotations.create_quotation, self.customer.pk, lines, by=sales)
        call("submit", quotations.submit_quotation, quote.pk, by=sales)
        call("approve", quotations.approve_quotation, quote.pk, by=manager)
        call("send", quotations.send_quotation, quote.pk, by=sales)
        make = orders.create_order_from_quotation
        order = call("order", make, quote.pk, warehouse_id=warehouse, by=sales)
        call("confirm", orders.confirm_order, order.pk, by=sales)
        delivery = call("deliver", orders.create_delivery, order.pk, by=keeper)
        call("ship", orders.ship_delivery, delivery.pk, by=keeper)
        invoice = call("invoice", finance.invoice_delivery, delivery.pk, by=accountant)
        call("post", finance.post_invoice, invoice.pk, by=accountant)
        gross = invoice.gross_total
        pay = finance.create_payment
        bank = self.bank.pk
        paid = call("pay", pay, "in", self.customer, gross, bank_account_id=bank, by=accountant)
        call("book", finance.post_payment, paid.pk, by=accountant)
        call("allocate", finance.allocate_payment, paid.pk, invoice.pk, gross, by=accountant)


def count_queries(deals: Deals, *, show: bool) -> dict[str, int]:
    from django.db import connection  # noqa: PLC0415
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    counts: dict[str, int] = {}

    def counted(name: str, verb: Callable[[], Any]) -> Any:
        with CaptureQueriesContext(connection) as queries:
            result = verb()
        told = [q["sql"] for q in queries.captured_queries]
        counts[name] = sum(not sql.startswith(("SAVEPOINT", "RELEASE")) for sql in told)
        if show:
            print(f"--- {name}: {counts[name]}", *(sql[:230] for sql in told), sep="\n")
        return result

    deals.run(counted)
    return counts


def main() -> None:
    numbers = [int(word) for word in sys.argv[1:] if word.isdigit()]
    with scratch_database():
        from erp.core.invariants import verify  # noqa: PLC0415

        deals = Deals()
        for _warm in range(3):
            deals.run(lambda _name, verb: verb())
        counts = count_queries(deals, show="--calls" in sys.argv)
        rates, own, server, wall = [], [], [], []
        for _round in range(max(1, (numbers or [100])[0] // ROUND)):
            with Clock() as clock:
                for _deal in range(ROUND):
                    deals.run(lambda _name, verb: verb())
            rates.append(ROUND / clock.cpu)
            own.append(clock.own / ROUND)
            server.append(clock.server / ROUND)
            wall.append(clock.wall / ROUND)
        figures = {
            "database": driver(),
            "queries": sum(counts.values()),
            "queries per call": counts,
            "deals per cpu second": round(statistics.median(rates), 1),
            "own cpu ms": round(1000 * statistics.median(own), 1),
            "server cpu ms": round(1000 * statistics.median(server), 1),
            "wall ms": round(1000 * statistics.median(wall), 1),
            "books in order": all(one.ok for one in verify()),
        }
    print(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
