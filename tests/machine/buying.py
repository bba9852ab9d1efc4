"""Buying: purchase orders and their way, goods receipts counted and posted, goods sent back."""

from dataclasses import dataclass
from decimal import Decimal

from hypothesis import strategies as st
from hypothesis.stateful import rule

from erp.core.periods import company_today
from orders import services as orders
from orders.models import PurchaseOrder, PurchaseOrderLine, Receipt, ReceiptLine
from orders.services import Confirmed, CountedLine, PurchaseLineInput
from tests.machine.base import PRICES, QUANTITIES, SELDOM, SHARES, WHICH, Base, Document, part, when
from tests.machine.model import MILLI, ZERO, Refused, half_up

EXPECTED = ("sent", "confirmed", "partly_received")
LIVE = ("draft", "counted", "posted")
Wanted = list[tuple[int, Decimal, Decimal]]  # product, quantity, price
Came = list[tuple["BoughtLine", Decimal, int, Decimal]]  # line, quantity, bin, rejected


@dataclass(eq=False)
class BoughtLine:
    pk: int
    product: int
    ordered: Decimal
    price: Decimal
    received: Decimal = ZERO
    closed: Decimal = ZERO

    @property
    def open(self) -> Decimal:
        return max(ZERO, self.ordered - self.received - self.closed)


@dataclass(eq=False)
class ReceivedLine:
    """A line of a receipt."""

    pk: int
    source: BoughtLine
    quantity: Decimal
    place: int
    rejected: Decimal
    returned: Decimal = ZERO
    returned_rejected: Decimal = ZERO

    @property
    def value(self) -> Decimal:
        return half_up(self.quantity * self.source.price)


class Purchase(Document):
    home: int
    lines: list[BoughtLine]
    promised = False


class GoodsReceipt(Document):
    order: Purchase
    lines: list[ReceivedLine]


class Buying(Base):
    def __init__(self) -> None:
        super().__init__()
        self.purchases: list[Purchase] = []
        self.receipts: list[GoodsReceipt] = []

    # --- purchase orders ---

    def draft_purchase(self, home: int, wanted: Wanted) -> Purchase:
        made = self.attempt(
            "purchase order",
            lambda: None,
            lambda: orders.create_purchase_order(
                self.supplier.pk, _entered(wanted), warehouse_id=home, by=self.by
            ),
        )
        order = self.add(Purchase(PurchaseOrder, made.pk))
        order.home, order.lines = home, _bought(made)
        self.purchases.append(order)
        return order

    def change_purchase(self, order: Purchase, wanted: Wanted, *, stale: bool = False) -> None:
        def expected() -> None:
            if stale:
                raise Refused("stale_version")
            if order.status != "draft":
                raise Refused("not_a_draft")

        version = PurchaseOrder.objects.get(pk=order.pk).version - stale
        made = self.attempt(
            "change purchase order",
            expected,
            lambda: orders.change_purchase_order(
                order.pk, _entered(wanted), version=version, by=self.by
            ),
        )
        if made is not None:
            order.lines = _bought(made)

    def submit_purchase(self, order: Purchase) -> None:
        self.step(
            *("submit purchase order", order, ["draft"], "submitted"),
            lambda pk, by: orders.submit_purchase_order(pk, by=by, accept_prices=True),
        )

    def approve_purchase(self, order: Purchase) -> None:
        self.step(
            *("approve purchase order", order, ["submitted"], "approved"),
            orders.approve_purchase_order,
        )

    def refuse_purchase(self, order: Purchase) -> None:
        self.step(
            *("refuse purchase order", order, ["submitted"], "draft"), orders.refuse_purchase_order
        )

    def send_purchase(self, order: Purchase) -> None:
        self.step(*("send purchase order", order, ["approved"], "sent"), orders.send_purchase_order)

    def confirm_purchase(self, order: Purchase, *, days: bool = False) -> None:
        """The supplier confirms, maybe with a day for all that was ordered."""

        def expected() -> None:
            order.must_be("sent", *(EXPECTED if days else ()))
            order.promised = order.promised or days
            order.status = "confirmed" if order.status == "sent" else order.status

        said = [Confirmed(one.pk, company_today(), one.ordered) for one in order.lines if days]
        self.attempt(
            "confirm purchase order",
            expected,
            lambda: orders.confirm_purchase_order(order.pk, by=self.by, lines=said),
        )

    def close_purchase(self, order: Purchase, line: BoughtLine | None = None) -> None:
        chosen = order.lines if line is None else [line]

        def expected() -> None:
            order.must_be(*EXPECTED)
            if not any(one.open for one in chosen):
                raise Refused("nothing_open")
            for one in chosen:
                one.closed += one.open
            self.arrived(order)

        self.attempt(
            "close purchase order",
            expected,
            lambda: orders.close_purchase_order(
                order.pk, by=self.by, reason="enough", line_ids=[one.pk for one in chosen]
            ),
        )

    def cancel_purchase(self, order: Purchase) -> None:
        def expected() -> None:
            if any(one.order is order and one.status in LIVE for one in self.receipts):
                raise Refused("has_receipts")
            order.must_be("draft", "submitted", "approved", "sent", "confirmed")
            order.status = "cancelled"

        self.attempt(
            "cancel purchase order",
            expected,
            lambda: orders.cancel_purchase_order(order.pk, by=self.by),
        )

    def arrived(self, order: Purchase) -> None:
        """Give an order the status its lines have reached."""
        if not any(one.open for one in order.lines):
            order.status = "done"
        elif any(one.received for one in order.lines):
            order.status = "partly_received"
        elif order.status in {"done", "partly_received"}:
            order.status = "confirmed" if order.promised else "sent"

    # --- goods receipts ---

    def draft_receipt(self, order: Purchase, came: Came) -> GoodsReceipt | None:
        def expected() -> None:
            if order.status not in EXPECTED:
                raise Refused("order_not_open")

        made = self.attempt(
            "receipt",
            expected,
            lambda: orders.create_receipt(order.pk, lines=_counted(came), by=self.by),
        )
        if made is None:
            return None
        receipt = self.add(GoodsReceipt(Receipt, made.pk))
        receipt.order = order
        self._came(receipt, came)
        self.receipts.append(receipt)
        return receipt

    def _came(self, receipt: GoodsReceipt, came: Came) -> None:
        rows = ReceiptLine.objects.filter(document=receipt.pk).order_by("line_no")
        pks = rows.values_list("pk", flat=True)
        receipt.lines = [ReceivedLine(pk, *told) for pk, told in zip(pks, came, strict=True)]

    def change_receipt(self, receipt: GoodsReceipt, came: Came, *, stale: bool = False) -> None:
        def expected() -> None:
            if stale:
                raise Refused("stale_version")
            if receipt.status not in {"draft", "counted"}:
                raise Refused("not_a_draft")

        version = Receipt.objects.get(pk=receipt.pk).version - stale
        made = self.attempt(
            "change receipt",
            expected,
            lambda: orders.change_receipt(receipt.pk, _counted(came), version=version, by=self.by),
        )
        if made is not None:
            self._came(receipt, came)

    def count_receipt(self, receipt: GoodsReceipt) -> None:
        self.step("count receipt", receipt, ["draft"], "counted", orders.count_receipt)

    def reopen_receipt(self, receipt: GoodsReceipt) -> None:
        self.step("reopen receipt", receipt, ["counted"], "draft", orders.reopen_receipt)

    def cancel_receipt(self, receipt: GoodsReceipt) -> None:
        self.step(
            *("cancel receipt", receipt, ["draft", "counted"], "cancelled"), orders.cancel_receipt
        )

    def post_receipt(self, receipt: GoodsReceipt, *, by_clerk: bool = False) -> None:
        """Take the goods in; beyond the supplier's tolerance only with the right to."""

        def expected() -> None:
            receipt.must_be("counted")
            came: dict[BoughtLine, Decimal] = {}
            for row in receipt.lines:
                came[row.source] = came.get(row.source, ZERO) + row.quantity
            for line, quantity in came.items():
                over = line.received + quantity + line.closed - line.ordered
                if quantity and by_clerk and over > half_up(line.ordered / 10, MILLI):
                    raise Refused("over_receipt")
            rows = [row for row in receipt.lines if row.quantity]
            with self.model.posting(*((row.source.product, row.place) for row in rows)) as made:
                for row in rows:
                    made.put(row.source.product, row.place, row.quantity, row.value, "receipt")
            receipt.moves = made.moves
            for line, quantity in came.items():
                line.received += quantity
            receipt.status = "posted"
            self.arrived(receipt.order)

        by = self.clerk if by_clerk else self.by
        self.attempt("post receipt", expected, lambda: orders.post_receipt(receipt.pk, by=by))

    def stands_against(self, receipt: GoodsReceipt) -> bool:
        """Whether something was made of a receipt; what that may be the parts above say."""
        return False

    def reverse_receipt(self, receipt: GoodsReceipt) -> None:
        def expected() -> None:
            receipt.must_be("posted")
            if self.stands_against(receipt):
                raise Refused("blocked")
            self.model.take_back(receipt.moves)
            for row in receipt.lines:
                row.source.received -= row.quantity
            receipt.status = "reversed"
            self.arrived(receipt.order)

        self.attempt(
            "reverse receipt",
            expected,
            lambda: orders.reverse_receipt(receipt.pk, reason="wrong", by=self.by),
        )

    def buy(
        self, product: int, place: int, quantity: Decimal, price: Decimal, rejected: Decimal = ZERO
    ) -> GoodsReceipt:
        """Buy and receive in one go."""
        order = self.draft_purchase(self.home(place), [(product, quantity + rejected, price)])
        self.submit_purchase(order)
        self.approve_purchase(order)
        self.send_purchase(order)
        receipt = self.draft_receipt(order, [(order.lines[0], quantity, place, rejected)])
        assert receipt is not None
        self.count_receipt(receipt)
        self.post_receipt(receipt)
        return receipt

    # --- by chance ---

    @rule(which=WHICH, quantity=QUANTITIES, price=PRICES, rejected=st.sampled_from([0, 0, 1]))
    def buys(self, which: int, quantity: Decimal, price: Decimal, rejected: int) -> None:
        self.buy(self.product(which), self.place(which), quantity, price, Decimal(rejected))

    @rule(which=WHICH, quantity=QUANTITIES, more=QUANTITIES, price=PRICES)
    def drafts_purchase(self, which: int, quantity: Decimal, more: Decimal, price: Decimal) -> None:
        wanted = [(self.product(which), quantity, price), (self.product(which + 1), more, price)]
        order = self.draft_purchase(self.homes[which // 3 % 2], wanted[: 1 + which % 2])
        if which % 8:  # seldom left lying
            self.submit_purchase(order)

    @when("purchases", "draft", "submitted", "approved", "sent")
    @rule(which=WHICH, days=st.booleans(), quantity=QUANTITIES)
    def hands_purchase_on(self, which: int, days: bool, quantity: Decimal) -> None:
        order = self.pick(self.purchases, which, "draft", "submitted", "approved", "sent")
        steps = {
            "draft": self.submit_purchase,
            "submitted": self.approve_purchase,
            "approved": self.send_purchase,
        }
        if which % 5 == 4:
            self.change_purchase(order, [(self.product(which), quantity, quantity)], stale=days)
        elif which % 11 == 10:
            self.refuse_purchase(order)
        elif order.status in steps and which % 7:
            steps[order.status](order)
        else:
            self.confirm_purchase(order, days=days)

    @when("purchases", *EXPECTED)
    @rule(which=WHICH, one_line=st.booleans())
    def ends_purchase(self, which: int, one_line: bool) -> None:
        order = self.pick(self.purchases, which, *EXPECTED)
        if which % 2:
            self.cancel_purchase(order)
        else:
            self.close_purchase(order, order.lines[0] if one_line else None)

    @when("purchases", *EXPECTED)
    @rule(which=WHICH, share=SHARES, over=SELDOM)
    def drafts_receipt(self, which: int, share: Decimal, over: bool) -> None:
        order = self.pick(self.purchases, which, *EXPECTED)
        self.draft_receipt(order, self._some(order, which, share * (2 if over else 1)))

    def _some(self, order: Purchase, which: int, share: Decimal) -> Came:
        bins = self.bins_of(order.home)
        return [
            (line, max(part(line.open, share), MILLI), bins[(which + n) % len(bins)], ZERO)
            for n, line in enumerate(order.lines)
        ]

    @when("receipts", "draft", "counted")
    @rule(which=WHICH, share=SHARES, by_clerk=st.booleans())
    def hands_receipt_on(self, which: int, share: Decimal, by_clerk: bool) -> None:
        receipt = self.pick(self.receipts, which, "draft", "counted")
        if which % 5 == 4:
            came = self._some(receipt.order, which, share)
            self.change_receipt(receipt, came, stale=by_clerk)
        elif which % 11 == 10:
            self.reopen_receipt(receipt)
        elif which % 13 == 12:
            self.cancel_receipt(receipt)
        elif receipt.status == "draft":
            self.count_receipt(receipt)
        else:
            self.post_receipt(receipt, by_clerk=by_clerk)

    @when("receipts", "posted")
    @rule(which=WHICH)
    def reverses_receipt(self, which: int) -> None:
        self.reverse_receipt(self.pick(self.receipts, which, "posted"))

    # --- what must hold ---

    def _documents(self) -> None:
        super()._documents()
        rows = PurchaseOrderLine.objects.order_by().values_list(
            "pk", "received_quantity", "closed_quantity"
        )
        expected = [
            (line.pk, line.received, line.closed)
            for order in self.purchases
            for line in order.lines
        ]
        assert sorted(rows) == sorted(expected)


def _entered(wanted: Wanted) -> list[PurchaseLineInput]:
    return [PurchaseLineInput(*told) for told in wanted]


def _bought(order: PurchaseOrder) -> list[BoughtLine]:
    rows = order.lines.order_by("line_no")
    return [BoughtLine(row.pk, row.product_id, row.quantity, row.unit_price) for row in rows]


def _counted(came: Came) -> list[CountedLine]:
    return [
        CountedLine(line.pk, quantity, place, rejected, "rust" if rejected else "")
        for line, quantity, place, rejected in came
    ]
