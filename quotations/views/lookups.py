"""What typeaheads ask: customers and parts, as fragments of a page."""

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render

from accounts.requests import AuthedRequest
from customers.models import Customer, Supplier
from erp.core.pages import page
from erp.core.policy import authorize
from products.search import match
from quotations.sheets import facts_of

MOST_OPTIONS = 10
_LONGEST_QUERY = 100


@page("GET")
def customers(request: AuthedRequest) -> HttpResponse:
    """The user's customers by code, name or part of the name."""
    authorize(request.user, "customers.view_customer")
    asked = _asked(request)
    found = Customer.objects.visible_to(request.user).active()
    if asked:
        found = found.filter(
            Q(code__istartswith=asked) | Q(name__icontains=asked) | Q(short_name__icontains=asked)
        )
    context = {"asked": asked, "customers": found[:MOST_OPTIONS]}
    return render(request, "quotations/_customers.html", context)


@page("GET")
def suppliers(request: AuthedRequest) -> HttpResponse:
    """The user's suppliers by code, name or part of the name."""
    authorize(request.user, "customers.view_supplier")
    asked = _asked(request)
    found = Supplier.objects.visible_to(request.user).active().filter(blocked_reason="")
    if asked:
        found = found.filter(
            Q(code__istartswith=asked) | Q(name__icontains=asked) | Q(short_name__icontains=asked)
        )
    context = {"asked": asked, "customers": found[:MOST_OPTIONS]}
    return render(request, "quotations/_customers.html", context)


@page("GET")
def parts(request: AuthedRequest) -> HttpResponse:
    """Parts by designation, code or size, with stock and what this customer paid last."""
    authorize(request.user, "products.view_product")
    asked = _asked(request)
    customer = _customer(request)
    customer_id = customer.pk if customer else None
    (found,) = match([asked], user=request.user, customer_id=customer_id, limit=MOST_OPTIONS)
    hits = found.hits if asked else ()
    facts = facts_of([hit.product.pk for hit in hits], customer=customer, user=request.user)
    options = [(hit, facts[hit.product.pk]) for hit in hits]
    return render(request, "quotations/_parts.html", {"asked": asked, "options": options})


def _asked(request: AuthedRequest) -> str:
    return " ".join(request.GET.get("q", "").replace("\x00", "").split())[:_LONGEST_QUERY]


def _customer(request: AuthedRequest) -> Customer | None:
    """Return the customer whose codes and prices count, if the user may see him."""
    given = request.GET.get("customer", "")
    if not (given.isascii() and given.isdigit() and len(given) < 19):
        return None
    return Customer.objects.visible_to(request.user).filter(pk=int(given)).first()
