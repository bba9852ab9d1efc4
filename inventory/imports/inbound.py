"""Kind ``inbound``: a maker's report of open order lines, in his own layout, Chinese or English.

A line is known by the maker's order, line and part; the next report that names it moves its
quantity and dates, and what it said before is kept (``InboundPromise``). A line that names a
purchase order of ours and a part on it tells of that order's goods and adds none. What earlier
reports named of the same brands and this one leaves out is marked, not removed: whether it arrived
the receipt says.
"""

from collections.abc import Iterable, Sequence
from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from erp.core.money import MAX_QUANTITY
from imports.diffs import Blockers, Diff
from imports.kinds import CHANGED, Column, Kind, Row, Run
from imports.parsing import number, text
from inventory.imports.dates import order_of, read_date
from inventory.imports.finding import ProductFinder
from inventory.imports.promises import (
    CHANGING,
    Binder,
    KnownGoods,
    lines_told_of,
    mark_missing,
    spread_again,
)
from inventory.models import Inbound, Warehouse

_DATES = ("requested_on", "confirmed_on")
# How long a maker's order, line and part of it may be.
PLACES = {"order": 40, "line": 20, "part": 10}


def _as_written(cell: str, _run: Run) -> str:
    return str(cell).strip()[:60]


class InboundKind(Kind):
    name = "inbound"
    label = _("Goods on their way")
    rights = ("inventory.add_inbound", "inventory.change_inbound")
    naming = "designation"
    columns: ClassVar = (
        Column("brand", _("brand"), text(60), "品牌|厂家|brand|manufacturer"),
        Column(
            "designation",
            _("designation"),
            text(80),
            "型号|产品型号|规格型号|product desgn|product designation|designation|part number|"
            "part no",
            required=True,
            missing="missing_model",
            is_text=True,
        ),
        Column(
            "order",
            _("maker's order"),
            text(PLACES["order"]),
            "系统订单号|订单号|cust order id|order no|order id|sales order",
            required=True,
            missing="missing_order",
            is_text=True,
        ),
        Column(
            "our_order",
            _("our order"),
            text(60),
            "客户订单号|我方订单号|采购订单号|customers own ord id|our order|our order no|po no|"
            "purchase order",
            is_text=True,
        ),
        Column(
            "line", _("line"), text(PLACES["line"]), "系统行号|行号|订单行|line|line no|item no"
        ),
        Column(
            "part",
            _("part of the line"),
            text(PLACES["part"]),
            "系统分行号|分行号|split l|split|split line",
        ),
        Column(
            "quantity",
            _("quantity"),
            number(most=MAX_QUANTITY, places=3, code="bad_quantity"),
            "要求交货数量|订单数量|未交数量|在途数量|数量|req qty|open qty|quantity|qty",
            required=True,
            missing="missing_quantity",
        ),
        Column(
            "requested_on",
            _("requested"),
            _as_written,
            "要求交货期|要求交期|需求日期|req del date|requested date|requested delivery date",
        ),
        Column(
            "confirmed_on",
            _("confirmed"),
            _as_written,
            "当前确认的交货期|确认交期|确认的交货期|acc del date|confirmed date|"
            "accepted delivery date|eta",
        ),
        Column("difference", _("difference in days"), _as_written, "货期差异|diff acc days"),
        Column("warehouse", _("warehouse"), text(60), "到货仓库|我方仓库|our warehouse|deliver to"),
    )
    messages: ClassVar = {
        "missing_model": _("The designation is missing."),
        "missing_order": _("The maker's order number is missing."),
        "missing_quantity": _("The quantity is missing."),
        "bad_quantity": _("“%(value)s” is no quantity above 0."),
        "ambiguous_date": _("Is “%(value)s” a day or a month first? Nothing in the file tells."),
        "unknown_brand": _("There is no brand “%(value)s”."),
        "unknown_product": _("There is no product “%(value)s”."),
        "ambiguous_product": _("Several brands have it; name one: %(value)s"),
        "unknown_warehouse": _("There is no warehouse “%(value)s”."),
        "foreign_warehouse": _("These goods are expected in a warehouse that is not yours."),
        "delayed": _("Delayed: %(value)s"),
        "brought_forward": _("Brought forward: %(value)s"),
        "not_on_our_order": _("Our order %(value)s has no such part; counted apart."),
    }

    def __init__(self, run: Run) -> None:
        super().__init__(run)
        self.finder = ProductFinder()
        active = list(run.sees(Warehouse.objects.active()).order_by("pk"))
        self.warehouses = {name.casefold(): w.pk for w in active for name in (w.code, w.name)}
        self.first_warehouse = active[0].pk if active else None
        self.order = ""
        self.seen: set[str] = set()
        self.binder = Binder(run)
        self.known = KnownGoods(run)

    # --- check ---

    def check(self, rows: Sequence[Row]) -> None:
        self.finder.find(rows)
        self.order = self.order or self._date_order(rows)
        for row in rows:
            values = row.values
            for name in _DATES:
                self._date(row, name)
            values.pop("difference", None)
            if row.has("quantity") and not values["quantity"]:
                row.refuse("quantity", "bad_quantity", values["quantity"])
            self._warehouse(row)
            if row.refused:
                continue
            places = (values.pop("order"), values.pop("line", ""), values.pop("part", ""))
            values["reference"] = row.key = _joined(places)
            row.says = [str(values.get(name)) for name in CHANGING]

    @staticmethod
    def _date_order(rows: Sequence[Row]) -> str:
        texts = [row.values[name] for row in rows for name in _DATES if row.has(name)]
        spans = [
            (row.values["requested_on"], row.values["confirmed_on"], int(row.values["difference"]))
            for row in rows
            if all(row.has(name) for name in (*_DATES, "difference"))
            and row.values["difference"].lstrip("-").isdigit()
        ]
        return order_of(texts, spans)

    def _date(self, row: Row, name: str) -> None:
        if not row.has(name):
            return
        written = row.values.pop(name)
        try:
            found = read_date(written, self.order)
        except ValueError:
            code = "bad_date" if self.order else "ambiguous_date"
            row.refuse(name, code if "/" in written or "." in written else "bad_date", written)
            return
        if found is not None:
            row.values[name] = found

    def _warehouse(self, row: Row) -> None:
        name = row.values.pop("warehouse", None)
        warehouse = self.warehouses.get(name.casefold()) if name else self.first_warehouse
        if warehouse is None:
            row.refuse("warehouse", "unknown_warehouse", name or "")
        else:
            row.values["warehouse_id"] = warehouse

    # --- compare and write ---

    def compare(self, rows: Sequence[Row], *, lock: bool) -> None:
        self.seen.update(row.values["reference"] for row in rows)
        bound = self.binder.bind(rows, lock=lock)
        self.known.compare([row for row in rows if row.number not in bound], lock=lock)
        if not lock:
            for row in rows:
                self._tell(row)

    def _tell(self, row: Row) -> None:
        """Note where a date known before moved, for whoever looks at the check."""
        before, after = None, None
        if row.state == CHANGED:
            before, after = row.says.get("confirmed_on", (None, None))
        if before and after:
            code = "delayed" if after > before else "brought_forward"
            row.note("confirmed_on", code, f"{before} → {after}")
        our_order = row.values.get("our_order")
        if our_order and self.binder.is_apart(row):
            row.note("our_order", "not_on_our_order", our_order)

    def write(self, rows: Sequence[Row], diff: Diff) -> None:
        self.binder.write([row for row in rows if row.number in self.binder.bound], diff)
        self.known.write([row for row in rows if row.number not in self.binder.bound], diff)

    def finish(self, diff: Diff) -> None:
        mark_missing(self.seen, run=self.run, diff=diff)

    def undo(self, diff: Diff, blockers: Blockers) -> None:
        lines = lines_told_of(diff)
        super().undo(diff, blockers)
        if not blockers.count:
            spread_again(lines, on=self.run.on)


def _joined(places: Iterable[str]) -> str:
    return "/".join(filter(None, map(_whole, places)))


def place_of(inbound: Inbound, name: str) -> str:
    """Return the maker's order, line or part such that the three are its reference again."""
    for cuts in (2, 1, 0):
        places = inbound.reference.rsplit("/", cuts)
        fits = all(len(one) <= most for one, most in zip(places, PLACES.values(), strict=False))
        if fits and _joined(places) == inbound.reference:
            break
    return dict(zip(PLACES, places, strict=False)).get(name, "")


def _whole(place: str) -> str:
    """A line number a spreadsheet made a figure of is the number again."""
    return place.removesuffix(".0")
