"""Kind ``stock``: what was counted, per product and bin.

The quantity is what is there, not what is added: where nothing was booked yet it becomes opening
stock at the row's unit cost, elsewhere the difference becomes an adjustment (more at the row's cost
or else the moving average, less at the moving average). Everything goes through
``inventory.services``, so that ledger, values and journal agree. Undoing books the same back; goods
that moved since stand against it.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, ClassVar

from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from erp.core.errors import DomainError
from erp.core.money import MAX_QUANTITY, MAX_UNIT_PRICE, ZERO, round_money
from erp.core.policy import authorize_warehouses
from imports.diffs import Blockers, Diff
from imports.kinds import CHANGED, NEW, UNCHANGED, Column, Kind, Row, Run
from imports.parsing import number, text
from inventory.imports.finding import ProductFinder
from inventory.models import Bin, StockBalance, StockMove, StockValue, Warehouse
from inventory.services import Movement, Source, post_movements

SOURCE = "imports.import"


class StockKind(Kind):
    name = "stock"
    label = _("Stock")
    rights = ("inventory.import_stock",)
    naming = "designation"
    columns: ClassVar = (
        Column("brand", _("brand"), text(60), "品牌|厂家|brand|manufacturer|make"),
        Column(
            "designation",
            _("designation"),
            text(80, code="bad_text"),
            "型号|规格型号|产品型号|品名规格|part number|part no|model|item|product",
            required=True,
            missing="missing_model",
            is_text=True,
        ),
        Column("warehouse", _("warehouse"), text(60), "仓库|仓|库房|warehouse|store"),
        Column("bin", _("bin"), text(30), "库位|货位|仓位|库位号|bin|location|shelf", is_text=True),
        Column(
            "quantity",
            _("quantity"),
            number(most=MAX_QUANTITY, places=3, code="bad_quantity"),
            "数量|库存|库存数量|实盘数|盘点数量|现存量|quantity|qty|on hand|stock",
            required=True,
            missing="missing_quantity",
        ),
        Column(
            "unit_cost",
            _("unit cost"),
            number(most=MAX_UNIT_PRICE, places=6, code="bad_cost"),
            "成本|成本价|单位成本|成本单价|未税成本|单价|unit cost|cost|cost price|average cost",
        ),
    )
    messages: ClassVar = {
        "missing_model": _("The designation is missing."),
        "missing_quantity": _("The quantity is missing."),
        "bad_quantity": _("“%(value)s” is no quantity: 0 or more, at most 3 decimals."),
        "bad_cost": _("“%(value)s” is no cost."),
        "missing_cost": _("New stock needs a unit cost."),
        "unknown_brand": _("There is no brand “%(value)s”."),
        "unknown_product": _("There is no product “%(value)s”."),
        "ambiguous_product": _("Several brands have it; name one: %(value)s"),
        "unknown_warehouse": _("There is no warehouse “%(value)s”."),
        "which_warehouse": _("Name the warehouse."),
        "unknown_bin": _("The warehouse has no bin “%(value)s”."),
        "which_bin": _("Name the bin."),
        "reserved": _("%(value)s of it are reserved: less cannot be there."),
    }

    def __init__(self, run: Run) -> None:
        super().__init__(run)
        self.finder = ProductFinder()
        places = list(run.sees(Bin.objects.active()).select_related("warehouse").order_by("pk"))
        self.bins = {place.pk: place for place in places}
        self.warehouses: dict[str, int] = {}
        for warehouse in run.sees(Warehouse.objects.active()):
            for name in (warehouse.code, warehouse.name):
                self.warehouses[name.casefold()] = warehouse.pk
        self.movements: dict[str, list[Movement]] = {}

    def section(self, text: str) -> Mapping[str, str] | None:
        return {"brand": text} if self.finder.brands.id_of(text) else None

    # --- check ---

    def check(self, rows: Sequence[Row]) -> None:
        self.finder.find(rows)
        for row in rows:
            self._place(row)
            if not row.refused:
                row.key = f"{row.values['product_id']}:{row.values['bin_id']}"
                row.spelling = row.values["designation"]
                row.says = f"{row.values['quantity'].normalize()}"

    def _place(self, row: Row) -> None:
        name, code = row.values.pop("warehouse", None), row.values.pop("bin", None)
        known = set(self.warehouses.values())
        warehouse = self.warehouses.get(name.casefold()) if name else None
        if name and warehouse is None:
            row.refuse("warehouse", "unknown_warehouse", name)
            return
        if warehouse is None and len(known) == 1:
            (warehouse,) = known
        if warehouse is None:
            row.refuse("warehouse", "which_warehouse")
            return
        bins = [place for place in self.bins.values() if place.warehouse_id == warehouse]
        if code:
            bins = [place for place in bins if place.code.casefold() == code.casefold()]
        if len(bins) == 1:
            row.values["bin_id"] = bins[0].pk
        else:
            row.refuse("bin", "unknown_bin" if code else "which_bin", code or "")

    # --- compare ---

    def compare(self, rows: Sequence[Row], *, lock: bool) -> None:
        wanted = Q(
            product_id__in={row.values["product_id"] for row in rows},
            bin_id__in={row.values["bin_id"] for row in rows},
        )
        balances = StockBalance.objects.filter(wanted)
        if lock:
            balances = balances.select_for_update().order_by("pk")
        there = {(one.product_id, one.bin_id): one for one in balances}
        moved = set(
            StockMove.objects.filter(product_id__in={r.values["product_id"] for r in rows})
            .order_by()
            .values_list("product_id", flat=True)
            .distinct()
        )
        for row in rows:
            values = row.values
            balance = there.get((values["product_id"], values["bin_id"]))
            on_hand = balance.on_hand if balance is not None else ZERO
            row.existing = on_hand
            values["is_opening"] = values["product_id"] not in moved
            if values["quantity"] == on_hand:
                row.state = UNCHANGED
            elif not on_hand and not row.has("unit_cost"):
                row.refuse("unit_cost", "missing_cost")
                row.state = UNCHANGED
            elif not lock and balance is not None and values["quantity"] < balance.reserved:
                row.refuse("quantity", "reserved", balance.reserved)
                row.state = UNCHANGED
            else:
                row.state = CHANGED if on_hand else NEW

    # --- write ---

    def write(self, rows: Sequence[Row], diff: Diff) -> None:  # noqa: ARG002 (told in finish)
        averages = self._averages(rows)
        for row in rows:
            values = row.values
            kind = "opening" if values["is_opening"] else "adjustment"
            movement = self._movement(row, averages)
            self.movements.setdefault(kind, []).append(movement)

    def _averages(self, rows: Sequence[Row]) -> dict[tuple[int, int], Decimal]:
        products = {row.values["product_id"] for row in rows}
        accounts = StockValue.objects.filter(product_id__in=products)
        return {(one.product_id, one.warehouse_id): one.average_cost for one in accounts}

    def _movement(self, row: Row, averages: dict[tuple[int, int], Decimal]) -> Movement:
        values, place = row.values, self.bins[row.values["bin_id"]]
        difference = values["quantity"] - row.existing
        if difference < 0:
            return Movement(row.number, values["product_id"], -difference, from_bin=place)
        cost = values.get("unit_cost")
        if cost is None:
            cost = averages.get((values["product_id"], place.warehouse_id), ZERO)
        return Movement(
            row.number,
            values["product_id"],
            difference,
            to_bin=place,
            value=round_money(difference * cost),
        )

    def finish(self, diff: Diff) -> None:
        """Book all rows at once: one entry per kind of move."""
        source = Source(SOURCE, self.run.import_id)
        for kind, movements in sorted(self.movements.items()):
            moves = post_movements(
                movements, source=source, kind=kind, on=self.run.on, by=self.run.by
            )
            rows = StockMove.objects.filter(source_type=SOURCE, source_id=self.run.import_id)
            diff.created(rows.filter(kind=kind).order_by("pk"))
            if len(moves) != len(movements):
                raise DomainError(gettext("Not every row was booked."), code="not_booked")

    # --- undo ---

    def undo(self, diff: Diff, blockers: Blockers) -> None:
        """Book the moves back at the value they had; the ledger keeps both."""
        ids = [
            pk for label, keys in diff.creations if label == "inventory.stockmove" for pk in keys
        ]
        moves = list(
            StockMove.objects.filter(pk__in=ids)
            .select_related("product", "from_bin", "to_bin")
            .order_by("-pk")
        )
        back: dict[str, list[Movement]] = {}
        for move in moves:
            place = move.to_bin or move.from_bin
            if place is not None and self.run.by is not None:
                authorize_warehouses(self.run.by, place.warehouse_id)
            later = StockMove.objects.filter(product_id=move.product_id, pk__gt=max(ids))
            if later.exists():
                blockers.add(gettext("%(product)s has moved since.") % {"product": move.product})
                continue
            back.setdefault(move.kind, []).append(
                Movement(
                    move.source_line_id,
                    move.product_id,
                    move.quantity,
                    from_bin=move.to_bin,
                    to_bin=move.from_bin,
                    value=move.value if move.from_bin is not None else None,
                )
            )
        if blockers.count:
            return
        for kind, movements in back.items():
            self._book_back(kind, movements, blockers)

    def _book_back(self, kind: str, movements: list[Movement], blockers: Blockers) -> None:
        source: Any = Source(f"{SOURCE}.undone", self.run.import_id)
        try:
            post_movements(movements, source=source, kind=kind, on=self.run.on, by=self.run.by)
        except DomainError as refusal:  # reserved since
            blockers.add(refusal.message)
