"""Enquiries, quotations, sales orders, deliveries, returns, invoices, payments."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from erp.core.periods import company_today
from finance import services as finance
from finance.models import Invoice, Payment
from finance.services.opening import OpenItem, open_items, take_back_item
from orders import services as orders
from orders.models import Delivery, Return, SalesOrder
from quotations import services as quotations
from quotations.models import Enquiry, Quotation
from quotations.services import enquiries, ways
from quotations.services.expiring import expire_quotations
from tests import factories
from tests.lives import LEFT_ALONE, Life, verb
from tests.lives.stock import stocked
from tests.support import (
    accountant,
    chart,
    draft_order,
    draft_quotation,
    keeper,
    line,
    main_bin,
    main_warehouse,
    manager,
    planned_delivery,
    seller,
    shipped_delivery,
)

# --- quotations ----------------------------------------------------------------------------------


def enquiry() -> Enquiry:
    customer = factories.CustomerFactory(owner=seller())
    made = enquiries.create_enquiry("6205-2RSH 10个", customer_id=customer.pk, by=seller())
    row = made.lines.get()
    enquiries.choose_product(row.pk, factories.ProductFactory().pk, by=seller())
    made.refresh_from_db()
    return made


def _cancel_enquiry(document: Enquiry) -> Any:
    """Its open quotations are cancelled first."""
    for one in Quotation.objects.filter(enquiry=document, status__in=["draft", "sent"]):
        if document.status in {"matching", "quoted"}:
            quotations.cancel_quotation(one.pk, by=seller())
    return ways.cancel_enquiry(document.pk, by=seller())


def _quote(document: Enquiry) -> Quotation:
    made = quotations.create_quotation_from_enquiry(document.pk, by=seller())
    lines = [line(made.lines.get().product)]
    return quotations.change_quotation(made.pk, lines=lines, version=None, by=seller())


def _sent_quote(document: Enquiry) -> Quotation:
    made = _quote(document)
    quotations.submit_quotation(made.pk, by=seller())
    quotations.approve_quotation(made.pk, by=manager())
    return quotations.send_quotation(made.pk, by=seller())


def _of(document: Enquiry) -> Quotation:
    """Return its newest quotation; one that is nowhere where it has none."""
    found = Quotation.objects.filter(enquiry=document).order_by("pk").last()
    return found or Quotation(pk=0)


def quotation() -> Quotation:
    return draft_quotation(line(stocked()), line(stocked()))


def _accept(document: Quotation, count: int | None = None) -> Any:
    keys = list(document.lines.open().values_list("pk", flat=True))[:count]
    return orders.create_order_from_quotation(
        document.pk, line_ids=keys, warehouse_id=main_warehouse().pk, by=seller()
    )


def _expire(document: Quotation) -> None:
    """Nobody is refused here: what may not expire is left alone."""
    expire_quotations(company_today() + timedelta(days=400))
    document.refresh_from_db()


def _revise(document: Quotation) -> None:
    made = quotations.revise_quotation(document.pk, by=seller())
    quotations.submit_quotation(made.pk, by=seller())
    quotations.approve_quotation(made.pk, by=manager())
    quotations.send_quotation(made.pk, by=seller())
    quotations.cancel_quotation(made.pk, by=seller())  # it does not bring the old one back


def _edit(document: Quotation) -> Any:
    lines = [line(document.lines.all()[0].product)]
    return quotations.change_quotation(document.pk, lines=lines, version=None, by=seller())


# --- orders --------------------------------------------------------------------------------------


def order() -> SalesOrder:
    return draft_order(line(stocked(), 4))


def _ship(document: SalesOrder, quantity: int | None = None) -> Any:
    row = document.lines.get()
    wanted = {row.pk: Decimal(quantity)} if quantity else None
    delivery = orders.create_delivery(document.pk, wanted, by=keeper())
    return orders.ship_delivery(delivery.pk, by=keeper())


def _unship(document: SalesOrder) -> Any:
    shipped = Delivery.objects.filter(sales_order=document, status="shipped").order_by("pk").last()
    return orders.reverse_delivery(shipped.pk if shipped else 0, reason="x", by=keeper())


def _edit_order(document: SalesOrder) -> Any:
    entered = orders.OrderLineInput(document.lines.get().product_id, Decimal(4), Decimal(9))
    return orders.replace_lines(document.pk, [entered], version=None, by=seller())


def _reopen(document: SalesOrder) -> Any:
    """What it reserves is given up first."""
    if document.status == "confirmed":
        orders.unreserve_order(document.pk, by=seller())
    return orders.reopen_order(document.pk, by=seller())


def delivery() -> Delivery:
    return planned_delivery(line(stocked(), 4))


def customer_return() -> Return:
    made = shipped_delivery(line(stocked(), 4))
    entered = orders.ReturnLineInput(made.lines.get().pk, Decimal(2), main_bin().pk)
    return orders.create_return(made.pk, [entered], reason="x", by=keeper())


# --- money ---------------------------------------------------------------------------------------


def invoice() -> Invoice:
    return finance.invoice_delivery(shipped_delivery(line(stocked(), 4)).pk, by=accountant())


def open_item() -> Invoice:
    chart()
    item = OpenItem(
        factories.CustomerFactory(), "A-1", company_today(), company_today(), Decimal(9), "CNY"
    )
    return open_items([item], on=company_today(), by=accountant())[0]


def payment() -> Payment:
    chart()
    account = factories.BankAccountFactory()
    customer = factories.CustomerFactory()
    return finance.create_payment(
        "in", customer, Decimal(9), bank_account_id=account.pk, by=accountant()
    )


LIVES = (
    Life(
        "enquiry",
        Enquiry,
        enquiry,
        (
            verb(
                quotations.create_quotation,
                {"new": "matching", "matching": "matching", "quoted": "quoted"},
                "enquiry_closed",
                call=_quote,
                name="quote",
            ),
            verb(
                quotations.send_quotation,
                {"matching": "quoted", "new": "matching quoted", "quoted": "quoted"},
                "enquiry_closed",
                call=_sent_quote,
                name="send a quotation",
            ),
            verb(
                orders.create_order_from_quotation,
                {"quoted": "won"},
                "invalid_transition",
                "not_found",
                "line_not_open",
                call=lambda document: _accept(_of(document)),
                name="accept",
            ),
            verb(
                quotations.lose_quotation,
                {"quoted": "lost"},
                "invalid_transition",
                "not_found",
                call=lambda document: quotations.lose_quotation(_of(document).pk or 0, by=seller()),
                name="lose",
            ),
            verb(expire_quotations, {"quoted": "expired"}, LEFT_ALONE, call=_expire, name="expire"),
            verb(
                ways.cancel_enquiry,
                {"new": "cancelled", "matching": "cancelled", "quoted": "cancelled"},
                "invalid_transition",
                "has_quotations",
                call=_cancel_enquiry,
            ),
            verb(ways.reopen_enquiry, {"lost": "new"}),
        ),
        begins="matching",
    ),
    Life(
        "quotation",
        Quotation,
        quotation,
        (
            verb(quotations.submit_quotation, {"draft": "submitted"}),
            verb(quotations.approve_quotation, {"submitted": "approved"}),
            verb(quotations.refuse_quotation, {"submitted": "draft"}),
            verb(quotations.send_quotation, {"approved": "sent"}),
            verb(
                orders.create_order_from_quotation,
                {"sent": "accepted", "accepted": "ordered"},
                name="accept one line",
                call=lambda document: _accept(document, 1),
            ),
            verb(
                orders.create_order_from_quotation,
                {"sent": "accepted ordered", "accepted": "ordered"},
                name="accept all",
                call=_accept,
            ),
            verb(quotations.revise_quotation, {"sent": "revised"}, call=_revise),
            verb(quotations.lose_quotation, {"sent": "lost", "accepted": "ordered"}),
            verb(
                expire_quotations,
                {"sent": "expired", "accepted": "ordered"},
                LEFT_ALONE,
                call=_expire,
            ),
            verb(
                quotations.cancel_quotation,
                dict.fromkeys(("draft", "submitted", "approved", "sent"), "cancelled"),
            ),
            verb(quotations.change_quotation, {"draft": "draft"}, "not_a_draft", call=_edit),
        ),
    ),
    Life(
        "sales order",
        SalesOrder,
        order,
        (
            verb(orders.confirm_order, {"draft": "confirmed"}),
            verb(orders.reopen_order, {"confirmed": "draft"}, call=_reopen),
            verb(
                orders.ship_delivery,
                {"confirmed": "done", "in_progress": "done"},
                "order_not_open",
                name="ship all",
                call=_ship,
            ),
            verb(
                orders.ship_delivery,
                {"confirmed": "in_progress", "in_progress": "in_progress"},
                "order_not_open",
                name="ship one",
                call=lambda document: _ship(document, 1),
            ),
            verb(
                orders.reverse_delivery,
                {"in_progress": "confirmed", "done": "confirmed"},
                "not_found",
                name="take a delivery back",
                call=_unship,
            ),
            verb(
                orders.close_order, {"confirmed": "done", "in_progress": "done"}, "order_not_open"
            ),
            verb(orders.cancel_order, {"draft": "cancelled", "confirmed": "cancelled"}),
            verb(orders.replace_lines, {"draft": "draft"}, "not_a_draft", call=_edit_order),
        ),
        walks=((("confirm_order", "ship one", "ship all", "take a delivery back"), "in_progress"),),
    ),
    Life(
        "delivery",
        Delivery,
        delivery,
        (
            verb(orders.reserve_delivery, {"draft": "reserved"}),
            verb(orders.pick_delivery, {"reserved": "picked"}),
            verb(orders.step_back_delivery, {"reserved": "draft", "picked": "reserved"}),
            verb(orders.ship_delivery, {"reserved": "shipped", "picked": "shipped"}),
            verb(orders.finish_delivery, {"shipped": "done"}),
            verb(orders.reverse_delivery, {"shipped": "reversed", "done": "reversed"}),
            verb(
                orders.cancel_delivery,
                dict.fromkeys(("draft", "reserved", "picked"), "cancelled"),
            ),
        ),
        begins="reserved",
    ),
    Life(
        "customer's return",
        Return,
        customer_return,
        (
            verb(orders.post_return, {"draft": "posted"}),
            verb(orders.cancel_return, {"draft": "cancelled"}),
            verb(orders.reverse_return, {"posted": "reversed"}),
        ),
    ),
    Life(
        "invoice",
        Invoice,
        invoice,
        (
            verb(finance.post_invoice, {"draft": "posted"}),
            verb(finance.cancel_invoice, {"draft": "cancelled"}),
        ),
    ),
    Life(
        "opening item",
        Invoice.Opening,
        open_item,
        (
            verb(
                take_back_item,
                {"posted": "cancelled"},
                call=lambda document: take_back_item(
                    document.pk, on=company_today(), by=accountant()
                ),
            ),
            verb(finance.post_invoice, {}),
            verb(finance.cancel_invoice, {}),
        ),
        begins="posted",
    ),
    Life("payment", Payment, payment, (verb(finance.post_payment, {"draft": "posted"}),)),
)
