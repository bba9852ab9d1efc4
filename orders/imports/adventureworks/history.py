"""What was bought and sold, day after day, through the services of orders and stock.

A document is known again by its reference (``AW PO 1``). What is there already is left as it is,
except that a purchase order goes on where its file shows more received than was.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from erp.core.models import rate_on
from erp.core.money import ZERO, round_money, round_price
from erp.core.periods import company, posting_on
from imports.directories import Outcome, Told
from inventory.models import StockMove
from inventory.services import Movement, Source, available_by_product, post_movements
from orders import services
from orders.imports.adventureworks.files import Files, Row
from orders.imports.adventureworks.masters import (
    CURRENCY,
    RECEIVING,
    SOURCE,
    Masters,
    costs_at_first,
    place_of,
)
from orders.models import PurchaseOrder, Receipt, ReceiptLine, SalesOrder
from orders.services import CountedLine, OrderLineInput, PurchaseLineInput

OPENING = f"{SOURCE}.opening"
COMPLETE = {"3", "4"}  # rejected or complete: no more is expected
REJECTED = "rejected at receipt"
NO_MORE = "complete in AdventureWorks"


@dataclass(frozen=True, slots=True)
class Event:
    """Something of one day; ``rank`` keeps goods coming in before goods going out."""

    on: date
    rank: int
    name: str
    act: Callable[[], None]
    # What it takes from the stock of products (by the ids of the files), or adds to it.
    change: dict[str, Decimal]


class History:
    """The documents of the files that are not there yet, as events."""

    def __init__(
        self, files: Files, masters: Masters, outcome: Outcome, *, by: Any, tell: Told
    ) -> None:
        self.files, self.masters, self.outcome = files, masters, outcome
        self.by, self.tell = by, tell
        self.purchase_lines = files.by("purchase_order_lines", "po_id")
        self.sales_lines = files.by("sales_order_lines", "so_id")

    def replay(self) -> None:
        events = sorted(
            [*self._purchases(), *self._sales()], key=lambda event: (event.on, event.rank)
        )
        self._open(events)
        for number, event in enumerate(events, 1):
            self.tell(event.name, number, len(events))
            with posting_on(event.on):
                event.act()

    # --- stock before the first day ---

    def _open(self, events: list[Event]) -> None:
        """Put what inventory.csv holds on the shelves, and what the sales need beyond purchases."""
        shelves = self.files.rows["inventory"]
        begun = StockMove.objects.filter(source_type=OPENING).exists()
        self.outcome.count("opening_stock", "unchanged" if begun else "new", len(shelves))
        wanted: dict[tuple[str, str], Decimal] = defaultdict(lambda: ZERO)
        free: dict[str, Decimal] = {}
        if begun:
            ids = {row.pk: key for key, row in self.masters.products.items()}
            held = available_by_product(ids, warehouse_id=self.masters.warehouse.pk)
            free = {ids[pk]: quantity for pk, quantity in held.items()}
        else:
            for row in shelves:
                wanted[row["product_id"], place_of(row)] += row["quantity"]
                free[row["product_id"]] = free.get(row["product_id"], ZERO) + row["quantity"]
        for product, short in self._shortages(events, free):
            wanted[product, RECEIVING] += short
        if events:
            self._book(wanted, min(event.on for event in events) - timedelta(days=1), begun)

    def _shortages(
        self, events: list[Event], free: dict[str, Decimal]
    ) -> Iterator[tuple[str, Decimal]]:
        """Yield by how much the stock of a product would fall below nothing."""
        lowest: dict[str, Decimal] = {}
        running = dict(free)
        for event in events:
            for product, change in event.change.items():
                running[product] = running.get(product, ZERO) + change
                lowest[product] = min(lowest.get(product, ZERO), running[product])
        for product in sorted(lowest):
            if lowest[product] < 0:
                yield product, -lowest[product]

    def _book(self, wanted: dict[tuple[str, str], Decimal], on: date, begun: bool) -> None:  # noqa: FBT001
        costs = costs_at_first(self.files)
        rate = rate_on(CURRENCY, company(), on) or Decimal(1)
        movements = [
            Movement(
                line_id=number,
                product_id=self.masters.products[product].pk,
                quantity=quantity,
                to_bin=self.masters.bins[place],
                value=round_money(quantity * costs.get(product, ZERO) * rate),
            )
            for number, ((product, place), quantity) in enumerate(sorted(wanted.items()), 1)
            if quantity
        ]
        if movements:
            kind = StockMove.Kind.SURPLUS if begun else StockMove.Kind.OPENING
            source = Source(OPENING, int(f"{on:%Y%m%d}"))
            post_movements(movements, source=source, kind=kind, on=on, by=self.by)

    # --- purchases ---

    def _purchases(self) -> Iterator[Event]:
        reference = "AW PO {}"
        rows = {reference.format(row["po_id"]): row for row in self.files.rows["purchase_orders"]}
        known = {
            order.partner_reference: order
            for order in PurchaseOrder.objects.filter(partner_reference__in=rows)
        }
        for name, row in rows.items():
            lines = self.purchase_lines.get(row["po_id"], [])
            order = known.get(name)
            if order is None:
                self.outcome.count("purchase_orders", "new")
                self.outcome.count("purchase_lines", "new", len(lines))
                yield Event(row["order_date"], 1, name, lambda n=name: self._order(n), {})  # type: ignore[misc]
                came = lines
            else:
                came = self._more(order, lines)
                self.outcome.count("purchase_orders", "changed" if came else "unchanged")
                self.outcome.count("purchase_lines", "changed", len(came))
                self.outcome.count("purchase_lines", "unchanged", len(lines) - len(came))
            if any(line["received_qty"] for line in came):
                stocked = {
                    line["product_id"]: line["received_qty"] - line["rejected_qty"] for line in came
                }
                yield Event(row["ship_date"], 0, name, lambda n=name: self._receive(n), stocked)  # type: ignore[misc]
        self._ordered = rows

    def _more(self, order: PurchaseOrder, lines: list[Row]) -> list[Row]:
        """Return the lines of which the files have more received than the order has."""
        had = received_by_product(order)
        return [
            line
            for line in lines
            if line["received_qty"] > sum(had[self.masters.products[line["product_id"]].pk])
        ]

    def _order(self, name: str) -> None:
        row = self._ordered[name]
        lines = self.purchase_lines.get(row["po_id"], [])
        order = services.create_purchase_order(
            self.masters.suppliers[row["vendor_id"]].pk,
            [
                PurchaseLineInput(
                    product_id=self.masters.products[line["product_id"]].pk,
                    quantity=line["order_qty"],
                    unit_price=round_price(line["unit_price"]),
                )
                for line in lines
            ],
            warehouse_id=self.masters.warehouse.pk,
            requested_on=min(line["due_date"] for line in lines),
            partner_reference=name,
            notes=note_of(row),
            by=self.by,
        )
        services.submit_purchase_order(order.pk, by=self.by, accept_prices=True)
        services.approve_purchase_order(order.pk, by=self.by)
        services.send_purchase_order(order.pk, by=self.by)

    def _receive(self, name: str) -> None:
        row = self._ordered[name]
        order = PurchaseOrder.objects.get(partner_reference=name)
        lines = {line.product_id: line for line in order.lines.all()}
        had = received_by_product(order)
        counted = []
        for told in self.purchase_lines[row["po_id"]]:
            product = self.masters.products[told["product_id"]]
            taken, rejected = had[product.pk]
            stocked = told["received_qty"] - told["rejected_qty"] - taken
            bad = told["rejected_qty"] - rejected
            if stocked > 0 or bad > 0:
                counted.append(
                    CountedLine(
                        source_line_id=lines[product.pk].pk,
                        quantity=max(stocked, ZERO),
                        bin_id=self.masters.bins[RECEIVING].pk,
                        rejected=max(bad, ZERO),
                        reject_reason=REJECTED if bad > 0 else "",
                    )
                )
        receipt = services.create_receipt(order.pk, lines=counted, by=self.by)
        services.count_receipt(receipt.pk, by=self.by)
        services.post_receipt(receipt.pk, by=self.by)
        order.refresh_from_db()
        if row["status"] in COMPLETE and any(line.open_quantity for line in order.lines.all()):
            services.close_purchase_order(order.pk, reason=NO_MORE, by=self.by)

    # --- sales ---

    def _sales(self) -> Iterator[Event]:
        rows = {f"AW SO {row['so_id']}": row for row in self.files.rows["sales_orders"]}
        orders = SalesOrder.objects.filter(partner_reference__in=rows)
        known = set(orders.values_list("partner_reference", flat=True))
        self.outcome.count("sales_orders", "unchanged", len(known))
        self._sold = rows
        for name, row in rows.items():
            lines = self.sales_lines.get(row["so_id"], [])
            self.outcome.count("sales_lines", "unchanged" if name in known else "new", len(lines))
            if name in known:
                continue
            self.outcome.count("sales_orders", "new")
            sold: dict[str, Decimal] = defaultdict(lambda: ZERO)
            for line in lines:
                sold[line["product_id"]] -= line["order_qty"]
            yield Event(row["order_date"], 2, name, lambda n=name: self._sell(n), dict(sold))  # type: ignore[misc]
            yield Event(row["ship_date"], 3, name, lambda n=name: self._ship(n), {})  # type: ignore[misc]

    def _sell(self, name: str) -> None:
        row = self._sold[name]
        order = services.create_order(
            self.masters.customers[row["customer_id"]].pk,
            [
                OrderLineInput(
                    product_id=self.masters.products[line["product_id"]].pk,
                    quantity=line["order_qty"],
                    # The price that was paid: some lines hold a discount the list price does not.
                    unit_price=round_price(line["line_total"] / line["order_qty"]),
                    price_includes_tax=False,
                )
                for line in self.sales_lines.get(row["so_id"], [])
            ],
            header={
                "warehouse_id": self.masters.warehouse.pk,
                "partner_reference": name,
                "requested_on": row["due_date"],
                "notes": note_of(row),
            },
            by=self.by,
        )
        services.confirm_order(order.pk, by=self.by)

    def _ship(self, name: str) -> None:
        order = SalesOrder.objects.get(partner_reference=name)
        delivery = services.create_delivery(order.pk, by=self.by)
        services.ship_delivery(delivery.pk, by=self.by)


def received_by_product(order: PurchaseOrder) -> dict[int, tuple[Decimal, Decimal]]:
    """Return what of a product was taken in and what was rejected (an order names it once)."""
    had: dict[int, tuple[Decimal, Decimal]] = defaultdict(lambda: (ZERO, ZERO))
    rows = ReceiptLine.objects.filter(
        document__purchase_order=order, document__status=Receipt.Status.POSTED
    )
    columns = ("product_id", "quantity", "rejected_quantity")
    for product, quantity, rejected in rows.values_list(*columns):
        had[product] = (had[product][0] + quantity, had[product][1] + rejected)
    return had


def note_of(row: Row) -> str:
    """Return what the file says of tax and freight, which are no lines there: kept as a note."""
    status = f"status {row['status']}, " if "status" in row else ""
    return (
        f"AdventureWorks: {status}subtotal {row['subtotal']}, tax {row['tax']},"
        f" freight {row['freight']}, total {row['total_due']}"
    )
