"""Requests for quotation, purchase orders, receipts, supplier returns, landed costs."""

from decimal import Decimal
from typing import Any

from erp.core.periods import company_today
from orders import services as orders
from orders.models import LandedCost, PurchaseOrder, Receipt, SupplierReturn
from orders.services import landed
from quotations import services as quotations
from quotations.models import Rfq
from quotations.services import AwardInput, ReplyInput, RfqLineInput
from tests import factories
from tests.lives import Life, verb
from tests.support import (
    buyer,
    chart,
    keeper,
    main_bin,
    main_warehouse,
    posted_receipt,
    sent_purchase,
)


def rfq() -> Rfq:
    asked = [factories.SupplierFactory().pk for _n in range(2)]
    lines = [RfqLineInput(factories.ProductFactory().pk, Decimal(10))]
    return quotations.create_rfq(lines, supplier_ids=asked, by=buyer())


def _reply(document: Rfq) -> Any:
    said = [ReplyInput(document.lines.get().pk, Decimal(5))]
    return quotations.record_replies(document.suppliers.all()[0].pk, said, by=buyer())


def _award(document: Rfq, quantity: int = 10) -> Any:
    row = document.lines.get()
    reply = row.replies.first()
    awards = [AwardInput(reply.pk if reply else 0, Decimal(quantity))] if quantity else []
    return quotations.award_line(document.pk, row.pk, awards, by=buyer())


def purchase_order() -> PurchaseOrder:
    chart()
    product = factories.ProductFactory()
    entered = [orders.PurchaseLineInput(product.pk, Decimal(10), Decimal(8))]
    return orders.create_purchase_order(
        factories.SupplierFactory(owner=buyer()).pk,
        entered,
        warehouse_id=main_warehouse().pk,
        by=buyer(),
    )


def _receive(document: PurchaseOrder, quantity: int | None = None) -> Any:
    return posted_receipt(document, quantity)


def _unreceive(document: PurchaseOrder) -> Any:
    posted = Receipt.objects.filter(purchase_order=document, status="posted").order_by("pk").last()
    return orders.reverse_receipt(posted.pk if posted else 0, reason="x", by=keeper())


def _confirm_a_day(document: PurchaseOrder) -> Any:
    row = document.lines.get()
    said = [orders.Confirmed(row.pk, company_today(), row.quantity)]
    return orders.confirm_purchase_order(document.pk, lines=said, by=buyer())


def _edit(document: PurchaseOrder) -> Any:
    product = document.lines.get().product_id
    entered = [orders.PurchaseLineInput(product, Decimal(10), Decimal(8))]
    return orders.change_purchase_order(document.pk, entered, version=None, by=buyer())


def receipt() -> Receipt:
    chart()
    order = sent_purchase(factories.ProductFactory(), 10)
    return orders.create_receipt(order.pk, bin_id=main_bin().pk, by=keeper())


def supplier_return() -> SupplierReturn:
    made = posted_receipt(sent_purchase(factories.ProductFactory(), 10))
    lines = [orders.ReturnedLine(made.lines.get().pk, Decimal(4))]
    return orders.create_supplier_return(made.pk, lines, reason="x", by=keeper())


def landed_cost() -> LandedCost:
    made = posted_receipt(sent_purchase(factories.ProductFactory(), 10))
    return landed.create_landed_cost([made.pk], {"freight": Decimal(20)}, by=buyer())


_SENT = ("submit_purchase_order", "approve_purchase_order", "send_purchase_order")
_BACK = "take a receipt back"
LIVES = (
    Life(
        "request for quotation",
        Rfq,
        rfq,
        (
            verb(quotations.send_rfq, {"draft": "sent"}),
            verb(
                quotations.record_replies,
                {"sent": "received", "received": "received"},
                "rfq_closed",
                call=_reply,
            ),
            verb(
                quotations.award_line,
                {"received": "awarded", "awarded": "awarded"},
                "rfq_closed",
                call=_award,
            ),
            verb(
                quotations.award_line,
                {"awarded": "received", "received": "received"},
                "rfq_closed",
                name="take the award back",
                call=lambda document: _award(document, 0),
            ),
            verb(
                orders.order_awards,
                {"awarded": "ordered"},
                call=lambda document: orders.order_awards(
                    document.pk, warehouse_id=main_warehouse().pk, by=buyer()
                ),
            ),
            verb(quotations.cancel_rfq, {"draft": "cancelled", "sent": "cancelled"}),
            verb(quotations.reject_rfq, {"received": "rejected"}),
            verb(quotations.reopen_rfq, {"rejected": "received"}),
        ),
    ),
    Life(
        "purchase order",
        PurchaseOrder,
        purchase_order,
        (
            verb(orders.submit_purchase_order, {"draft": "submitted"}),
            verb(orders.refuse_purchase_order, {"submitted": "draft"}),
            verb(orders.approve_purchase_order, {"submitted": "approved"}),
            verb(orders.send_purchase_order, {"approved": "sent"}),
            verb(
                orders.confirm_purchase_order,
                {"sent": "confirmed"},
                name="confirm",
            ),
            verb(
                orders.confirm_purchase_order,
                {
                    "sent": "confirmed",
                    "confirmed": "confirmed",
                    "partly_received": "partly_received",
                },
                name="confirm a day",
                call=_confirm_a_day,
            ),
            verb(
                orders.post_receipt,
                {
                    "sent": "partly_received",
                    "confirmed": "partly_received",
                    "partly_received": "partly_received",
                },
                "order_not_open",
                name="receive one",
                call=lambda document: _receive(document, 1),
            ),
            verb(
                orders.post_receipt,
                dict.fromkeys(("sent", "confirmed", "partly_received"), "done"),
                "order_not_open",
                name="receive all",
                call=_receive,
            ),
            verb(
                orders.reverse_receipt,
                {"partly_received": "sent", "done": "sent"},
                "not_found",
                name="take a receipt back",
                call=_unreceive,
            ),
            verb(
                orders.close_purchase_order,
                dict.fromkeys(("sent", "confirmed", "partly_received"), "done"),
            ),
            verb(
                orders.cancel_purchase_order,
                dict.fromkeys(("draft", "submitted", "approved", "sent", "confirmed"), "cancelled"),
                "invalid_transition",
                "has_receipts",
            ),
            verb(orders.change_purchase_order, {"draft": "draft"}, "not_a_draft", call=_edit),
        ),
        walks=(
            ((*_SENT, "confirm a day", "receive one", _BACK), "confirmed"),
            ((*_SENT, "confirm a day", "receive all", _BACK), "confirmed"),
            ((*_SENT, "receive one", "receive all", _BACK), "partly_received"),
        ),
    ),
    Life(
        "receipt",
        Receipt,
        receipt,
        (
            verb(orders.count_receipt, {"draft": "counted"}),
            verb(orders.reopen_receipt, {"counted": "draft"}),
            verb(orders.post_receipt, {"counted": "posted"}),
            verb(orders.cancel_receipt, {"draft": "cancelled", "counted": "cancelled"}),
            verb(orders.reverse_receipt, {"posted": "reversed"}),
        ),
    ),
    Life(
        "supplier return",
        SupplierReturn,
        supplier_return,
        (
            verb(orders.post_supplier_return, {"draft": "posted"}),
            verb(orders.cancel_supplier_return, {"draft": "cancelled"}),
            verb(orders.reverse_supplier_return, {"posted": "reversed"}),
        ),
    ),
    Life(
        "landed cost",
        LandedCost,
        landed_cost,
        (
            verb(landed.post_landed_cost, {"draft": "posted"}),
            verb(landed.cancel_landed_cost, {"draft": "cancelled"}),
            verb(landed.reverse_landed_cost, {"posted": "reversed"}),
        ),
    ),
)
