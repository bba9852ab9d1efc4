"""Which rows of a file, and which partners already there, are one firm.

A right tax number decides: equal is the same firm, different are two. Where one side has none (or
a wrong one) the name decides, exactly as a register would spell it; a name that is only similar
(another legal form or none, a place in brackets) needs the same phone, the same address, or a tax
number that is one slip of typing away.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from customers.identity import (
    TaxNumber,
    full_name,
    is_chinese,
    name_key,
    one_slip_apart,
    phone_numbers,
    read_tax_number,
)


def _plain(address: str) -> str:
    return full_name(address)


@dataclass(slots=True)
class Firm:
    """What is known of a firm from one row, from several, or from the database."""

    name: str
    number: TaxNumber
    phones: set[str] = field(default_factory=set)
    addresses: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    # Its partner in the database, or its first row in the file.
    partner: Any = None
    row: Any = None

    @classmethod
    def of(cls, values: dict[str, Any]) -> "Firm":
        name = values["name"]
        return cls(
            name,
            read_tax_number(values.get("tax_id") or "", chinese=is_chinese(name)),
            set(phone_numbers(values.get("phone") or "")),
            {_plain(values["address"])} if values.get("address") else set(),
            {full_name(name)},
        )

    @property
    def key(self) -> str:
        """What tells the firm from others of the file."""
        return f"t:{self.number.key}" if self.number.key else f"n:{full_name(self.name)}"

    def is_same_as(self, other: "Firm") -> bool:
        if self.number.key and other.number.key:
            return self.number.key == other.number.key
        if self.names & other.names:
            return True
        return name_key(self.name) == name_key(other.name) and self._agrees_with(other)

    def _agrees_with(self, other: "Firm") -> bool:
        return bool(
            self.phones & other.phones
            or self.addresses & other.addresses
            or one_slip_apart(self.number.text, other.number.text)
        )

    def learn(self, other: "Firm") -> None:
        """Add what another row says of the same firm."""
        self.phones |= other.phones
        self.addresses |= other.addresses
        self.names |= other.names
        # Of an older and a unified number the longer, unified one is kept.
        if not self.number.key or len(other.number.text) > len(self.number.text):
            self.number = other.number


class Firms:
    """Firms found so far, looked up by number and by name."""

    def __init__(self) -> None:
        self._by_number: dict[str, Firm] = {}
        self._by_name: dict[str, list[Firm]] = defaultdict(list)

    def add(self, firm: Firm) -> None:
        if firm.number.key:
            self._by_number.setdefault(firm.number.key, firm)
        self._by_name[name_key(firm.name)].append(firm)

    def numbered(self, firm: Firm) -> None:
        """Note that a firm's number has become known."""
        self._by_number.setdefault(firm.number.key, firm)

    def same_as(self, firm: Firm) -> list[Firm]:
        """Return the firms this may be: one, when it is told clearly; none, when it is new."""
        if firm.number.key and firm.number.key in self._by_number:
            return [self._by_number[firm.number.key]]
        same = _different(o for o in self._by_name[name_key(firm.name)] if o.is_same_as(firm))
        if len(same) < 2:
            return same
        closer = [one for one in same if one._agrees_with(firm)]  # noqa: SLF001 (its own class)
        return closer if len(closer) == 1 else same

    def similar_to(self, firm: Firm) -> list[Firm]:
        """Return firms of the same name key: worth telling, not the same."""
        return self._by_name[name_key(firm.name)]


def _different(firms: Iterable[Firm]) -> list[Firm]:
    """Leave one of each partner: one that others were merged into has several names."""
    found = {one.partner.pk if one.partner is not None else id(one): one for one in firms}
    return list(found.values())


def with_number_first(firms: Iterable[tuple[Any, Firm]]) -> list[tuple[Any, Firm]]:
    """Order rows so that those sure of who they are come first; otherwise as in the file."""
    return sorted(firms, key=lambda pair: not pair[1].number.key)
