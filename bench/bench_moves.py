"""Stock moves in batches: moves per processor second of this process and the database server.

    python bench/bench_moves.py [MOVES]        (10000)

Receipts into, then issues out of, 1,000 products in batches of 500 lines, on a scratch database.
"""

import json
import statistics
import sys
from decimal import Decimal
from typing import Any

from scratch import Clock, driver, scratch_database

PRODUCTS, BATCH = 1000, 500


def main() -> None:
    moves = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with scratch_database():
        from erp.core.invariants import verify  # noqa: PLC0415
        from erp.core.periods import company_today  # noqa: PLC0415
        from erp.core.service import service  # noqa: PLC0415
        from inventory.services import Movement, Source, post_movements  # noqa: PLC0415
        from tests import factories, support  # noqa: PLC0415

        factories.CompanyFactory()
        support.chart()
        place = factories.BinFactory()
        products = [factories.ProductFactory().pk for _n in range(PRODUCTS)]

        @service("bench.post")
        def post(number: int, lines: list[Movement], kind: str) -> Any:
            source = Source("bench.document", number)
            return post_movements(lines, source=source, kind=kind, on=company_today(), by=None)

        rates, walls = [], []
        for number in range(moves // BATCH):
            first = number // 2 * BATCH % PRODUCTS
            some = products[first : first + BATCH]
            ins = number % 2 == 0
            ends: dict[str, Any] = {"to_bin" if ins else "from_bin": place}
            value = Decimal("80.00") if ins else None
            lines = [
                Movement(line, product, Decimal(10 if ins else 7), value=value, **ends)
                for line, product in enumerate(some, 1)
            ]
            with Clock() as clock:
                post(number, lines, "receipt" if ins else "delivery")
            rates.append(BATCH / clock.cpu)
            walls.append(BATCH / clock.wall)
        figures = {
            "database": driver(),
            "moves": moves,
            "batch": BATCH,
            "moves per cpu second": round(statistics.median(rates)),
            "moves per wall second": round(statistics.median(walls)),
            "books in order": all(one.ok for one in verify()),
        }
    print(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
