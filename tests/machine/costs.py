"""What came later than the goods: goods sent back, landed cost, the supplier's invoice."""

from dataclasses import dataclass
from decimal import Decimal

from hypothesis import strategies as st
from hypothesis.stateful import rule

from finance import services as finance
from finance.models import Invoice
from finance.services.purchases import price_purchase_invoice
from orders import services as orders
from orders.models import LandedCost, SupplierReturn
from orders.services import ReturnedLine, landed
from tests.machine.base import PRICES, QUANTITIES, SELDOM, WHICH, Document, when
from tests.machine.buying import Buying, GoodsReceipt, ReceivedLine
from tests.machine.model import ZERO, Refused, half_up, shares


@dataclass
class SentBackLine:
    source: ReceivedLine
    quantity: Decimal
    place: int
    rejected: bool

    def count(self, sign: int = 1) -> None:
        """Add it to the receipt's line, never more than came."""
        source = self.source
        if self.rejected:
            left = source.rejected - source.returned_rejected
        else:
            left = source.quantity - source.returned
        if sign * self.quantity > left:
            raise Refused("over_return")
        if self.rejected:
            source.returned_rejected += sign * self.quantity
        else:
            source.returned += sign * self.quantity


class SentBack(Document):
    receipt: GoodsReceipt
    line: SentBackLine


class Landed(Document):
    rows: list[ReceivedLine]
    receipts: list[GoodsReceipt]
    amounts: list[Decimal]


class Bill(Document):
    receipt: GoodsReceipt
    prices: list[Decimal]


class Costs(Buying):
    def __init__(self) -> None:
        super().__init__()
        self.sent_back: list[SentBack] = []
        self.landed: list[Landed] = []
        self.bills: list[Bill] = []

    def stands_against(self, receipt: GoodsReceipt) -> bool:
        live = {"draft", "posted"}
        return (
            any(one.receipt is receipt and one.status in live for one in self.sent_back)
            or any(receipt in one.receipts and one.status in live for one in self.landed)
            or any(one.receipt is receipt and one.status in live for one in self.bills)
        )

    # --- goods sent back ---

    def draft_sent_back(self, receipt: GoodsReceipt, line: SentBackLine) -> SentBack | None:
        def expected() -> None:
            if receipt.status != "posted":
                raise Refused("not_posted")
            line.count()
            line.count(-1)

        entered = ReturnedLine(
            line.source.pk, line.quantity, None if line.rejected else line.place, line.rejected
        )
        made = self.attempt(
            "supplier return",
            expected,
            lambda: orders.create_supplier_return(receipt.pk, [entered], reason="rust", by=self.by),
        )
        if made is None:
            return None
        one = self.add(SentBack(SupplierReturn, made.pk))
        one.receipt, one.line = receipt, line
        self.sent_back.append(one)
        return one

    def post_sent_back(self, one: SentBack) -> None:
        def expected() -> None:
            one.must_be("draft")
            line, source = one.line, one.line.source
            assert one.receipt.status == "posted"  # a live return stands against its reversal
            before = source.returned
            line.count()
            line.count(-1)
            if not line.rejected:
                upto = (
                    half_up(source.value * q / source.quantity)
                    for q in (before, before + line.quantity)
                )
                was, value = upto
                product = source.source.product
                with self.model.posting((product, line.place)) as made:
                    made.move(
                        *(product, line.place, None),
                        *(line.quantity, value - was, "supplier_return"),
                    )
                one.moves = made.moves
            line.count()
            one.status = "posted"

        self.attempt(
            "post supplier return",
            expected,
            lambda: orders.post_supplier_return(one.pk, by=self.by),
        )

    def cancel_sent_back(self, one: SentBack) -> None:
        self.step(
            *("cancel supplier return", one, ["draft"], "cancelled"), orders.cancel_supplier_return
        )

    def reverse_sent_back(self, one: SentBack) -> None:
        def expected() -> None:
            one.must_be("posted")
            self.model.take_back(one.moves)
            one.line.count(-1)
            one.status = "reversed"

        self.attempt(
            "reverse supplier return",
            expected,
            lambda: orders.reverse_supplier_return(one.pk, by=self.by),
        )

    # --- landed cost ---

    def draft_landed(
        self, receipts: list[GoodsReceipt], amount: Decimal, *, by_value: bool
    ) -> Landed | None:
        receipts = sorted(dict.fromkeys(receipts), key=lambda one: one.pk)
        rows = [row for one in receipts for row in one.lines if row.quantity]
        weights = [row.value if by_value else row.quantity for row in rows]

        def expected() -> None:
            if any(one.status != "posted" for one in receipts):
                raise Refused("not_posted")
            if not sum(weights, ZERO):
                raise Refused("nothing_to_bear")

        made = self.attempt(
            "landed cost",
            expected,
            lambda: landed.create_landed_cost(
                [one.pk for one in receipts],
                {"freight": amount},
                spread_by="value" if by_value else "quantity",
                by=self.by,
            ),
        )
        if made is None:
            return None
        one = self.add(Landed(LandedCost, made.pk))
        one.rows, one.receipts, one.amounts = rows, receipts, shares(amount, weights)
        self.landed.append(one)
        return one

    def post_landed(self, one: Landed) -> None:
        def expected() -> None:
            one.must_be("draft")
            changes = [
                (row.source.product, row.place, row.quantity, amount)
                for row, amount in zip(one.rows, one.amounts, strict=True)
            ]
            with self.model.posting(*((product, place) for product, place, *_ in changes)) as made:
                made.revalue(changes, "landed_cost")
            one.moves = made.moves
            one.status = "posted"

        self.attempt(
            "post landed cost", expected, lambda: landed.post_landed_cost(one.pk, by=self.by)
        )

    def cancel_landed(self, one: Landed) -> None:
        self.step(*("cancel landed cost", one, ["draft"], "cancelled"), landed.cancel_landed_cost)

    def reverse_landed(self, one: Landed) -> None:
        def expected() -> None:
            one.must_be("posted")
            self.model.take_back(one.moves)
            one.status = "reversed"

        self.attempt(
            "reverse landed cost",
            expected,
            lambda: landed.reverse_landed_cost(one.pk, reason="wrong", by=self.by),
        )

    # --- the supplier's invoice ---

    def draft_bill(self, receipt: GoodsReceipt, prices: list[Decimal]) -> Bill | None:
        """Invoice what was received, at the prices the supplier charges."""

        def expected() -> None:
            if receipt.status != "posted":
                raise Refused("not_posted")
            if any(one.receipt is receipt and one.status != "cancelled" for one in self.bills):
                raise Refused("already_invoiced")

        made = self.attempt(
            "invoice receipt", expected, lambda: finance.invoice_receipt(receipt.pk, by=self.by)
        )
        if made is None:
            return None
        one = self.add(Bill(Invoice, made.pk))
        one.receipt, one.prices = receipt, prices
        self.bills.append(one)
        pks = made.lines.order_by("line_no").values_list("pk", flat=True)
        price_purchase_invoice(one.pk, dict(zip(pks, prices, strict=False)), by=self.by)
        return one

    def post_bill(self, one: Bill) -> None:
        def expected() -> None:
            one.must_be("draft")
            rows = [row for row in one.receipt.lines if row.quantity]
            prices = [*one.prices, *(row.source.price for row in rows[len(one.prices) :])]
            charged = [half_up(row.quantity * p) for row, p in zip(rows, prices, strict=False)]
            changes = [
                (row.source.product, row.place, row.quantity, amount - row.value)
                for row, amount in zip(rows, charged, strict=True)
            ]
            received = sum((row.value for row in rows), ZERO)
            self.model.ledger["received_not_invoiced"] += received
            self.model.ledger["price_difference"] += sum(charged, ZERO) - received
            if any(amount for *_, amount in changes):
                with self.model.posting(*((one, place) for one, place, *_ in changes)) as made:
                    made.revalue(changes, "price_difference")
            one.status = "posted"

        self.attempt(
            "post supplier's invoice", expected, lambda: finance.post_invoice(one.pk, by=self.by)
        )

    def cancel_bill(self, one: Bill) -> None:
        self.step(
            *("cancel supplier's invoice", one, ["draft"], "cancelled"), finance.cancel_invoice
        )

    # --- by chance ---

    @when("receipts", "posted")
    @rule(which=WHICH, quantity=QUANTITIES, all_of_it=st.booleans())
    def sends_back(self, which: int, quantity: Decimal, all_of_it: bool) -> None:
        receipt = self.pick(self.receipts, which, "posted")
        row = receipt.lines[which % len(receipt.lines)]
        bins = self.bins_of(receipt.order.home)
        rejected = bool(row.rejected) and which % 3 == 0
        left = row.rejected - row.returned_rejected if rejected else row.quantity - row.returned
        asked = left if all_of_it and left else quantity
        line = SentBackLine(row, asked, bins[which % len(bins)], rejected)
        one = self.draft_sent_back(receipt, line)
        if one is not None and which % 8:
            self.post_sent_back(one)

    @when("sent_back", "draft", "posted")
    @rule(which=WHICH)
    def goes_on_with_sent_back(self, which: int) -> None:
        one = self.pick(self.sent_back, which, "draft", "posted")
        verbs = [self.post_sent_back, self.cancel_sent_back, self.reverse_sent_back]
        verbs[which % 3](one)

    @when("receipts", "posted")
    @rule(which=WHICH, amount=st.integers(1, 99_999), several=st.booleans(), by_value=st.booleans())
    def adds_cost(self, which: int, amount: int, several: bool, by_value: bool) -> None:
        receipts = [self.pick(self.receipts, which, "posted")]
        if several:
            receipts.append(self.pick(self.receipts, which * 3 + 8, "posted"))
        one = self.draft_landed(receipts, Decimal(amount) / 100, by_value=by_value)
        if one is not None and which % 8:
            self.post_landed(one)

    @when("landed", "draft", "posted")
    @rule(which=WHICH)
    def goes_on_with_cost(self, which: int) -> None:
        one = self.pick(self.landed, which, "draft", "posted")
        [self.post_landed, self.cancel_landed, self.reverse_landed][which % 3](one)

    @when("receipts", "posted")
    @rule(which=WHICH, price=PRICES, same=SELDOM)
    def is_billed(self, which: int, price: Decimal, same: bool) -> None:
        receipt = self.pick(self.receipts, which, "posted")
        one = self.draft_bill(receipt, [] if same else [price])
        if one is not None and which % 8:
            self.post_bill(one)

    @when("bills", "draft", "posted")
    @rule(which=WHICH)
    def goes_on_with_bill(self, which: int) -> None:
        one = self.pick(self.bills, which, "draft", "posted")
        [self.post_bill, self.cancel_bill][which % 2](one)
