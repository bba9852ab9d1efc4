import json
import os
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from customers.services import customer_named
from erp.core.errors import DomainError
from erp.core.money import plain
from erp.core.printing import pdf_available
from products.protected import owners_of, warning
from quotations.doubts import LABELS
from quotations.files import enquiry_text
from quotations.matching import PricedEnquiry, PricedLine, price_enquiry
from quotations.models import Quotation
from quotations.printing import quotation_pdf
from quotations.services import quote_text


class Command(BaseCommand):
    help = (
        "Read an enquiry (text, csv, xlsx or xls), match and price its parts. With --customer it is"
        " saved as an enquiry and a draft quotation of the customer's salesperson."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--customer", metavar="NAME|CODE|ID", help="Save it for this customer.")
        parser.add_argument("--pdf", type=Path, metavar="OUT", help="Write the quotation as PDF.")
        parser.add_argument("--json", action="store_true", dest="as_json", help="One JSON object.")

    def handle(
        self,
        *,
        file: Path,
        customer: str | None,
        pdf: Path | None,
        as_json: bool,
        **options: Any,
    ) -> None:
        if pdf and not customer:
            raise CommandError(
                "--pdf needs --customer: only a saved quotation is printed.", returncode=2
            )
        try:
            text = enquiry_text(file.name, file.read_bytes())
            priced, quotation = self._quote(text, customer, pdf)
        except DomainError as refusal:
            raise CommandError(_explained(refusal)) from refusal
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror}") from error
        if as_json:
            saved = {"id": quotation.pk, "ref": quotation.ref} if quotation else None
            report = {**priced.as_json(), "quotation": saved}
            self.stdout.write(json.dumps(report, ensure_ascii=False))
        else:
            self._print(priced, quotation)

    def _quote(
        self, text: str, customer_name: str | None, pdf: Path | None
    ) -> tuple[PricedEnquiry, Quotation | None]:
        if customer_name is None:
            return price_enquiry(text, customer=None), None
        customer = customer_named(customer_name)
        by = customer.owner
        priced = price_enquiry(text, customer=customer)
        _check_pdf(pdf)
        with transaction.atomic():  # the PDF too, or nothing
            _enquiry, quotation = quote_text(text, customer_id=customer.pk, by=by, priced=priced)
            if pdf and quotation:
                _name, content = quotation_pdf(quotation, by=by)
                pdf.write_bytes(content)
        return priced, quotation

    def _print(self, priced: PricedEnquiry, quotation: Quotation | None) -> None:
        for line in priced.lines:
            self.stdout.write(_row(line))
            if line.protected:
                self.stdout.write(f"     ! {warning(owners_of(line.protected))}")
        for text in priced.ignored:
            self.stdout.write(f"     ignored: {text}")
        if quotation:
            self.stdout.write(f"{quotation.ref}: {quotation.gross_total} {quotation.currency_id}")


def _check_pdf(pdf: Path | None) -> None:
    """Refuse before anything is written when the PDF cannot be made or put where it belongs."""
    if pdf is None:
        return
    reason = pdf_available()
    if reason:
        raise DomainError(reason, code="pdf_unavailable", field="pdf")
    if pdf.is_dir() or not os.access(pdf.resolve().parent, os.W_OK):
        raise DomainError(f"{pdf} cannot be written.", code="not_writable", field="pdf")


def _explained(refusal: DomainError) -> str:
    return f"{refusal.field}: {refusal.message}" if refusal.field else refusal.message


def _row(line: PricedLine) -> str:
    quantity = plain(line.quantity) if line.quantity is not None else "?"
    product = str(line.product) if line.product else f"? ({len(line.candidates)} candidates)"
    price = line.suggested_price
    shown = f"{plain(price.amount)} {price.currency}" if price else "-"
    free = plain(line.available) if line.available is not None else "-"
    return (
        f"{line.line_no:3}  {line.designation or line.raw:24} {quantity:>6} {line.unit or '':6}"
        f" {product:32} {line.match:11} {free:>8} {shown:>12}"
        + "".join(f"\n     ? {LABELS[code]}" for code in line.doubts)
    )
