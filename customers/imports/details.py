"""Contacts, addresses and invoice profiles that rows of partners bring along."""

from collections.abc import Iterable, Mapping
from typing import Any

from customers.identity import phone_key
from customers.models import Address, Contact, InvoiceProfile, Partner, PartnerDetail
from imports.diffs import Diff

# Which column makes which row, and in which of its columns the text stands.
_WHAT: tuple[tuple[str, type[PartnerDetail], str], ...] = (
    ("contact", Contact, "name"),
    ("address", Address, "text"),
    ("bank_account", InvoiceProfile, "bank_account"),
)


class Details:
    """What some partners have, asked in one query per table; what is added, written in one."""

    def __init__(self, column: str, partners: Iterable[Partner]) -> None:
        self.column = column
        keys = {partner.pk for partner in partners}
        self._said: dict[type[PartnerDetail], set[tuple[int, str]]] = {}
        self._served: dict[type[PartnerDetail], set[int]] = {}
        for _name, model, text in _WHAT:
            rows = model._default_manager.filter(**{f"{column}__in": keys})
            found = list(rows.values_list(f"{column}_id", text, "is_default"))
            self._said[model] = {(owner, _plain(said)) for owner, said, _default in found}
            self._served[model] = {owner for owner, _said, default in found if default}
        self._new: dict[type[PartnerDetail], list[Any]] = {model: [] for _n, model, _t in _WHAT}

    def missing(self, partner: Partner, values: Mapping[str, Any]) -> bool:
        """Return whether the row says something the partner does not have."""
        return any(
            values.get(name) and (partner.pk, _plain(values[name])) not in self._said[model]
            for name, model, _text in _WHAT
        )

    def add(self, partner: Partner, values: Mapping[str, Any]) -> None:
        for name, model, text in _WHAT:
            said = values.get(name)
            if not said or (partner.pk, _plain(said)) in self._said[model]:
                continue
            self._said[model].add((partner.pk, _plain(said)))
            row = model(**{f"{self.column}_id": partner.pk, text: said})
            if partner.pk not in self._served[model]:
                self._served[model].add(partner.pk)
                row.is_default = True
            self._complete(row, partner, values)
            self._new[model].append(row)

    @staticmethod
    def _complete(row: PartnerDetail, partner: Partner, values: Mapping[str, Any]) -> None:
        if isinstance(row, Contact):
            row.title = values.get("contact_title") or ""
            row.phone = values.get("phone") or ""
            row.phone_key = phone_key(row.phone)
        elif isinstance(row, InvoiceProfile):
            row.title, row.tax_id = partner.name, partner.tax_id
            parts = (values.get("address"), values.get("phone"))
            row.address_phone = " ".join(filter(None, parts))[:200]

    def save(self, diff: Diff) -> None:
        for model, rows in self._new.items():
            model._default_manager.bulk_create(rows, batch_size=500)
            diff.created(rows)


def _plain(text: str) -> str:
    return "".join(text.casefold().split())
