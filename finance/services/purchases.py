"""What a supplier charges against what was received from him."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from erp.core import bulk
from erp.core.errors import DomainError
from erp.core.money import ZERO
from erp.core.record import record
from erp.core.service import service
from finance.ledger import Posting, Role, base_amount
from finance.models import Invoice, InvoiceLine
from inventory.models import StockMove
from inventory.services import Revaluation, Source, revalue


@service("invoice.price")
def price_purchase_invoice(
    invoice_id: int, prices: Mapping[int, Decimal], *, by: User, version: int | None = None
) -> Invoice:
    """Enter the unit prices the supplier charges, by line id, into a draft purchase invoice.

    Raises DomainError not_draft, unknown_line, bad_price, stale_version.
    """
    invoice = Invoice.objects.locked(invoice_id)
    invoice.check_version(version)
    if invoice.status != Invoice.Status.DRAFT or invoice.direction != Invoice.Direction.IN:
        raise DomainError(_("Only drafts of purchase invoices are changed."), code="not_draft")
    lines = list(invoice.lines.all())
    if not prices.keys() <= {line.pk for line in lines}:
        raise DomainError(_("The invoice has no such line."), code="unknown_line", field="lines")
    changes: dict[str, tuple[Any, Any]] = {}
    for line in lines:
        price = prices.get(line.pk, line.unit_price)
        if price != line.unit_price:
            changes[f"lines[{line.line_no}].unit_price"] = (line.unit_price, price)
            line.unit_price = price
            line.compute_amounts()
    bulk.update(lines, ["unit_price", "net_amount", "tax_amount", "gross_amount"])
    invoice.sum_lines(lines)
    invoice.version += 1
    invoice.save()
    record("invoice.priced", invoice, by=by, changes=changes)
    return invoice


class Purchase:
    """A purchase invoice against the goods received for it, in the company's currency."""

    def __init__(self, invoice: Invoice) -> None:
        self.invoice = invoice
        self.gross = base_amount(invoice.gross_total, invoice.exchange_rate)
        self.tax = base_amount(invoice.tax_total, invoice.exchange_rate)
        self.received = ZERO
        self.changes: list[Revaluation] = []
        rows = invoice.lines.select_related("receipt_line__document", "receipt_line__bin")
        for line in rows.order_by("line_no"):
            if line.receipt_line is not None:
                self._compare(line, line.receipt_line)

    def _compare(self, line: InvoiceLine, source: Any) -> None:
        received = base_amount(source.net_amount, source.document.exchange_rate)
        self.received += received
        charged = base_amount(line.net_amount, self.invoice.exchange_rate)
        change = Revaluation(
            line.pk, line.product_id, source.bin, line.quantity, charged - received
        )
        self.changes.append(change)

    def postings(self) -> list[Posting]:
        """Clear what was received; where the invoice differs, the rest is a price difference."""
        return [
            Posting(Role.RECEIVED_NOT_INVOICED, self.received),
            Posting(Role.PRICE_DIFFERENCE, self.gross - self.tax - self.received),
            Posting(Role.TAX_INPUT, self.tax),
            Posting(Role.PAYABLE, -self.gross, supplier_id=self.invoice.supplier_id),
        ]

    def revalue_stock(self, *, by: Any) -> None:
        """Pass the price difference on: goods on hand to stock, the others to cost of goods."""
        if any(change.amount for change in self.changes):
            revalue(
                self.changes,
                source=Source.of(self.invoice),
                kind=StockMove.Kind.PRICE_DIFFERENCE,
                on=self.invoice.dated_on,
                by=by,
            )
