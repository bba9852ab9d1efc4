"""Purchase orders, receipts and returns to suppliers on paper."""

from django.http import HttpResponseBase
from django.urls import reverse

from accounts.requests import AuthedRequest
from erp.core.pages import page, pdf_answer
from erp.core.policy import authorize
from orders import buying_printing
from orders.models import PurchaseOrder, Receipt, SupplierReturn


@page("GET")
def purchase_order_pdf(request: AuthedRequest, pk: int) -> HttpResponseBase:
    """Its prices are what goods cost: for those who may see that."""
    authorize(request.user, "orders.view_purchaseorder")
    authorize(request.user, "products.view_cost")
    order = PurchaseOrder.objects.get_visible(request.user, pk)
    return pdf_answer(
        request,
        lambda language: buying_printing.purchase_order_pdf(
            order, language=language, by=request.user
        ),
        otherwise=reverse("orders:purchase-order", args=[order.pk]),
    )


@page("GET")
def receipt_pdf(request: AuthedRequest, pk: int) -> HttpResponseBase:
    authorize(request.user, "orders.view_receipt")
    receipt = Receipt.objects.get_visible(request.user, pk)
    return pdf_answer(
        request,
        lambda language: buying_printing.receipt_pdf(receipt, language=language, by=request.user),
        otherwise=reverse("orders:receipt", args=[receipt.pk]),
    )


@page("GET")
def supplier_return_pdf(request: AuthedRequest, pk: int) -> HttpResponseBase:
    authorize(request.user, "orders.view_supplierreturn")
    document = SupplierReturn.objects.get_visible(request.user, pk)
    return pdf_answer(
        request,
        lambda language: buying_printing.supplier_return_pdf(
            document, language=language, by=request.user
        ),
        otherwise=reverse("admin:orders_supplierreturn_change", args=[document.pk]),
    )
