"""The lines of a quotation: as entered, checked, described and priced, and how they are stored."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from erp.core.errors import DomainError
from erp.core.money import CENT, ZERO, round_money, round_price
from erp.core.periods import standard_tax_rate
from products.models import Product
from products.prices import suggested_prices
from quotations.costs import cost_of, unit_costs
from quotations.models import EnquiryLine, Quotation, QuotationLine

MAX_LINES = 1000
# Out of the way of every line number while lines change places: a number is used once.
_ASIDE = 100_000


@dataclass(frozen=True, slots=True)
class LineInput:
    """A quotation line as entered; without a price the suggested one is taken.

    ``line_id`` says which stored line it was; ``alternative_to`` is the number, in the new order,
    of the line it is offered instead of.
    """

    product_id: int
    quantity: Decimal
    unit_price: Decimal | None = None
    price_includes_tax: bool | None = None
    partner_wording: str = ""
    lead_time_days: int | None = None
    source_line_id: int | None = None
    alternative_to: int | None = None
    is_optional: bool = False
    line_id: int | None = None


def build_lines(quotation: Quotation, inputs: Sequence[LineInput]) -> list[QuotationLine]:
    if not 0 < len(inputs) <= MAX_LINES:
        raise DomainError(
            _("A quotation has 1 to %(most)d lines.") % {"most": MAX_LINES},
            code="bad_line_count",
            field="lines",
        )
    _check_sources(quotation, inputs)
    _check_kinds(inputs)
    ids = {line.product_id for line in inputs}
    products = Product.objects.select_related("brand", "tax_rate").following(ids)
    suggested = suggested_prices(
        {product.pk for product in products.values()},
        customer_id=quotation.customer_id,
        currency=quotation.currency_id,
    )
    costs = unit_costs(product.pk for product in products.values())
    standard = standard_tax_rate(quotation.dated_on).rate
    rows = []
    for number, entered in enumerate(inputs, 1):
        product = products.get(entered.product_id)
        if product is None:
            raise DomainError(
                _("There is no such product."),
                code="unknown_product",
                field=f"lines[{number}].product_id",
            )
        rate = product.tax_rate.rate if product.tax_rate else standard
        net, _fact = suggested.get(product.pk, (None, None))
        row = _build_line(quotation, number, entered, product, rate, net)
        row.unit_cost = costs.get(product.pk)
        rows.append(row)
    return rows


def _check_kinds(inputs: Sequence[LineInput]) -> None:
    """An alternative stands below the line it is offered for, and below no other sure line."""
    above = 0
    for number, line in enumerate(inputs, 1):
        main = line.alternative_to
        if _is_sure(line):
            above = number
        elif main is not None and (line.is_optional or main != above):
            raise DomainError(
                _("Line %(number)d cannot be an alternative to line %(main)d.")
                % {"number": number, "main": main},
                code="bad_alternative",
                field=f"lines[{number}].alternative_to",
            )


def _is_sure(line: LineInput) -> bool:
    return line.alternative_to is None and not line.is_optional


def _check_sources(quotation: Quotation, inputs: Sequence[LineInput]) -> None:
    """Refuse a source line that is none of the quotation's own enquiry."""
    named = {line.source_line_id for line in inputs if line.source_line_id is not None}
    if not named:
        return
    own = EnquiryLine.objects.filter(document_id=quotation.enquiry_id, pk__in=named)
    known = set(own.values_list("pk", flat=True))
    for number, line in enumerate(inputs, 1):
        if line.source_line_id is not None and line.source_line_id not in known:
            raise DomainError(
                _("The enquiry has no such line."),
                code="unknown_source_line",
                field=f"lines[{number}].source_line_id",
            )


def _build_line(
    quotation: Quotation,
    number: int,
    entered: LineInput,
    product: Product,
    rate: Decimal,
    suggested_net: Decimal | None,
) -> QuotationLine:
    includes = entered.price_includes_tax
    if includes is None:
        includes = quotation.customer.price_includes_tax
    suggested = None
    if suggested_net is not None:
        suggested = shown_price(suggested_net * (1 + rate) if includes else suggested_net)
    price = entered.unit_price if entered.unit_price is not None else suggested
    line = QuotationLine(
        document=quotation,
        line_no=number,
        product=product,
        partner_wording=entered.partner_wording[:200],
        quantity=entered.quantity,
        unit_price=price if price is not None else ZERO,
        price_includes_tax=includes,
        tax_rate=rate,
        lead_time_days=entered.lead_time_days,
        source_line_id=entered.source_line_id,
        suggested_price=suggested,
        alternative_to=entered.alternative_to,
        is_optional=entered.is_optional,
        is_counted=_is_sure(entered),
    )
    return line.describe(product).compute_amounts()


def shown_price(price: Decimal) -> Decimal:
    """Round a proposed price as a person would write it: cents, or 4 decimals below 1."""
    return round_money(price) if price >= 1 else round_price(price.quantize(CENT * CENT))


# --- storing ---------------------------------------------------------------------------------


def _stored_columns() -> list[str]:
    return [
        field.attname
        for field in QuotationLine._meta.concrete_fields
        if not field.primary_key and field.name != "document"
    ]


def store_lines(
    quotation: Quotation, rows: Sequence[QuotationLine], inputs: Sequence[LineInput]
) -> None:
    """Store the rows in the place of what is stored; a line that stays keeps its key.

    Only what changed is written. Raises DomainError unknown_line. The caller holds the lock.
    """
    stored = {line.pk: line for line in quotation.lines.all()}
    _take_keys(rows, inputs, stored)
    kept = {row.pk for row in rows if row.pk is not None}
    gone = stored.keys() - kept
    if gone:
        quotation.lines.filter(pk__in=gone).delete()
    changed = [row for row in rows if row.pk is not None and _differs(row, stored[row.pk])]
    if any(row.line_no != stored[row.pk].line_no for row in changed):
        quotation.lines.update(line_no=F("line_no") + _ASIDE)
        changed = [row for row in rows if row.pk is not None]
    _overwrite(changed)
    QuotationLine.objects.bulk_create([row for row in rows if row.pk is None], batch_size=500)


def _take_keys(
    rows: Sequence[QuotationLine], inputs: Sequence[LineInput], stored: Mapping[int, Any]
) -> None:
    taken: set[int] = set()
    for number, (row, entered) in enumerate(zip(rows, inputs, strict=True), 1):
        if entered.line_id is None:
            continue
        if entered.line_id not in stored or entered.line_id in taken:
            raise DomainError(
                _("The quotation has no such line."),
                code="unknown_line",
                field=f"lines[{number}].id",
            )
        taken.add(entered.line_id)
        row.pk = entered.line_id


def _differs(row: QuotationLine, stored: QuotationLine) -> bool:
    return any(getattr(row, name) != getattr(stored, name) for name in _stored_columns())


def _overwrite(rows: Collection[QuotationLine]) -> None:
    """Write rows over those of the same key, many in one statement."""
    if not rows:
        return
    # MariaDB takes the key that collides; the others need it named.
    named = connection.features.supports_update_conflicts_with_target
    QuotationLine.objects.bulk_create(
        rows,
        batch_size=500,
        update_conflicts=True,
        update_fields=_stored_columns(),
        unique_fields=["id"] if named else None,
    )


def describe_lines(rows: Sequence[QuotationLine]) -> list[str]:
    """Return the lines as the operation log tells them."""
    return [_described(row) for row in rows]


def _described(row: QuotationLine) -> str:
    text = f"{row} × {row.quantity:f} @ {row.unit_price:f}"
    if row.alternative_to is not None:
        return f"{text} (or {row.alternative_to})"
    return f"{text} (optional)" if row.is_optional else text


def total(quotation: Quotation, rows: Sequence[QuotationLine]) -> None:
    """Set what the counted lines come to and what they cost."""
    quotation.sum_lines(rows)
    quotation.cost_total = cost_of(rows)
