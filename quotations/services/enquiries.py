"""A customer's text, kept with what was read from it."""

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from erp.core.errors import DomainError
from erp.core.numbering import draw_number
from erp.core.periods import company_today
from erp.core.record import record
from erp.core.service import service
from products.models import Product
from quotations.matching import PricedEnquiry, price_enquiry
from quotations.models import Enquiry, EnquiryLine, Quotation
from quotations.services.drafting import active_customer, check_open, create_quotation_from_enquiry


@service("enquiry.create")
def create_enquiry(
    text: str, *, customer_id: int, by: User, priced: PricedEnquiry | None = None
) -> Enquiry:
    """Keep a customer's text and what was read from it; ``priced`` spares a second reading.

    Raises DomainError no_text, too_many_lines, bad_quantity, nothing_found.
    """
    customer = active_customer(customer_id)
    priced = priced or price_enquiry(text, customer=customer, user=by)
    if not priced.lines:
        raise DomainError(_("No part was found in this text."), code="nothing_found", field="text")
    enquiry = Enquiry.objects.create(
        customer=customer,
        owner=by,
        text=text,
        ignored=priced.ignored,
        status=Enquiry.Status.MATCHING,
        number=draw_number(Enquiry.number_series, company_today()),
    )
    EnquiryLine.objects.bulk_create(
        EnquiryLine(
            document=enquiry,
            line_no=line.line_no,
            raw=line.raw[:300],
            designation=line.designation[:120],
            brand_name=line.brand[:60],
            quantity=line.quantity,
            unit_id=line.unit,
            product=line.product,
            match=line.match,
            candidates=line.candidates_json(),
            note=line.note[:200],
        )
        for line in priced.lines
    )
    record("enquiry.created", enquiry, by=by)
    return enquiry


@service("enquiry.quote")
def quote_text(
    text: str, *, customer_id: int, by: User, priced: PricedEnquiry | None = None
) -> tuple[Enquiry, Quotation | None]:
    """Keep a text as an enquiry and draft its quotation, both or neither.

    The quotation is None when no part of the text has a product yet.
    """
    enquiry = create_enquiry(text, customer_id=customer_id, by=by, priced=priced)
    if not enquiry.lines.exclude(product=None).exists():
        return enquiry, None
    return enquiry, create_quotation_from_enquiry(enquiry.pk, by=by)


@service("enquiry.choose_product")
def choose_product(line_id: int, product_id: int, *, by: User) -> EnquiryLine:
    """Let a person decide what a line means.

    Raises DomainError unknown_line, unknown_product, enquiry_closed.
    """
    line = EnquiryLine.objects.select_related("document").filter(pk=line_id).first()
    if line is None:
        raise DomainError(_("There is no such line."), code="unknown_line", field="line")
    check_open(Enquiry.objects.locked(line.document_id))
    product = Product.objects.following([product_id]).get(product_id)
    if product is None or product.archived_at is not None:
        raise DomainError(_("There is no such product."), code="unknown_product", field="product")
    before = line.product
    if before != product:
        line.product, line.match = product, "chosen"
    line.save(update_fields=["product", "match"])
    record("enquiry.product_chosen", line.document, by=by, changes={line.raw: (before, product)})
    return line
