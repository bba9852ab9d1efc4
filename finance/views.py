"""Invoices on paper."""

from django.http import HttpResponseBase
from django.urls import reverse

from accounts.requests import AuthedRequest
from erp.core.pages import page, pdf_answer
from erp.core.policy import authorize
from finance.models import Invoice
from finance.printing import invoice_pdf as invoice_on_paper


@page("GET")
def invoice_pdf(request: AuthedRequest, pk: int) -> HttpResponseBase:
    authorize(request.user, "finance.view_invoice")
    invoice = Invoice.objects.get_visible(request.user, pk)
    return pdf_answer(
        request,
        lambda language: invoice_on_paper(invoice, language=language, by=request.user),
        otherwise=reverse("admin:finance_invoice_change", args=[invoice.pk]),
    )
