"""Purchase orders in the admin, and how punctual a supplier is."""

from typing import Any

from django.contrib import admin
from django.db.models import OuterRef, Subquery
from django.http import HttpRequest
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from customers.models import Supplier
from erp.core.admin import (
    DocumentAdmin,
    LinesInline,
    ObjectAction,
    VisibleFilter,
    add_facts,
    add_object_actions,
    copy_action,
    display,
    document_fieldsets,
    figure,
    may_see_cost,
    plain,
    transition_action,
)
from erp.core.periods import company_today
from erp.core.policy import authorize_warehouses
from inventory.models import InboundPromise
from orders import services
from orders.admin.asking import reason_form
from orders.admin.buying import BUYING_AMOUNTS, BUYING_TOTALS
from orders.admin.buying_forms import close_form, confirmation_form, confirmed_of, prices_form
from orders.models import (
    PurchaseOrder,
    PurchaseOrderLine,
    PurchaseOrderStatus,
    Receipt,
)
from orders.models.purchasing import EXPECTED
from orders.performance import supplier_performance
from orders.promises import SOURCE_TYPE, history_of
from orders.purchase_prices import price_warnings

MOST_SAID = 30


class PurchaseOrderLineInline(LinesInline[PurchaseOrderLine, PurchaseOrder]):
    model = PurchaseOrderLine
    fields = (
        *LinesInline.fields,
        "confirmed_on",
        "show_received",
        "show_closed",
        "close_reason",
    )
    show_received = figure(PurchaseOrderLine, "received_quantity", plain)
    show_closed = figure(PurchaseOrderLine, "closed_quantity", plain)
    cost_fields = BUYING_AMOUNTS

    def get_queryset(self, request: HttpRequest) -> Any:
        said = (
            InboundPromise.objects.visible_to(request.user)
            .filter(source_type=SOURCE_TYPE, source_line_id=OuterRef("pk"), is_gone=False)
            .order_by("-pk")
        )
        return super().get_queryset(request).annotate(day=Subquery(said.values("confirmed_on")[:1]))

    @display(description=_("confirmed for"))
    def confirmed_on(self, obj: Any) -> Any:
        return obj.day


def _receive_all(order: Any, request: HttpRequest) -> Receipt:
    """Draft the receipt of all that is open, each part into the bin where it lies."""
    authorize_warehouses(request.user, order.warehouse_id)
    user: Any = request.user
    return services.create_receipt(order.pk, by=user)


def _submit_despite(order: Any, request: HttpRequest, _answers: dict[str, Any]) -> Any:
    user: Any = request.user
    return services.submit_purchase_order(
        order.pk, version=order.version, accept_prices=True, by=user
    )


def _has_warnings(order: Any) -> bool:
    return order.status == PurchaseOrderStatus.DRAFT and bool(
        price_warnings(order, list(order.lines.all()))
    )


def _confirm(order: Any, request: HttpRequest, answers: dict[str, Any]) -> Any:
    user: Any = request.user
    lines, said_on = confirmed_of(answers)
    return services.confirm_purchase_order(
        order.pk, lines=lines, said_on=said_on, version=order.version, by=user
    )


def _close(order: Any, request: HttpRequest, answers: dict[str, Any]) -> Any:
    user: Any = request.user
    return services.close_purchase_order(
        order.pk,
        reason=answers["reason"],
        line_ids=answers["lines"],
        version=order.version,
        by=user,
    )


def _with_reason(verb: Any) -> Any:
    def run(order: Any, request: HttpRequest, answers: dict[str, Any]) -> Any:
        return verb(order.pk, reason=answers["reason"], version=order.version, by=request.user)

    return run


def _order_facts(order: Any, request: HttpRequest) -> list[tuple[str, str]]:
    """Prices above the known ones while somebody decides, and how the supplier's dates moved."""
    facts = []
    deciding = order.status in (PurchaseOrderStatus.DRAFT, PurchaseOrderStatus.SUBMITTED)
    if deciding and may_see_cost(request):
        facts = [
            (f"{w.line_no}. {w.designation}", f"⚠ {w.text}")
            for w in price_warnings(order, list(order.lines.all()))
        ]
    return facts + [
        (
            f"{one.noted_on} {one.noted_by or gettext('report')}",
            f"{one.product.designation} × {plain(one.quantity)}: {_moved(one)}",
        )
        for one in history_of(order)[:MOST_SAID]
    ]


def _moved(one: InboundPromise) -> str:
    if one.is_gone:
        return gettext("not in the report any more")
    day = str(one.confirmed_on or "?")
    days = one.moved_days
    if not days:
        return day
    return f"{one.previous_on} → {day} ({days:+d})"


@admin.register(PurchaseOrder)
class PurchaseOrderAdmin(DocumentAdmin[PurchaseOrder]):
    list_display = (
        "ref",
        "dated_on",
        "supplier",
        "status_label",
        "show_gross",
        "currency",
        "requested_on",
        "warehouse",
        "owner",
    )
    list_filter = ("status", ("owner", VisibleFilter), ("warehouse", VisibleFilter), "dated_on")
    list_select_related = ("supplier", "owner", "currency", "warehouse")
    inlines = (PurchaseOrderLineInline,)
    cost_fields = BUYING_TOTALS
    fieldsets = document_fieldsets(("warehouse", "requested_on"), partner="supplier")
    pdf_url_name = "orders:purchase-order-pdf"
    page_url_name = "orders:purchase-order"
    facts = (_order_facts,)
    object_actions = (
        transition_action(
            "submit",
            permission="orders.change_purchaseorder",
            service="orders.services.submit_purchase_order",
            description=_("submit for approval"),
            to=PurchaseOrderStatus.SUBMITTED,
            icon="outbox",
            variant="primary",
        ),
        ObjectAction(
            "submit-despite",
            "orders.change_purchaseorder",
            _("submit despite its prices"),
            _submit_despite,
            _has_warnings,
            icon="price_change",
            in_list=False,
            ask=prices_form,
            service="orders.services.submit_purchase_order",
        ),
        transition_action(
            "approve",
            permission="orders.approve_purchaseorder",
            service="orders.services.approve_purchase_order",
            description=_("approve"),
            to=PurchaseOrderStatus.APPROVED,
            icon="verified",
            variant="primary",
        ),
        ObjectAction(
            "refuse",
            "orders.approve_purchaseorder",
            _("refuse, back to draft"),
            _with_reason(services.refuse_purchase_order),
            lambda order: order.status == PurchaseOrderStatus.SUBMITTED,
            icon="undo",
            in_list=False,
            ask=reason_form,
            service="orders.services.refuse_purchase_order",
        ),
        transition_action(
            "send",
            permission="orders.send_purchaseorder",
            service="orders.services.send_purchase_order",
            description=_("mark as sent"),
            when=(PurchaseOrderStatus.APPROVED,),
            icon="send",
            variant="primary",
        ),
        ObjectAction(
            "confirm",
            "orders.send_purchaseorder",
            _("confirmed by the supplier"),
            _confirm,
            lambda order: order.status in EXPECTED,
            icon="handshake",
            in_list=False,
            ask=confirmation_form,
            service="orders.services.confirm_purchase_order",
        ),
        ObjectAction(
            "receive",
            "orders.add_receipt",
            _("make goods receipt"),
            _receive_all,
            lambda order: order.status in EXPECTED,
            icon="inventory",
            variant="primary",
            service="orders.services.create_receipt",
        ),
        ObjectAction(
            "close",
            "orders.send_purchaseorder",
            _("expect no more"),
            _close,
            lambda order: order.status in EXPECTED,
            icon="content_cut",
            in_list=False,
            ask=close_form,
            service="orders.services.close_purchase_order",
        ),
        ObjectAction(
            "cancel",
            "orders.change_purchaseorder",
            _("cancel"),
            _with_reason(services.cancel_purchase_order),
            lambda order: PurchaseOrder.WORKFLOW.allows(
                order.status, PurchaseOrderStatus.CANCELLED
            ),
            icon="block",
            in_list=False,
            ask=reason_form,
            service="orders.services.cancel_purchase_order",
        ),
    )


add_object_actions(PurchaseOrder, copy_action(PurchaseOrder, "orders.services.copy_purchase_order"))


def _supplier_facts(supplier: Supplier, _request: HttpRequest) -> list[tuple[str, str]]:
    """Real lead time and punctuality of the last year, beside what the supplier promises."""
    told = supplier_performance(supplier, on=company_today())
    days, percent = told.average_days, told.on_time_percent
    return [
        (gettext("Receipts in a year"), str(told.receipts)),
        (
            gettext("Real lead time"),
            "–" if days is None else ngettext("%(n)d day", "%(n)d days", days) % {"n": days},
        ),
        (
            gettext("On time"),
            "–" if percent is None else f"{percent} % ({told.on_time}/{told.promised})",
        ),
    ]


add_facts(Supplier, _supplier_facts)
