"""A customer's text, kept with what was read from it."""

from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from erp.core.documents import check_quantity
from erp.core.errors import DomainError, StaleVersionError
from erp.core.money import plain
from erp.core.numbering import draw_number
from erp.core.periods import company_today
from erp.core.record import record
from erp.core.service import service
from products.codes import learn_code
from products.designation import search_key
from products.models import Product
from quotations.doubts import ABOUT_QUANTITY, UNIT_UNKNOWN
from quotations.matching import PricedEnquiry, price_enquiry
from quotations.models import Enquiry, EnquiryLine, Quotation
from quotations.services.drafting import active_customer, create_quotation_from_enquiry
from quotations.services.ways import begin_matching, check_open


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
            wording=line.wording[:120],
            doubt_codes=" ".join(line.doubts),
            alternative_ids=" ".join(str(other.pk) for other in line.alternatives),
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
def choose_product(
    line_id: int,
    product_id: int,
    *,
    seen_product_id: int | None = None,
    remember: bool = False,
    by: User,
) -> EnquiryLine:
    """Let a person decide what a line means; nothing about the part is doubtful afterwards.

    ``seen_product_id`` is the version he decided on: what the line had, 0 for nothing.
    ``remember``: from now on this customer's wording means that product; a product of another brand
    than he asked for is an offer and teaches nothing. One of the other brands asked for changes
    places with the part; any other part has no alternatives. Locks the enquiry, then the customer.
    Raises DomainError unknown_line, unknown_product, enquiry_closed, stale_version.
    """
    line = _locked_line(line_id)
    product = Product.objects.following([product_id]).get(product_id)
    if product is None or product.archived_at is not None:
        raise DomainError(_("There is no such product."), code="unknown_product", field="product")
    now = line.product_id or 0
    if seen_product_id is not None and now not in {seen_product_id, product_id}:
        raise StaleVersionError(
            _("Line %(number)d: somebody chose %(theirs)s in the meantime, you chose %(mine)s.")
            % {"theirs": line.product or "–", "mine": product, "number": line.line_no},
            code="stale_version",
        )
    before = line.product
    if before != product:
        line.product, line.match = product, "chosen"
        _swap_alternatives(line, before)
    line.doubt_codes = " ".join(code for code in line.doubts if code in ABOUT_QUANTITY)
    line.save(update_fields=["product", "match", "doubt_codes", "alternative_ids"])
    record("enquiry.product_chosen", line.document, by=by, changes={line.raw: (before, product)})
    if remember and line.document.customer_id and _tells_meaning(line, product):
        learn_code(line.document.customer_id, line.wording, product.pk, by=by)
    return line


def _swap_alternatives(line: EnquiryLine, before: Product | None) -> None:
    """Keep the other brands asked for beside the part that was chosen among them."""
    others = line.alternatives
    if before is None or line.product_id not in others:
        line.alternative_ids = ""
        return
    others[others.index(line.product_id)] = before.pk
    line.alternative_ids = " ".join(map(str, others))


def _tells_meaning(line: EnquiryLine, product: Product) -> bool:
    if not line.brand_name:
        return bool(line.wording)
    same_words = search_key(line.wording) == product.search_key
    return bool(line.wording) and product.brand.code == line.brand_name and not same_words


@service("enquiry.state_quantity")
def state_quantity(
    line_id: int, quantity: Decimal, *, seen_quantity: str | None = None, by: User
) -> EnquiryLine:
    """Let a person say how many are wanted, in the product's own unit where that was in doubt.

    ``seen_quantity`` is the version he decided on: what the line had, empty for nothing.
    Raises DomainError unknown_line, bad_quantity, enquiry_closed, stale_version.
    """
    line = _locked_line(line_id)
    check_quantity(quantity, field="quantity")
    before = line.quantity
    now = "" if before is None else plain(before)
    if seen_quantity is not None and now not in {seen_quantity, plain(quantity)}:
        raise StaleVersionError(
            _("Line %(number)d: somebody entered %(theirs)s in the meantime, you entered %(mine)s.")
            % {"theirs": now or "–", "mine": plain(quantity), "number": line.line_no},
            code="stale_version",
        )
    line.quantity = quantity
    if UNIT_UNKNOWN in line.doubts and line.product:
        line.unit_id = line.product.unit_id
    line.doubt_codes = " ".join(code for code in line.doubts if code not in ABOUT_QUANTITY)
    line.save(update_fields=["quantity", "unit", "doubt_codes"])
    changes = {line.raw: (before, quantity)}
    record("enquiry.quantity_stated", line.document, by=by, changes=changes)
    return line


def _locked_line(line_id: int) -> EnquiryLine:
    """Return the line as it is under the lock of its enquiry, which must be open."""
    lines = EnquiryLine.objects.filter(pk=line_id)
    enquiry_id = lines.values_list("document_id", flat=True).first()
    if enquiry_id is None:
        raise DomainError(_("There is no such line."), code="unknown_line", field="line")
    enquiry = Enquiry.objects.locked(enquiry_id)
    check_open(enquiry)
    begin_matching(enquiry)
    line = lines.select_related("product__brand").get()
    line.document = enquiry
    return line
