"""``verify_books`` finds and names every fault planted behind the software's back."""

import io
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.db import connection
from django.db.models import F

from erp.core.models import Attachment, NumberVoid
from finance.models import Allocation, Invoice, InvoiceLine, JournalEntry, JournalLine, Payment
from inventory.models import Reservation, StockBalance, StockMove, StockValue
from orders.models import PurchaseOrderLine, SalesOrderLine
from products.models import Product
from tests.factories import InterchangeFactory, ProductFactory
from tests.support import Deal, assert_books_ok, full_deal, manager

pytestmark = pytest.mark.django_db

CENT = Decimal("0.01")
ON_HAND = "on hand = sum of moves"
RESERVED = "0 <= reserved = sum of reservations <= on hand"
VALUE = "stock quantity and value per warehouse = sums of moves"
LINES = "line amounts follow quantity, price and tax"
TOTALS = "document totals = sums of lines"
ENTRIES = "every journal entry balances"
ALLOCATIONS = "allocations stay within payment and invoice"
NUMBERS = "numbers unique and gap-free"
INVENTORY = "inventory account = stock value"
RECEIVABLE = "receivable account = open items of customers"
PAYABLE = "payable account = open items of suppliers"
SALES = "sales: ordered = delivered + open + closed per line"
PURCHASING = "purchasing: ordered = received + open + closed per line"
FILES = "issued PDFs match their hash"
MERGED = "nothing points at a product that was merged away"
IDENTICAL = "approved identical interchanges agree with the grammar"
SALES_RETURNS = {  # orders/tests/test_sales_books.py
    "sales: no more comes back of a delivery line than was shipped",
    "sales: goods come back at the cost they left at",
}
CIRCLES = "no supersession goes in a circle"
LANDED = {"landed cost = its charges = what its lines bear", "landed cost posted = moved"}
MIRRORS = "a reversal mirrors the move it takes back"
# Their faults are planted in orders/tests/test_sales_books.py and test_reversal_books.py.
REVERSED = {
    "a reversed document is taken back whole",
    "the postings of a reversed document come to nothing",
    "returned to suppliers = posted returns <= received",
}
REQUESTS = {  # tests/test_rfq_books.py
    "requests: a reply is to a line of its own request",
    "requests: an award is to a reply of its own line",
    "requests: awarded ≤ asked for per line, or with a reason",
    "requests: awards and orders as the status says",
}
CHOICES = {
    "quotations: of a line and its alternatives one counts at most",
    "quotations: only the last revision can be ordered",
}
# Their faults are planted beside them: inventory/tests/test_document_books.py.
STOCK_DOCUMENTS = {
    "transfers: what is on the road is held there, sent = received + lost + open",
    "stock counts: moves = counted − expected per line",
    "other receipts and issues: moves = lines",
    "assemblies: components + labour = set",
}


@contextmanager
def checks_off() -> Iterator[None]:
    """Let raw rows in that the database's own CHECK constraints would refuse."""
    if connection.vendor == "sqlite":
        off, on = "PRAGMA ignore_check_constraints=1", "PRAGMA ignore_check_constraints=0"
    else:
        off, on = "SET check_constraint_checks=0", "SET check_constraint_checks=1"
    with connection.cursor() as cursor:
        cursor.execute(off)
        try:
            yield
        finally:
            cursor.execute(on)


def verify_books() -> tuple[int, dict[str, Any]]:
    """Return the exit code and the report of ``verify_books --json``."""
    out = io.StringIO()
    try:
        call_command("verify_books", "--json", stdout=out)
    except SystemExit as stop:
        return int(str(stop.code)), json.loads(out.getvalue())
    return 0, json.loads(out.getvalue())


# Each plants one fault and returns (name of the check, what its first difference must say).


def _balance(deal: Deal) -> tuple[str, str]:
    rows = StockBalance.objects.filter(product=deal.product, bin=deal.place)
    rows.update(on_hand=F("on_hand") + 1)
    there = f"product {deal.product.pk}, bin {deal.place.pk}"
    return ON_HAND, f"{there}: 24.000 instead of 23.000"


def _move_deleted(deal: Deal) -> tuple[str, str]:
    StockMove.objects.filter(source_type="orders.receipt", source_id=deal.receipt.pk).delete()
    there = f"product {deal.product.pk}, bin {deal.place.pk}"
    return ON_HAND, f"{there}: 23.000 instead of 3.000"


def _move_quantity(deal: Deal) -> tuple[str, str]:
    moves = StockMove.objects.filter(source_type="orders.delivery", source_id=deal.delivery.pk)
    moves.update(quantity=F("quantity") - 1)
    there = f"product {deal.product.pk}, bin {deal.place.pk}"
    return ON_HAND, f"{there}: 23.000 instead of 24.000"


def _reservation(deal: Deal) -> tuple[str, str]:
    Reservation.objects.filter(source_id=deal.waiting_order.pk).update(quantity=2)
    there = f"product {deal.product.pk}, bin {deal.place.pk}"
    return RESERVED, f"{there}: 3.000 instead of 2.000"


def _stock_value(deal: Deal) -> tuple[str, str]:
    StockValue.objects.filter(product=deal.product).update(value=F("value") + CENT)
    return VALUE, f"product {deal.product.pk}, warehouse {deal.place.warehouse_id}: "


def _line_total(deal: Deal) -> tuple[str, str]:
    row = InvoiceLine.objects.get(document=deal.invoice)
    InvoiceLine.objects.filter(pk=row.pk).update(
        net_amount=F("net_amount") + CENT, gross_amount=F("gross_amount") + CENT
    )
    return LINES, f"finance.InvoiceLine {row.pk}: 70.01 + 9.10 = 79.11 instead of 70.00 + 9.10"


def _document_total(deal: Deal) -> tuple[str, str]:
    Invoice.objects.filter(pk=deal.invoice.pk).update(gross_total="79.11")
    return TOTALS, f"finance.Invoice {deal.invoice.pk} gross_total: 79.11 instead of 79.10"


def _journal_line(deal: Deal) -> tuple[str, str]:
    entry = JournalEntry.objects.get(source_type="finance.payment", source_id=deal.payment.pk)
    entry.lines.filter(debit__gt=0).update(debit=F("debit") + CENT)
    return ENTRIES, f"journal entry {entry.pk}: debit 500.01, credit 500.00"


def _allocation(deal: Deal) -> tuple[str, str]:
    Allocation.objects.filter(pk=deal.allocation.pk).update(amount="79.11")
    return ALLOCATIONS, f"invoice {deal.invoice.pk}: 79.11 allocated of 79.10"


def _missing_number(deal: Deal) -> tuple[str, str]:
    Invoice.objects.filter(pk=deal.invoice.pk).update(number=None)
    assert deal.invoice.number is not None
    return NUMBERS, f"{deal.invoice.number[:-7]}: number 1 is missing"


THE_TEN: list[Callable[[Deal], tuple[str, str]]] = [
    _balance,
    _move_deleted,
    _move_quantity,
    _reservation,
    _stock_value,
    _line_total,
    _document_total,
    _journal_line,
    _allocation,
    _missing_number,
]


def _reserved_more_than_on_hand(deal: Deal) -> tuple[str, str]:
    with checks_off():
        StockBalance.objects.filter(product=deal.product).update(reserved=24)
    there = f"product {deal.product.pk}, bin {deal.place.pk}"
    return RESERVED, f"{there}: reserved 24.000 of 23.000"


def _value_without_quantity(deal: Deal) -> tuple[str, str]:
    with checks_off():
        StockValue.objects.filter(product=deal.product).update(quantity=0)
    there = f"product {deal.product.pk}, warehouse {deal.place.warehouse_id}"
    return VALUE, f"{there}: value "


def _line_that_does_not_add_up(deal: Deal) -> tuple[str, str]:
    row = InvoiceLine.objects.get(document=deal.invoice)
    with checks_off():
        InvoiceLine.objects.filter(pk=row.pk).update(tax_amount="9.11")
    return LINES, f"finance.InvoiceLine {row.pk}: 70.00 + 9.11 = 79.10"


def _line_deleted(deal: Deal) -> tuple[str, str]:
    InvoiceLine.objects.filter(document=deal.invoice).delete()
    return TOTALS, f"finance.Invoice {deal.invoice.pk} net_total: 70.00 instead of 0"


def _both_sides_of_a_journal_line(deal: Deal) -> tuple[str, str]:
    line = JournalLine.objects.filter(entry__source_type="finance.payment").first()
    assert line is not None
    with checks_off():
        JournalLine.objects.filter(pk=line.pk).update(debit=1, credit=2)
    return ENTRIES, f"journal entry {line.entry_id}: debit "


def _journal_entry_without_lines(deal: Deal) -> tuple[str, str]:
    entry = JournalEntry.objects.get(source_type="finance.payment", source_id=deal.payment.pk)
    entry.lines.all().delete()
    return ENTRIES, f"journal entry {entry.pk} has no lines"


def _receipt_entry_deleted(deal: Deal) -> tuple[str, str]:
    entry = JournalEntry.objects.get(source_type="orders.receipt", source_id=deal.receipt.pk)
    entry.lines.all().delete()
    entry.delete()
    return INVENTORY, "account inventory: "


def _invoice_entry_deleted(deal: Deal) -> tuple[str, str]:
    entry = JournalEntry.objects.get(source_type="finance.invoice", source_id=deal.invoice.pk)
    entry.lines.all().delete()
    entry.delete()
    return RECEIVABLE, "account receivable: -500.00 instead of -420.90"


def _purchase_invoice_back_to_draft(deal: Deal) -> tuple[str, str]:
    Invoice.objects.filter(pk=deal.purchase_invoice.pk).update(status="draft")
    return PAYABLE, "account payable: 180.80 instead of 0"


def _delivered_quantity(deal: Deal) -> tuple[str, str]:
    row = SalesOrderLine.objects.get(document=deal.order)
    SalesOrderLine.objects.filter(pk=row.pk).update(delivered_quantity=6)
    return SALES, f"line {row.pk}: 6.000 instead of 7.000"


def _over_delivered(deal: Deal) -> tuple[str, str]:
    row = SalesOrderLine.objects.get(document=deal.order)
    with checks_off():
        SalesOrderLine.objects.filter(pk=row.pk).update(delivered_quantity=8)
    return SALES, f"line {row.pk}: ordered 7.000, done 8.000"


def _received_quantity(deal: Deal) -> tuple[str, str]:
    row = PurchaseOrderLine.objects.get(document=deal.receipt.purchase_order)
    PurchaseOrderLine.objects.filter(pk=row.pk).update(received_quantity=19)
    return PURCHASING, f"line {row.pk}: 19.000 instead of 20.000"


def _allocation_over_the_payment(deal: Deal) -> tuple[str, str]:
    Payment.objects.filter(pk=deal.payment.pk).update(amount="79.00")
    return ALLOCATIONS, f"payment {deal.payment.pk}: 79.10 allocated of 79.00"


def _number_changed(deal: Deal) -> tuple[str, str]:
    assert deal.invoice.number is not None
    series = deal.invoice.number[:-7]
    Invoice.objects.filter(pk=deal.invoice.pk).update(number=f"{series}-000009")
    return NUMBERS, f"{series}: number 9 was never drawn"


def _number_twice(deal: Deal) -> tuple[str, str]:
    assert deal.invoice.number is not None
    NumberVoid.objects.create(number=deal.invoice.number, reason="planted")
    return NUMBERS, f"{deal.invoice.number[:-7]}: number 1 is used 2 times"


def _number_of_no_series(deal: Deal) -> tuple[str, str]:
    Invoice.objects.filter(pk=deal.invoice.pk).update(number="lost")
    return NUMBERS, "lost"


def _issued_file(deal: Deal) -> tuple[str, str]:
    attachment = Attachment(
        kind=Attachment.Kind.ISSUED,
        name="QUO-1.pdf",
        content_type="application/pdf",
        size=4,
        sha256="0" * 64,
        object_type="quotations.quotation",
        object_id=deal.quotation.pk,
    )
    attachment.file.save("x", ContentFile(b"%PDF"))
    return FILES, f"QUO-1.pdf (attachment {attachment.pk}) is missing or changed"


def _product_merged_by_hand(deal: Deal) -> tuple[str, str]:
    kept = ProductFactory(designation="NU2208")
    Product.objects.filter(pk=deal.product.pk).update(merged_into=kept)
    return MERGED, f"product {deal.product.pk} was merged away and is not archived"


def _identical_but_for_the_clearance(deal: Deal) -> tuple[str, str]:
    other = ProductFactory(brand__code="NSK", designation="6205DDUC3")
    Product.objects.filter(pk=deal.product.pk).update(designation="6205-2RSH")
    InterchangeFactory(from_product=deal.product, to_product=other, approved_by=manager())
    return IDENTICAL, "6205-2RSH and 6205DDUC3"


def _supersessions_in_a_circle(deal: Deal) -> tuple[str, str]:
    parts = [deal.product, ProductFactory(), ProductFactory()]
    for one, other in zip(parts, [*parts[1:], parts[0]], strict=True):
        InterchangeFactory(
            from_product=one,
            to_product=other,
            grade="superseded",
            one_way=True,
            approved_by=manager(),
        )
    return CIRCLES, f"product {deal.product.pk} supersedes itself"


OTHERS: list[Callable[[Deal], tuple[str, str]]] = [
    _reserved_more_than_on_hand,
    _value_without_quantity,
    _line_that_does_not_add_up,
    _line_deleted,
    _both_sides_of_a_journal_line,
    _journal_entry_without_lines,
    _receipt_entry_deleted,
    _invoice_entry_deleted,
    _purchase_invoice_back_to_draft,
    _delivered_quantity,
    _over_delivered,
    _received_quantity,
    _allocation_over_the_payment,
    _number_changed,
    _number_twice,
    _number_of_no_series,
    _issued_file,
    _product_merged_by_hand,
    _identical_but_for_the_clearance,
    _supersessions_in_a_circle,
]


@pytest.fixture(autouse=True)
def _own_files(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


def test_the_books_of_a_whole_deal_are_in_order() -> None:
    full_deal()

    code, report = verify_books()

    assert code == 0
    assert report["ok"] is True
    assert [check for check in report["checks"] if check["first_difference"]] == []
    empty = {check["name"] for check in report["checks"] if not check["rows"]}
    assert empty <= {
        *SALES_RETURNS,
        FILES,
        MERGED,
        IDENTICAL,
        CIRCLES,
        MIRRORS,
        *LANDED,
        *REVERSED,
        *REQUESTS,
        *CHOICES,
        *STOCK_DOCUMENTS,
    }  # every other check had something to look at


@pytest.mark.parametrize("plant", [*THE_TEN, *OTHERS], ids=lambda plant: plant.__name__.strip("_"))
def test_a_planted_fault_is_found_and_named(plant: Callable[[Deal], tuple[str, str]]) -> None:
    deal = full_deal()
    assert_books_ok()

    name, told = plant(deal)
    code, report = verify_books()

    assert code == 1
    assert report["ok"] is False
    bad = {c["name"]: c["first_difference"] for c in report["checks"] if not c["ok"]}
    assert name in bad
    assert told in bad[name]


def test_in_plain_text_too_the_fault_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    deal = full_deal()
    _name, told = _document_total(deal)

    with pytest.raises(SystemExit) as stop:
        call_command("verify_books")

    assert stop.value.code == 1
    out = capsys.readouterr().out
    assert f"BAD {TOTALS}" in out
    assert told in out


def test_without_a_single_row_the_books_are_in_order() -> None:
    assert verify_books()[0] == 0
