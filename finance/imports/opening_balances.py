"""Kind ``opening_balances``: what customers owe and what we owe when these books begin.

One row per open invoice, or per partner and currency where only the balance is known. The journal
is posted against the account for opening balances on the day of the import.
"""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from customers.models import Customer, Supplier
from erp.core.errors import DomainError
from erp.core.models import rate_on
from erp.core.money import MAX_AMOUNT, round_money
from erp.core.periods import company
from finance.models import Invoice
from finance.services import due_date
from finance.services.opening import OpenItem, open_items, take_back_item
from imports.diffs import Blockers, Diff
from imports.kinds import NEW, UNCHANGED, Column, Kind, Row, Run
from imports.parsing import choice, day, number, text

BALANCE = "期初"  # the reference of a balance without an invoice number
_CUSTOMER, _SUPPLIER = "customer", "supplier"
_SIDES = {
    _CUSTOMER: ("customer", "客户", "应收", "应收账款", "ar", "receivable", "debtor"),
    _SUPPLIER: ("supplier", "供应商", "应付", "应付账款", "ap", "payable", "creditor", "vendor"),
}


class OpeningBalanceKind(Kind):
    name = "opening_balances"
    label = _("Opening balances")
    rights = ("finance.import_opening_balances",)
    naming = "partner"
    columns: ClassVar = (
        Column(
            "side",
            _("customer or supplier"),
            choice(
                {word: side for side, words in _SIDES.items() for word in words}, code="bad_side"
            ),
            "往来类别|类别|类型|往来类型|type|account type|side",
        ),
        Column(
            "partner",
            _("partner"),
            text(120),
            "往来单位|单位名称|名称|公司名称|客户|客户名称|供应商|供应商名称|编号|"
            "partner|name|customer|supplier|account",
            required=True,
            missing="missing_partner",
            is_text=True,
        ),
        Column(
            "invoice_no",
            _("invoice number"),
            text(60),
            "发票号|发票号码|单据号|单号|凭证号|invoice no|invoice number|document no|reference",
            is_text=True,
        ),
        Column("dated_on", _("date"), day(), "日期|开票日期|单据日期|发票日期|date|invoice date"),
        Column("due_on", _("due"), day(), "到期日|到期日期|应付日期|应收日期|due|due date"),
        Column(
            "amount",
            _("amount"),
            number(least=None, most=MAX_AMOUNT, code="bad_amount"),
            "金额|余额|未付金额|未收金额|期初余额|欠款|价税合计|amount|balance|open amount|total",
            required=True,
            missing="missing_amount",
        ),
        Column("currency", _("currency"), text(3), "币种|货币|币别|currency"),
    )
    messages: ClassVar = {
        "missing_partner": _("The partner is missing."),
        "missing_amount": _("The amount is missing."),
        "bad_amount": _("“%(value)s” is no amount in whole cents."),
        "negative_amount": _("A negative balance (%(value)s) is a payment: enter it as one."),
        "bad_side": _("“%(value)s” is neither customer nor supplier."),
        "which_side": _("“%(value)s” is a customer and a supplier: say which."),
        "unknown_partner": _("There is no partner “%(value)s”."),
        "ambiguous_partner": _("Several partners are called “%(value)s”: give the code."),
        "no_exchange_rate": _("There is no exchange rate for %(value)s."),
        "due_before_date": _("It is due before its own date."),
        "already_open": _("This item is open with another amount or date: %(value)s"),
    }

    def __init__(self, run: Run) -> None:
        super().__init__(run)
        self.company = company()
        self.rates: dict[str, Any] = {}

    # --- check ---

    def check(self, rows: Sequence[Row]) -> None:
        names = {row.values["partner"] for row in rows if row.has("partner")}
        partners = {
            _CUSTOMER: self._partners(Customer, names),
            _SUPPLIER: self._partners(Supplier, names),
        }
        for row in rows:
            self._partner(row, partners)
            self._money(row)
            dated_on = row.values.setdefault("dated_on", self.run.on)
            if row.has("due_on") and row.values["due_on"] < dated_on:
                row.refuse("due_on", "due_before_date")
            if row.refused:
                continue
            values = row.values
            values["invoice_no"] = values.get("invoice_no") or BALANCE
            row.key = "/".join(
                (
                    values["side"],
                    str(values["partner_id"]),
                    values["invoice_no"],
                    values["currency"],
                )
            )
            row.says = f"{values['amount']:.2f} {dated_on} {values.get('due_on')}"

    def _partners(self, model: Any, names: set[str]) -> dict[str, list[Any]]:
        """Return the active partners of these codes and names."""
        found: dict[str, list[Any]] = {}
        wanted = Q(code__in=names) | Q(name__in=names) | Q(short_name__in=names)
        for partner in self.run.sees(model.objects.active().filter(wanted)):
            for name in {
                partner.code.casefold(),
                partner.name.casefold(),
                partner.short_name.casefold(),
            }:
                if name:
                    found.setdefault(name, []).append(partner)
        return found

    def _partner(self, row: Row, partners: dict[str, dict[str, list[Any]]]) -> None:
        name, side = row.values.pop("partner", None), row.values.get("side")
        if name is None:
            return
        sides = (side,) if side else (_CUSTOMER, _SUPPLIER)
        found = {one: partners[one].get(name.casefold(), []) for one in sides}
        found = {one: rows for one, rows in found.items() if rows}
        if not found:
            row.refuse("partner", "unknown_partner", name)
        elif len(found) > 1:
            row.refuse("side", "which_side", name)
        else:
            ((side, rows),) = found.items()
            if len(rows) > 1:
                row.refuse("partner", "ambiguous_partner", name)
                return
            row.values["side"], row.values["partner_id"] = side, rows[0].pk
            row.values.setdefault("currency", rows[0].currency_id)

    def _money(self, row: Row) -> None:
        values = row.values
        if row.has("amount"):
            if values["amount"] < 0:
                row.refuse("amount", "negative_amount", values["amount"])
            elif not values["amount"] or values["amount"] != round_money(values["amount"]):
                row.refuse("amount", "bad_amount", values["amount"])
        if row.has("currency"):
            code = values["currency"] = values["currency"].upper()
            if code not in self.rates:
                self.rates[code] = rate_on(code, self.company, self.run.on)
            if self.rates[code] is None:
                row.refuse("currency", "no_exchange_rate", code)

    # --- compare and write ---

    def compare(self, rows: Sequence[Row], *, lock: bool) -> None:
        wanted = Q(customer_id__in=_ids(rows, _CUSTOMER)) | Q(supplier_id__in=_ids(rows, _SUPPLIER))
        open_ones = Invoice.objects.filter(wanted, is_opening=True, status=Invoice.Status.POSTED)
        there = {_key(one): one for one in open_ones}
        for row in rows:
            item = row.existing = there.get(row.key)
            if item is None:
                row.state = NEW
                continue
            row.state = UNCHANGED
            same = item.gross_total == row.values["amount"]
            if row.has("due_on"):
                same = same and item.due_on == row.values["due_on"]
            if not same and lock:
                raise DomainError(
                    self.messages["already_open"] % {"value": item.ref}, code="already_open"
                )
            if not same:
                row.refuse("amount", "already_open", f"{item.ref} {item.gross_total}")

    def write(self, rows: Sequence[Row], diff: Diff) -> None:
        new = [row for row in rows if row.state == NEW]
        customers = Customer.objects.select_related("payment_term").in_bulk(_ids(new, _CUSTOMER))
        suppliers = Supplier.objects.select_related("payment_term").in_bulk(_ids(new, _SUPPLIER))
        items = []
        for row in new:
            values = row.values
            partner: Any = (customers if values["side"] == _CUSTOMER else suppliers)[
                values["partner_id"]
            ]
            due_on = values.get("due_on") or due_date(
                partner.payment_term, values["dated_on"], cut_off_day=partner.cut_off_day
            )
            items.append(
                OpenItem(
                    partner,
                    values["invoice_no"],
                    values["dated_on"],
                    due_on,
                    values["amount"],
                    values["currency"],
                )
            )
        diff.created(open_items(items, on=self.run.on, by=self.run.by))

    def undo(self, diff: Diff, blockers: Blockers) -> None:
        for _label, keys in diff.creations:
            for pk in keys:
                try:
                    take_back_item(pk, on=self.run.on, by=self.run.by)
                except DomainError as refusal:
                    blockers.add(refusal.message)


def _ids(rows: Sequence[Row], side: str) -> list[int]:
    return [row.values["partner_id"] for row in rows if row.values["side"] == side]


def _key(invoice: Invoice) -> str:
    partner = invoice.customer_id or invoice.supplier_id
    return f"{side_of(invoice)}/{partner}/{invoice.partner_reference}/{invoice.currency_id}"


def side_of(invoice: Invoice) -> str:
    return _CUSTOMER if invoice.direction == Invoice.Direction.OUT else _SUPPLIER


def partner_of(invoice: Invoice) -> str:
    """Return the code of whoever owes or is owed."""
    partner: Any = invoice.customer or invoice.supplier
    return str(partner.code)


def posted_items(invoices: QuerySet[Invoice]) -> QuerySet[Invoice]:
    """Return the opening items among invoices that this kind knows again."""
    posted = invoices.filter(is_opening=True, status=Invoice.Status.POSTED)
    return posted.select_related("customer", "supplier")
