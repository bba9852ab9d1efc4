"""Our sheet goes out and comes back: rows moved, columns hidden, numbers as text, others' rows."""

import io
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from django.utils import translation

from accounts.models import User
from erp.core.attachments import files_of
from erp.core.periods import company_today
from products.models import PriceFact
from quotations import services
from quotations.models import Rfq, RfqLine, RfqReply, RfqSupplier
from quotations.rfq_cells import read_day, read_days, read_price
from quotations.rfq_files import import_sheet
from quotations.rfq_paste import read_paste
from quotations.rfq_sheet import rfq_sheet
from quotations.services import RfqLineInput
from tests import factories as f
from tests.support import refused

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]


@pytest.fixture
def buyer() -> User:
    return f.UserFactory(role="purchaser")


@pytest.fixture
def sent(buyer: User) -> Rfq:
    parts = [f.ProductFactory(designation=f"620{n}-2RS1/C3") for n in range(4, 8)]
    made = services.create_rfq(
        [RfqLineInput(part.pk, Decimal(10)) for part in parts],
        supplier_ids=[f.SupplierFactory().pk, f.SupplierFactory().pk],
        by=buyer,
    )
    return services.send_rfq(made.pk, by=buyer)


def asked(rfq: Rfq, number: int = 0) -> RfqSupplier:
    row = list(rfq.suppliers.select_related("supplier"))[number]
    row.document = rfq
    return row


def opened(rfq: Rfq, number: int = 0) -> Any:
    _name, content = rfq_sheet(rfq, asked(rfq, number))
    return openpyxl.load_workbook(io.BytesIO(content))


def headings(sheet: Any) -> tuple[int, dict[str, int]]:
    """The row of the headings and the column of each, by its English or Chinese name."""
    for row in sheet.iter_rows():
        values = [cell.value for cell in row]
        if len([value for value in values if value]) > 10:
            return row[0].row, {str(value): at for at, value in enumerate(values, 1)}
    raise AssertionError("no headings")


def fill(book: Any, *rows: tuple[Any, ...]) -> None:
    """Fill in the lines: price, minimum quantity, lead time, offered, remark."""
    sheet = book.active
    top, columns = headings(sheet)
    first = columns[next(name for name in columns if name in {"Your unit price", PRICE})]
    for number, row in enumerate(rows):
        for at, value in enumerate(row):
            sheet.cell(top + 1 + number, first + at).value = value


with translation.override("zh-hans"):
    from quotations.rfq_sheet import COLUMNS

    PRICE = str(COLUMNS["unit_price"])


def saved(book: Any) -> bytes:
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def back(rfq: Rfq, book: Any, *, number: int = 0, by: User) -> services.ReplyOutcome:
    return import_sheet(asked(rfq, number).pk, "报价.xlsx", saved(book), by=by)


def prices(rfq: Rfq, number: int = 0) -> dict[int, Decimal]:
    replies = RfqReply.objects.filter(invitation=asked(rfq, number)).select_related("line")
    return {reply.line.line_no: reply.unit_price for reply in replies}


# --- out --------------------------------------------------------------------------------------


def test_the_sheet_says_who_asks_whom_and_carries_a_key_per_line(sent: Rfq) -> None:
    code = f.ProductCodeFactory(
        product=sent.lines.all()[0].product,
        supplier=asked(sent).supplier,
        customer=None,
        code="A-1",
    )
    sheet = opened(sent).active
    values = [[cell.value for cell in row] for row in sheet.iter_rows()]
    text = "\n".join(str(value) for row in values for value in row if value)

    assert str(sent.number) in text
    assert asked(sent).supplier.name in text
    assert code.code in text
    top, columns = headings(sheet)
    keys = [row[-1] for row in values[top:]]
    assert len(set(keys)) == 4
    assert all(key.startswith(f"R{asked(sent).pk}-") for key in keys)
    assert sheet.freeze_panes == f"A{top + 1}"
    assert len(columns) == 14


def test_the_sheet_is_in_the_suppliers_language(sent: Rfq, buyer: User) -> None:
    services.set_language(sent.pk, asked(sent).pk, "en", by=buyer)
    _top, english = headings(opened(sent).active)
    _top, chinese = headings(opened(sent, 1).active)
    assert "Your unit price" in english
    assert "Your unit price" not in chinese or PRICE == "Your unit price"


def test_nothing_in_the_sheet_runs(sent: Rfq) -> None:
    RfqLine.objects.filter(document=sent).update(designation="=cmd|' /C calc'!A0")
    Rfq.objects.filter(pk=sent.pk).update(notes="+1+1")
    sent.refresh_from_db()
    sheet = opened(sent).active
    values = [cell.value for row in sheet.iter_rows() for cell in row if cell.value]
    assert not [value for value in values if str(value)[0] in "=+-@"]
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


# --- back -------------------------------------------------------------------------------------


def test_a_filled_sheet_becomes_replies_and_is_kept(sent: Rfq, buyer: User) -> None:
    book = opened(sent)
    fill(
        book,
        (11.3, 5, 7),
        ("12.50", None, "2周", None, "无铅"),
        (None,),
        ("￥1,234.5元", "", "现货"),
    )

    outcome = back(sent, book, by=buyer)

    assert (outcome.added, outcome.not_offered, outcome.refused) == (3, 1, [])
    assert prices(sent) == {1: Decimal("11.3"), 2: Decimal("12.5"), 4: Decimal("1234.5")}
    days = RfqReply.objects.order_by("line__line_no").values_list("lead_time_days", flat=True)
    assert list(days) == [7, 14, 0]
    assert RfqReply.objects.get(line__line_no=2).remark == "无铅"
    assert len(files_of(asked(sent))) == 1
    sent.refresh_from_db()
    assert sent.status == "received"


def test_the_same_file_again_changes_nothing(sent: Rfq, buyer: User) -> None:
    book = opened(sent)
    fill(book, (11.3,), (12.5,))
    content = saved(book)
    import_sheet(asked(sent).pk, "a.xlsx", content, by=buyer)
    facts = PriceFact.objects.count()

    again = import_sheet(asked(sent).pk, "b.xlsx", content, by=buyer)

    assert (again.added, again.changed, again.unchanged) == (0, 0, 2)
    assert PriceFact.objects.count() == facts
    assert len(files_of(asked(sent))) == 1


def test_a_changed_price_in_a_second_file_replaces_the_first(sent: Rfq, buyer: User) -> None:
    book = opened(sent)
    fill(book, (11.3,), (12.5,))
    back(sent, book, by=buyer)
    fill(book, (10.17,), (None,))

    again = back(sent, book, by=buyer)

    assert (again.changed, again.not_offered) == (1, 3)
    assert prices(sent) == {1: Decimal("10.17"), 2: Decimal("12.5")}  # an empty cell takes nothing
    assert PriceFact.objects.filter(kind="rfq").count() == 3


def test_rows_and_columns_may_be_moved_and_hidden(sent: Rfq, buyer: User) -> None:
    book = opened(sent)
    fill(book, (1,), (2,), (3,), (4,))
    sheet = book.active
    top, _columns = headings(sheet)
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=top)]
    moved = [rows[0], *reversed(rows[1:])]
    other = openpyxl.Workbook()
    for at, row in enumerate([["你好"], [], *moved], 3):
        for place, value in enumerate(reversed(row), 2):
            other.active.cell(at, place).value = value
    other.active.column_dimensions["B"].hidden = True

    outcome = back(sent, other, by=buyer)

    assert outcome.added == 4
    assert prices(sent) == {n: Decimal(n) for n in range(1, 5)}


def test_rows_that_are_not_ours_are_refused_one_by_one(sent: Rfq, buyer: User) -> None:
    book = opened(sent)
    fill(book, (1,), ("so teuer",), (3,), (0,))
    sheet = book.active
    top, columns = headings(sheet)
    key = len(columns)
    sheet.cell(top + 3, key).value = str(sheet.cell(top + 3, key).value)[:-1] + "x"
    row = sheet.max_row + 1
    sheet.cell(row, columns.get("Your unit price") or columns[PRICE]).value = 9

    outcome = back(sent, book, by=buyer)

    assert prices(sent) == {1: Decimal(1)}
    assert [number for number, _why in outcome.refused] == [top + 2, top + 3, top + 4, row]


def test_a_line_twice_counts_once(sent: Rfq, buyer: User) -> None:
    book = opened(sent)
    fill(book, (1,), (2,))
    sheet = book.active
    top, columns = headings(sheet)
    sheet.cell(top + 2, len(columns)).value = sheet.cell(top + 1, len(columns)).value
    outcome = back(sent, book, by=buyer)
    assert (prices(sent), len(outcome.refused)) == ({1: Decimal(1)}, 1)


def test_terms_above_the_lines_are_read(sent: Rfq, buyer: User) -> None:
    book = opened(sent)
    fill(book, (1,))
    sheet = book.active
    top, _columns = headings(sheet)
    until = company_today() + timedelta(days=30)
    labels = {str(sheet.cell(row, 1).value): row for row in range(1, top)}
    with translation.override("zh-hans"):
        from quotations.rfq_sheet import TERMS  # noqa: PLC0415

        names = {name: str(label) for name, label in TERMS.items()}
    sheet.cell(labels[names["valid_until"]], 2).value = until
    sheet.cell(labels[names["terms"]], 2).value = "月结30天"

    back(sent, book, by=buyer)

    row = asked(sent)
    assert (row.valid_until, row.terms) == (until, "月结30天")


def test_another_requests_sheet_is_refused(sent: Rfq, buyer: User) -> None:
    other = services.copy_rfq(sent.pk, by=buyer)
    services.send_rfq(other.pk, by=buyer)
    other.refresh_from_db()
    book = opened(other)
    fill(book, (1,))
    content = saved(book)
    with refused("wrong_request"):
        import_sheet(asked(sent).pk, "a.xlsx", content, by=buyer)


def test_another_suppliers_sheet_is_refused(sent: Rfq, buyer: User) -> None:
    book = opened(sent, 1)
    fill(book, (1,))
    content = saved(book)
    with refused("wrong_supplier"):
        import_sheet(asked(sent).pk, "a.xlsx", content, by=buyer)


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.xlsx", b"", "empty_file"),
        ("a.xlsx", b"MZ nothing", "wrong_type"),
        ("a.exe", b"MZ nothing", "unsupported_type"),
        ("a.csv", "型号,价格\n6205,12".encode(), "not_our_sheet"),
    ],
)
def test_what_is_no_sheet_of_ours_is_refused(
    name: str, content: bytes, code: str, sent: Rfq, buyer: User
) -> None:
    with refused(code):
        import_sheet(asked(sent).pk, name, content, by=buyer)


def test_what_is_offered_instead_is_found_or_kept_as_a_remark(sent: Rfq, buyer: User) -> None:
    other = f.ProductFactory(designation="NU2205-ECP")
    book = opened(sent)
    fill(book, (1, None, None, "NU2205-ECP"), (2, None, None, "西瓜", "甜"))

    back(sent, book, by=buyer)

    assert RfqReply.objects.get(line__line_no=1).offered == other
    assert RfqReply.objects.get(line__line_no=2).remark == "西瓜 甜"


# --- cells and pasted text ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None),
        ("-", None),
        ("12.5", "12.5"),
        ("１２．５", "12.5"),
        ("￥1,234.50", "1234.50"),
        ("12.5元/个", "12.5"),
        ("USD 3", "3"),
        ("'12", "12"),
    ],
)
def test_prices_are_read_as_people_write_them(text: str, value: str | None) -> None:
    assert read_price(text) == (None if value is None else Decimal(value))


@pytest.mark.parametrize("text", ["abc", "1,5", "12.5.1", "1e5", "-3"])
def test_what_is_no_price_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_price(text)


@pytest.mark.parametrize(
    ("text", "days"),
    [("", None), ("7", 7), ("7天", 7), ("2周", 14), ("1个月", 30), ("现货", 0), ("3 weeks", 21)],
)
def test_lead_times_are_read(text: str, days: int | None) -> None:
    assert read_days(text) == days


def test_days_are_read_year_first() -> None:
    assert read_day("2026年12月1日") == read_day("2026/12/1") == date(2026, 12, 1)
    assert read_day("") is None
    for wrong in ("1.2.2026", "soon"):
        with pytest.raises(ValueError, match=r"."):
            read_day(wrong)


@pytest.mark.parametrize(
    ("row", "price", "days"),
    [
        ("6204-2RS1/C3 12.5", "12.5", None),
        ("6204 2RS1 C3  10个  12.5元 3天", "12.5", 3),
        ("SKF 6204-2RS1/C3: ￥12.50 现货", "12.50", 0),
        ("1. 12.5 2周", "12.5", 14),
        ("1)  10  12.5", "12.5", None),
    ],
)
def test_a_pasted_row_is_understood(row: str, price: str, days: int | None, sent: Rfq) -> None:
    (one,), rest = read_paste(row, list(sent.lines.all()))
    assert rest == []
    assert one.line_id == sent.lines.all()[0].pk
    assert (one.unit_price, one.lead_time_days) == (Decimal(price), days)


@pytest.mark.parametrize("row", ["hello", "6999 12.5", "6204-2RS1/C3 12 13 14", "6204-2RS1/C3"])
def test_a_pasted_row_that_is_unclear_is_told(row: str, sent: Rfq) -> None:
    found, rest = read_paste(row, list(sent.lines.all()))
    assert (found, rest) == ([], [row])
