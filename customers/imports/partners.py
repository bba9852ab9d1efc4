"""Kinds ``customers`` and ``suppliers``: partners with a contact, an address, an invoice profile.

Rows of one firm are one partner, however they spell it (``customers.imports.grouping``); what the
first leaves open the others fill in. A partner that is there is known in the same way: its name,
code and responsible stay, what the file says besides is taken over. A wrong tax number is refused
where nothing else tells whose it is, and told where something does; it is never stored.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

from django.apps import apps
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from customers.identity import TaxNumber, full_name, name_key
from customers.imports.columns import CUSTOMER_COLUMNS, MESSAGES, SUPPLIER_COLUMNS
from customers.imports.details import Details
from customers.imports.grouping import Firm, Firms, with_number_first
from customers.models import Address, Customer, Partner, Supplier
from customers.services import draw_codes
from erp.core.errors import DomainError
from erp.core.models import Currency, PaymentTerm
from erp.core.periods import company
from erp.core.policy import allowed
from imports.diffs import Blockers, Diff
from imports.kinds import CHANGED, NEW, UNCHANGED, Kind, Row, Run

_KEYS = ("tax_id", "tax_key", "name_key", "initials", "phone_key")
# Fields of which the file's value replaces what is there; an empty cell leaves it.
_PLAIN = ("short_name", "phone", "email", "notes", "payment_term_id", "price_includes_tax")


class PartnerKind(Kind):
    naming = "name"
    messages: ClassVar = MESSAGES
    model: ClassVar[type[Partner]]
    fields: ClassVar[tuple[str, ...]] = _PLAIN
    # Column → the right it takes.
    guarded: ClassVar[Mapping[str, str]] = {}
    prices_include_tax: ClassVar[bool] = True

    def __init__(self, run: Run) -> None:
        super().__init__(run)
        self.manager: Any = self.model._default_manager
        self.column = self.model._meta.model_name or ""
        self.firms = Firms()
        self.terms = _by_name(PaymentTerm.objects.values_list("code", "name"))
        self.currencies = set(Currency.objects.values_list("code", flat=True))
        self.employees = _employees()
        self.owner_id = run.by.pk if run.by is not None else _somebody_in_charge()
        self.gives_owner = self._may(f"customers.view_all_{self.column}")

    def _may(self, right: str) -> bool:
        return self.run.by is None or allowed(self.run.by, right)

    # --- check ---

    def check(self, rows: Sequence[Row]) -> None:
        for row in rows:
            self._look_up(row)
        sound = [(row, Firm.of(row.values)) for row in rows if row.has("name")]
        there = self._there([row for row, _firm in sound])
        for row, firm in with_number_first(sound):
            self._group(row, firm, there)
        for row, _firm in sound:
            row.says = ""  # a row may say more or less of its firm than another

    def _look_up(self, row: Row) -> None:
        values = row.values
        for name, right in self.guarded.items():
            if row.has(name) and not self._may(right):
                row.refuse(name, "right_needed")
        if row.has("currency"):
            values["currency_id"] = values.pop("currency").upper()
            if values["currency_id"] not in self.currencies:
                row.refuse("currency", "bad_currency", values["currency_id"])
        if row.has("payment_term"):
            term = values.pop("payment_term")
            values["payment_term_id"] = self.terms.get(term.casefold())
            if values["payment_term_id"] is None:
                row.refuse("payment_term", "unknown_payment_term", term)
        if row.has("owner"):
            self._owner(row, values.pop("owner"))

    def _owner(self, row: Row, name: str) -> None:
        found = self.employees.get(name.casefold(), [])
        if len(found) != 1:
            row.refuse("owner", "unknown_owner", name)
        elif found[0] != self.owner_id and not self.gives_owner:
            row.refuse("owner", "right_needed")
        else:
            row.values["owner_id"] = found[0]

    def _group(self, row: Row, firm: Firm, there: Firms) -> None:
        """Give the row the key of its firm, and the firm's first row what this one adds."""
        written = row.values.pop("tax_id", "")
        same = self.firms.same_as(firm) or there.same_as(firm)
        if len(same) > 1:
            row.refuse("name", "ambiguous_partner", "; ".join(map(self._name_of, same[:3])))
            return
        if firm.number.is_wrong:
            if not same:
                row.refuse("tax_id", "bad_tax_id", written)
                return
            row.note("tax_id", "bad_tax_id", written)
            firm.number = TaxNumber("", "")
        known = same[0] if same else None
        if known is None or known.row is None:
            self._first_of_its_firm(row, firm, known, there)
            return
        known.learn(firm)
        self.firms.numbered(known)
        row.key = known.row.key
        row.spelling = row.values["name"]
        if known.row.number > row.number:
            self._swap(known, row)
        _fill(known.row.values, row.values, known.number.text)

    def _first_of_its_firm(self, row: Row, firm: Firm, known: Firm | None, there: Firms) -> None:
        if known is None and not self.owner_id and not row.has("owner_id"):
            row.refuse("owner", "no_owner")
            return
        if known is not None and not self._may_change(row, known.partner):
            return
        if known is None:
            alike = [*self.firms.similar_to(firm), *there.similar_to(firm)]
            if alike:
                row.note("name", "similar_partner", self._name_of(alike[0]))
        firm.row = row
        row.key = firm.key if known is None else f"p:{known.partner.pk}"
        row.spelling = row.values["name"]
        if firm.number.text:
            row.values["tax_id"] = firm.number.text
        self.firms.add(firm)

    def _may_change(self, row: Row, partner: Partner) -> bool:
        if not self._hidden([partner]):
            return True
        row.refuse("name", "not_yours", partner.owner)
        return False

    def _hidden(self, partners: Iterable[Partner]) -> set[int]:
        """Return those out of the importer's sight."""
        if self.run.by is None or self.gives_owner:
            return set()
        keys = {one.pk for one in partners if one.owner_id != self.run.by.pk}
        if not keys:
            return keys
        seen = self.manager.visible_to(self.run.by).filter(pk__in=keys)
        return keys - set(seen.values_list("pk", flat=True))

    def _name_of(self, firm: Firm) -> str:
        """Return a firm's name; of a partner out of sight only who is responsible."""
        if firm.partner is None or not self._hidden([firm.partner]):
            return firm.name
        return gettext("a partner you do not see (responsible: %(owner)s)") % {
            "owner": firm.partner.owner
        }

    @staticmethod
    def _swap(known: Firm, row: Row) -> None:
        """The earlier row of the file counts, whichever told who the firm is."""
        later = known.row
        known.row = row
        _fill(row.values, later.values, known.number.text)

    def _there(self, rows: Sequence[Row]) -> Firms:
        """Return the partners in the database that rows of this chunk may be, in two queries."""
        names = [row.values["name"] for row in rows]
        numbers = [Firm.of(row.values).number for row in rows]
        wanted = Q(tax_key__in={number.key for number in numbers if number.key})
        wanted |= Q(tax_id__in={number.text for number in numbers if number.key})
        wanted |= Q(name_key__in={name_key(name) for name in names})
        found = self.manager.filter(wanted).select_related("owner", "merged_into__owner")
        partners = sorted(found, key=lambda partner: (partner.tax_key is None, partner.pk))
        addresses: dict[int, list[str]] = {}
        rows_of = Address.objects.filter(**{f"{self.column}__in": [p.pk for p in partners]})
        for pk, text in rows_of.values_list(f"{self.column}_id", "text"):
            addresses.setdefault(pk, []).append(text)
        firms = Firms()
        for partner in partners:
            firm = Firm.of({"name": partner.name, "tax_id": partner.tax_id, "phone": partner.phone})
            firm.addresses = {full_name(text) for text in addresses.get(partner.pk, ())}
            # One that was merged stands for the one it became.
            firm.partner = partner.merged_into or partner
            firms.add(firm)
        return firms

    # --- compare ---

    def compare(self, rows: Sequence[Row], *, lock: bool) -> None:
        there = self._there(rows)
        codes = self._codes(rows)
        for row in rows:
            same = there.same_as(Firm.of(row.values))
            row.existing = same[0].partner if len(same) == 1 else None
            self._check_code(row, codes, lock=lock)
        if lock:
            held = [row.existing.pk for row in rows if row.existing is not None]
            fresh = self.manager.select_for_update().in_bulk(held)
            for row in rows:
                row.existing = fresh.get(row.existing.pk) if row.existing is not None else None
        self._check_sight(rows, lock=lock)
        details = Details(self.column, [row.existing for row in rows if row.existing])
        for row in rows:
            if row.refused:
                row.state = UNCHANGED
            elif row.existing is None:
                row.state = NEW
            else:
                row.says = self._changes(row)
                changed = row.says or details.missing(row.existing, row.values)
                row.state = CHANGED if changed else UNCHANGED

    def _check_sight(self, rows: Sequence[Row], *, lock: bool) -> None:
        """Refuse what means a partner out of sight after all.

        Several rows of the file may tell it together, or somebody entered it since the check.
        """
        hidden = self._hidden(row.existing for row in rows if row.existing is not None)
        for row in rows:
            if row.existing is None or row.existing.pk not in hidden:
                continue
            if lock:
                raise DomainError(
                    gettext("Row %(row)s is about a partner %(owner)s is responsible for.")
                    % {"row": row.number, "owner": row.existing.owner},
                    code="not_yours",
                )
            row.refuse("name", "not_yours", row.existing.owner)

    def _check_code(self, row: Row, codes: Mapping[str, int], *, lock: bool) -> None:
        """Refuse a code that is another's; between check and apply it stops the whole."""
        holder = codes.get(row.values.get("code", "").casefold())
        if holder is None or (row.existing is not None and holder == row.existing.pk):
            return
        if lock:
            raise DomainError(
                gettext("The code %(code)s is taken.") % {"code": row.values["code"]},
                code="duplicate_code",
            )
        row.refuse("code", "duplicate_code", row.values["code"])

    def _codes(self, rows: Sequence[Row]) -> dict[str, int]:
        wanted = {row.values["code"] for row in rows if row.values.get("code")}
        found = self.manager.filter(code__in=wanted).values_list("code", "pk")
        return {code.casefold(): pk for code, pk in found}

    def _changes(self, row: Row) -> dict[str, tuple[Any, Any]]:
        """Return the columns this row changes in the partner that is there, keys included."""
        partner, values = row.existing, row.values
        before = {name: getattr(partner, name) for name in (*self.fields, *_KEYS)}
        for name in self.fields:
            if name in values:
                setattr(partner, name, values[name])
        if values.get("tax_id") and not partner.tax_id:
            partner.tax_id = values["tax_id"]
        partner.set_keys()
        return {
            name: (old, getattr(partner, name))
            for name, old in before.items()
            if getattr(partner, name) != old
        }

    # --- write ---

    def write(self, rows: Sequence[Row], diff: Diff) -> None:
        new = [row for row in rows if row.state == NEW]
        created = self._created(new)
        self.manager.bulk_create(created, batch_size=500)
        diff.created(created)
        for row, partner in zip(new, created, strict=True):
            row.existing = partner
        changed = [row for row in rows if row.state == CHANGED]
        touched = [row.existing for row in changed if row.says]
        for row in changed:
            if row.says:
                row.existing.version += 1
                diff.changed(row.existing, row.says)
        columns = [name.removesuffix("_id") for name in self.fields]
        self.manager.bulk_update(touched, [*columns, *_KEYS, "version"], batch_size=500)
        details = Details(self.column, [row.existing for row in changed])
        for row in (*new, *changed):
            details.add(row.existing, row.values)
        details.save(diff)

    # --- undo ---

    def undo(self, diff: Diff, blockers: Blockers) -> None:
        """Leave alone what somebody else is responsible for by now."""
        partners = self.manager.filter(pk__in=self._touched(diff)).select_related("owner")
        hidden = self._hidden(partners)
        for partner in partners:
            if partner.pk in hidden:
                blockers.add(
                    gettext("%(owner)s is responsible for one of them by now.")
                    % {"owner": partner.owner}
                )
        if not hidden:
            super().undo(diff, blockers)

    def _touched(self, diff: Diff) -> set[int]:
        """Return the partners a diff wrote, or gave a detail."""
        wrote = [(label, [pk]) for label, pk, _fields in diff.changes]
        touched: set[int] = set()
        for label, keys in (*wrote, *diff.creations):
            if label == self.model._meta.label_lower:
                touched.update(keys)
            else:
                rows = apps.get_model(label)._default_manager.filter(pk__in=keys)
                touched.update(rows.values_list(f"{self.column}_id", flat=True))
        return touched

    def _created(self, rows: Sequence[Row]) -> list[Any]:
        open_codes = [row for row in rows if not row.values.get("code")]
        drawn = (
            dict(
                zip(
                    [r.number for r in open_codes],
                    draw_codes(self.model, len(open_codes)),
                    strict=True,
                )
            )
            if open_codes
            else {}
        )
        currency = company().currency_id
        partners = []
        for row in rows:
            values = {name: row.values[name] for name in self.fields if name in row.values}
            values.setdefault("price_includes_tax", self.prices_include_tax)
            partner = self.model(
                code=row.values.get("code") or drawn[row.number],
                name=row.values["name"],
                tax_id=row.values.get("tax_id", ""),
                currency_id=row.values.get("currency_id") or currency,
                **values,
            )
            partner.owner_id = row.values.get("owner_id") or self.owner_id  # type: ignore[assignment]
            partner.set_keys()
            partners.append(partner)
        return partners


def _fill(values: dict[str, Any], more: Mapping[str, Any], tax_text: str) -> None:
    for name, value in more.items():
        if values.get(name) in (None, ""):
            values[name] = value
    if tax_text:
        values["tax_id"] = tax_text


def _by_name(pairs: Any) -> dict[str, str]:
    return {name.casefold(): code for code, name in pairs for name in (code, name)}


def _employees() -> dict[str, list[int]]:
    """Return active employees by user name, name and number."""
    found: dict[str, list[int]] = {}
    columns = ("pk", "username", "display_name", "employee_number")
    for pk, *names in User.objects.working().values_list(*columns):
        for name in {name.casefold() for name in names if name}:
            found.setdefault(name, []).append(pk)
    return found


def _somebody_in_charge() -> int | None:
    """Return who is responsible for what the command line imports without saying for whom."""
    working = User.objects.working().order_by("pk")
    chief = working.filter(is_superuser=True) or working.filter(
        groups__name__in=("administrator", "manager")
    )
    first = chief.first()
    return first.pk if first is not None else None


class CustomerKind(PartnerKind):
    name = "customers"
    label = _("Customers")
    rights = ("customers.add_customer", "customers.change_customer")
    columns: ClassVar = CUSTOMER_COLUMNS
    model = Customer
    fields = (*_PLAIN, "kind", "credit_limit")
    guarded: ClassVar = {"credit_limit": "customers.grant_credit_customer"}


class SupplierKind(PartnerKind):
    name = "suppliers"
    label = _("Suppliers")
    rights = ("customers.add_supplier", "customers.change_supplier")
    columns: ClassVar = SUPPLIER_COLUMNS
    model = Supplier
    fields = (*_PLAIN, "lead_time_days")
    prices_include_tax = False
