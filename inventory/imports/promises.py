"""What a maker's report says of goods on their way, held against what was known of them.

Goods of our own orders (``Binder``) keep the quantity our order has open; all others
(``KnownGoods``) are known from reports alone.
"""

from collections.abc import Collection, Sequence
from datetime import date
from decimal import Decimal

from imports.diffs import Diff
from imports.kinds import CHANGED, NEW, UNCHANGED, Row, Run
from inventory.models import Inbound, InboundPromise, Warehouse
from inventory.services import OpenLine, Promised, Source, note_promises, spread_promises
from inventory.services.inbound import OrderLines, latest_promises, order_lines

SOURCE = "imports.import"
_ROWS_OF_A_FILE = 10_000_000
CHANGING = ("product_id", "quantity", "requested_on", "confirmed_on")


def my_warehouses(run: Run) -> set[int]:
    return set(run.sees(Warehouse.objects.all()).values_list("pk", flat=True))


def refuse_foreign(row: Row, warehouse_id: int, mine: Collection[int]) -> bool:
    """Refuse a row about goods that somebody else's warehouse expects."""
    if warehouse_id in mine:
        return False
    row.refuse("warehouse", "foreign_warehouse", "")
    row.state = UNCHANGED
    return True


class KnownGoods:
    """Lines of reports that are none of our orders."""

    def __init__(self, run: Run) -> None:
        self.run = run

    def compare(self, rows: Sequence[Row], *, lock: bool) -> None:
        found = Inbound.objects.filter(
            source_type=SOURCE, reference__in={row.values["reference"] for row in rows}
        )
        if lock:
            found = found.select_for_update().order_by("pk")
        there = {one.reference: one for one in found}
        mine = my_warehouses(self.run) if there else set()
        for row in rows:
            inbound = row.existing = there.get(row.values["reference"])
            if inbound is None:
                row.state = NEW
                continue
            if refuse_foreign(row, inbound.warehouse_id, mine):
                continue
            row.says = {
                name: (getattr(inbound, name), row.values[name])
                for name in CHANGING
                if name in row.values and getattr(inbound, name) != row.values[name]
            }
            if inbound.missing_since is not None:  # named again
                row.says["missing_since"] = (inbound.missing_since, None)
            row.state = CHANGED if row.says else UNCHANGED

    def write(self, rows: Sequence[Row], diff: Diff) -> None:
        created = [self._new(row) for row in rows if row.state == NEW]
        Inbound.objects.bulk_create(created, batch_size=500)
        diff.created(created)
        changed = []
        for row in rows:
            if row.state == CHANGED:
                for name, (_before, after) in row.says.items():
                    setattr(row.existing, name, after)
                diff.changed(row.existing, row.says)
                changed.append(row.existing)
        columns = [*(name.removesuffix("_id") for name in CHANGING), "missing_since"]
        Inbound.objects.bulk_update(changed, columns, batch_size=500)
        said = [_said(inbound) for inbound in (*created, *changed)]
        diff.created(
            note_promises(said, on=self.run.on, by=self.run.by, import_id=self.run.import_id)
        )

    def _new(self, row: Row) -> Inbound:
        return Inbound(
            product_id=row.values["product_id"],
            warehouse_id=row.values["warehouse_id"],
            quantity=row.values["quantity"],
            requested_on=row.values.get("requested_on"),
            confirmed_on=row.values.get("confirmed_on"),
            reference=row.values["reference"],
            source_type=SOURCE,
            source_id=self.run.import_id,
            source_line_id=self.run.import_id * _ROWS_OF_A_FILE + row.number,
        )


def _said(inbound: Inbound, *, is_gone: bool = False) -> Promised:
    return Promised(
        Source(inbound.source_type, inbound.source_id),
        inbound.source_line_id,
        inbound.product_id,
        inbound.warehouse_id,
        inbound.quantity,
        inbound.confirmed_on,
        inbound.reference,
        is_gone,
    )


class Binder:
    """Lines of reports that name an order of ours and a part on it."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.source_type = ""
        self.orders: OrderLines | None = None
        known = order_lines()
        if known is not None:
            self.source_type, self.orders = known
        self.bound: dict[int, OpenLine] = {}  # by the row's number
        self._filled: dict[int, Decimal] = {}
        self._ours: set[str] = set()

    def is_apart(self, row: Row) -> bool:
        """Whether a row names an order of ours that has no such part."""
        return row.number not in self.bound and row.values["our_order"] in self._ours

    def bind(self, rows: Sequence[Row], *, lock: bool) -> Collection[int]:
        """Find the line of our order for each row that names one; return their numbers."""
        if self.orders is None:
            return ()
        numbers = {row.values["our_order"] for row in rows if row.values.get("our_order")}
        told = InboundPromise.objects.filter(
            source_type=self.source_type, reference__in={row.values["reference"] for row in rows}
        )
        before = dict(told.order_by("pk").values_list("reference", "source_line_id"))
        lines = self.orders.by_number(numbers, lock=lock) if numbers else {}
        by_line = self.orders.by_line(set(before.values()), lock=lock) if before else {}
        by_line |= {line.line_id: line for of in lines.values() for line in of}
        self._ours |= lines.keys()
        known = latest_promises(self.source_type, by_line)
        mine = my_warehouses(self.run) if by_line else set()
        found: dict[int, OpenLine] = {}
        for row in rows:
            # Bound by an earlier report, whether or not this one names our order.
            line = by_line.get(before.get(row.values["reference"], 0))
            if line is None or line.product_id != row.values["product_id"]:
                line = self._choose(row, lines.get(row.values.get("our_order", ""), ()))
            if line is not None:
                found[row.number] = line
                if refuse_foreign(row, line.warehouse_id, mine):
                    continue
                self._compare(row, known.get((line.line_id, row.values["reference"])))
        self.bound |= found
        return found

    def _choose(self, row: Row, lines: Sequence[OpenLine]) -> OpenLine | None:
        """The first line of this part with room for it, else the last."""
        fitting = [line for line in lines if line.product_id == row.values["product_id"]]
        for line in fitting:
            filled = self._filled.get(line.line_id, Decimal(0))
            if filled + row.values["quantity"] <= line.quantity:
                self._filled[line.line_id] = filled + row.values["quantity"]
                return line
        return fitting[-1] if fitting else None

    @staticmethod
    def _compare(row: Row, before: InboundPromise | None) -> None:
        row.existing = before
        if before is None:
            row.state = NEW
            return
        now = (row.values["quantity"], row.values.get("confirmed_on"), False)
        was = (before.quantity, before.confirmed_on, before.is_gone)
        names = ("quantity", "confirmed_on", "is_gone")
        row.says = {
            name: (old, new) for name, old, new in zip(names, was, now, strict=True) if old != new
        }
        row.state = CHANGED if row.says else UNCHANGED

    def write(self, rows: Sequence[Row], diff: Diff) -> None:
        """Keep what was said, and lay the goods of those lines out by it."""
        if not rows:
            return
        said = [
            Promised(
                self.bound[row.number].source,
                self.bound[row.number].line_id,
                row.values["product_id"],
                self.bound[row.number].warehouse_id,
                row.values["quantity"],
                row.values.get("confirmed_on"),
                row.values["reference"],
            )
            for row in rows
        ]
        diff.created(
            note_promises(said, on=self.run.on, by=self.run.by, import_id=self.run.import_id)
        )
        # Known from an earlier report, before our order was: not counted beside it.
        references = {row.values["reference"] for row in rows}
        Inbound.objects.filter(source_type=SOURCE, reference__in=references).delete()
        lines = {self.bound[row.number].line_id: self.bound[row.number] for row in rows}
        spread_promises(lines.values(), on=self.run.on)


def mark_missing(seen: Collection[str], *, run: Run, diff: Diff) -> None:
    """Mark what earlier reports named of the brands of this one, and this one does not."""
    told = Inbound.objects.exclude(reference="")
    brands = told.filter(reference__in=seen).order_by().values("product__brand")
    rows = told.filter(missing_since=None, product__brand__in=brands.distinct())
    gone = [row for row in rows.select_for_update().order_by("pk") if row.reference not in seen]
    for row in gone:
        row.missing_since = run.on
        if row.source_type == SOURCE:
            diff.changed(row, {"missing_since": (None, run.on)})
    Inbound.objects.bulk_update(gone, ["missing_since"], batch_size=500)
    said = [_said(row, is_gone=True) for row in gone]
    diff.created(note_promises(said, on=run.on, by=run.by, import_id=run.import_id))


def lines_told_of(diff: Diff) -> set[int]:
    """Return the lines of our orders of which an import said something."""
    ids = [
        pk for label, keys in diff.creations if label == "inventory.inboundpromise" for pk in keys
    ]
    said = InboundPromise.objects.filter(pk__in=ids).exclude(source_type=SOURCE)
    return set(said.values_list("source_line_id", flat=True))


def spread_again(ids: Collection[int], *, on: date) -> None:
    """Lay out the goods of these lines by what is left of what was said."""
    known = order_lines()
    if ids and known is not None:
        spread_promises(known[1].by_line(ids, lock=True).values(), on=on)
