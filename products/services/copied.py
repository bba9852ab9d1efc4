"""Products of a document that is copied: what is archived by now is not sold or bought again."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from erp.core.errors import DomainError
from products.models import Product


def copyable_lines(lines: Sequence[Any], *, on: date, leave_out: bool) -> list[Any]:
    """Return the lines whose product may still be traded, the others refused or left out.

    A product merged into another counts as that one. Raises DomainError archived_product,
    expired_tax_rate or nothing_to_copy, naming the line.
    """
    products = Product.objects.select_related("brand", "tax_rate").following(
        line.product_id for line in lines
    )
    kept = []
    for line in lines:
        product = products[line.product_id]
        _check_rate(line, product, on)
        if product.archived_at is None:
            kept.append(line)
        elif not leave_out:
            raise DomainError(
                _("Line %(line)d: %(product)s is archived.")
                % {"line": line.line_no, "product": product},
                code="archived_product",
                field=f"lines[{line.line_no}].product_id",
            )
    if not kept:
        raise DomainError(_("No line is left to copy."), code="nothing_to_copy", field="lines")
    return kept


def _check_rate(line: Any, product: Product, on: date) -> None:
    rate = product.tax_rate
    if rate is None or (rate.valid_from <= on and (rate.valid_to is None or on <= rate.valid_to)):
        return
    raise DomainError(
        _("Line %(line)d: the tax rate %(rate)s of %(product)s is not valid any more.")
        % {"line": line.line_no, "rate": rate, "product": product},
        code="expired_tax_rate",
        field=f"lines[{line.line_no}].product_id",
    )
