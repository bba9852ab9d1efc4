"""From a customer's text to matched lines: the first page of the sales day."""

from decimal import Decimal
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.requests import AuthedRequest
from customers.models import Customer
from erp.core.errors import DomainError, StaleVersionError
from erp.core.pages import change_once, new_token, page, refuse
from erp.core.policy import allowed, authorize
from erp.core.refused_files import status_of
from products.models import Product
from quotations import services
from quotations.files import keep_file
from quotations.forms import EnquiryForm
from quotations.grid import read_number
from quotations.matching import PricedEnquiry, price_enquiry
from quotations.models import Enquiry, Quotation, Rfq
from quotations.quoted import with_lines_quoted
from quotations.sheets import enquiry_sheet

LEARN = "products.add_productcode"


@page("GET")
def home(request: AuthedRequest) -> HttpResponse:
    """To the page where this user's day begins."""
    if allowed(request.user, "quotations.add_enquiry"):
        return redirect("quotations:new-enquiry")
    return redirect("admin:index")


@page("GET", "POST")
def new_enquiry(request: AuthedRequest) -> HttpResponse:
    authorize(request.user, "quotations.add_enquiry")
    if request.method == "GET":
        form = EnquiryForm(user=request.user, initial={"customer": request.GET.get("customer")})
        return _ask(request, form)
    form = EnquiryForm(request.POST, request.FILES, user=request.user)
    if not form.is_valid():
        return _ask(request, form, status=status_of(form, "file"))
    try:
        # Read before the transaction: a long text must not keep other writers waiting.
        customer, text = form.cleaned_data["customer"], form.cleaned_data["text"]
        priced = price_enquiry(text, customer=customer, user=request.user)
        return change_once(request, "enquiry.create", lambda: _create(request, form, priced))
    except DomainError as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        return _ask(request, form, status=409)


def _create(request: AuthedRequest, form: EnquiryForm, priced: PricedEnquiry) -> tuple[str, str]:
    customer: Customer = form.cleaned_data["customer"]
    made = services.create_enquiry(
        form.cleaned_data["text"], customer_id=customer.pk, by=request.user, priced=priced
    )
    keep_file(made, form.cleaned_data["file"], by=request.user)
    return reverse("quotations:enquiry", args=[made.pk]), ""


def _ask(request: AuthedRequest, form: EnquiryForm, status: int = 200) -> HttpResponse:
    customers: Any = form.fields["customer"]
    given = str(form["customer"].value() or "")
    customer = customers.queryset.filter(pk=given).first() if _is_id(given) else None
    context = {"form": form, "customer": customer, "token": new_token()}
    return render(request, "quotations/enquiry_new.html", context, status=status)


@page("GET")
def enquiry(request: AuthedRequest, pk: int) -> HttpResponse:
    authorize(request.user, "quotations.view_enquiry")
    asked = _enquiry(request, pk)
    lines = enquiry_sheet(asked, user=request.user)
    made = Quotation.objects.visible_to(request.user).filter(enquiry=asked).order_by("pk")
    context = _context(request, asked) | {
        "lines": lines,
        "unmatched": sum(line.facts is None for line in lines),
        "unsure": sum(not line.line.is_sure for line in lines),
        "quotations": list(made),
        "rfqs": list(Rfq.objects.visible_to(request.user).made_for(asked)),
        "may_ask": asked.is_open and allowed(request.user, "quotations.add_rfq"),
        "may_quote": asked.is_open and allowed(request.user, "quotations.add_quotation"),
        "token": new_token(),
    }
    return render(request, "quotations/enquiry.html", context)


def _enquiry(request: AuthedRequest, pk: int) -> Enquiry:
    rows = Enquiry.objects.select_related("customer", "owner").visible_to(request.user)
    return get_object_or_404(with_lines_quoted(rows), pk=pk)


def _context(request: AuthedRequest, asked: Enquiry) -> dict[str, Any]:
    return {
        "enquiry": asked,
        "customer": asked.customer,
        "sees_cost": allowed(request.user, "products.view_cost"),
        "may_choose": asked.is_open and allowed(request.user, "quotations.change_enquiry"),
        "may_teach": asked.customer_id is not None and allowed(request.user, LEARN),
    }


@page("POST")
def choose_product(request: AuthedRequest, pk: int, line_pk: int) -> HttpResponse:
    """Take a product or a quantity for a line, as a person decided; answers with the line's row.

    What the row had shown comes along: 409 with the row as it is when somebody else decided first.
    """
    authorize(request.user, "quotations.change_enquiry")
    asked = _enquiry(request, pk)
    if not asked.lines.filter(pk=line_pk).exists():
        raise Http404
    context, status = _context(request, asked), 200
    try:
        if "quantity" in request.POST:
            services.state_quantity(
                line_pk,
                _quantity(request),
                seen_quantity=request.POST.get("seen_quantity"),
                by=request.user,
            )
        else:
            _choose(request, line_pk)
    except StaleVersionError as refusal:  # the row shows theirs, and tells it
        context["refusal"], status = refusal.message, 409
    except DomainError as refusal:
        context["refusal"] = refusal.message
    (context["line"],) = enquiry_sheet(asked, user=request.user, line_id=line_pk)
    return render(request, "quotations/_enquiry_line.html", context, status=status)


def _choose(request: AuthedRequest, line_pk: int) -> None:
    remember = request.POST.get("remember") == "1"
    if remember:
        authorize(request.user, LEARN)
    seen = request.POST.get("seen", "")
    services.choose_product(
        line_pk,
        _product_id(request),
        seen_product_id=int(seen) if _is_id(seen) else None,
        remember=remember,
        by=request.user,
    )


def _is_id(given: str) -> bool:
    return given.isascii() and given.isdigit() and len(given) < 19


def _quantity(request: AuthedRequest) -> Decimal:
    given = request.POST["quantity"].strip()[:30]
    try:
        return read_number(given)
    except ValueError as error:
        raise DomainError(
            _("%(value)s is no quantity.") % {"value": given or "–"},
            code="bad_quantity",
            field="quantity",
        ) from error


def _product_id(request: AuthedRequest) -> int:
    """Return the id of a product the user may see, or 0, which no product has."""
    given = request.POST.get("product", "")
    if not _is_id(given):
        return 0
    visible = Product.objects.visible_to(request.user).filter(pk=int(given))
    return int(given) if visible.exists() else 0


@page("POST")
def quote_enquiry(request: AuthedRequest, pk: int) -> HttpResponse:
    authorize(request.user, "quotations.add_quotation")
    asked = _enquiry(request, pk)

    def effect() -> tuple[str, str]:
        made = services.create_quotation_from_enquiry(asked.pk, by=request.user)
        said = _("%(ref)s was drafted.") % {"ref": made.ref}
        left = asked.lines.filter(product=None).count()
        if left:
            missing = ngettext(
                "%(n)s line without a part is not in it.",
                "%(n)s lines without a part are not in it.",
                left,
            )
            said = f"{said} {missing % {'n': left}}"
        return reverse("quotations:quotation", args=[made.pk]), said

    try:
        return change_once(request, "enquiry.quote", effect, object_id=asked.pk)
    except DomainError as refusal:
        refuse(request, refusal)
        return redirect("quotations:enquiry", pk=asked.pk)
