"""The files of AdventureWorks as exported to csv: read whole, every cell checked before anything.

Amounts have four decimals and more; a price is kept with the six of our unit prices.
"""

import csv
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from erp.core.errors import DomainError
from erp.core.money import MAX_AMOUNT, MAX_QUANTITY
from imports.directories import FileProblem

Row = Mapping[str, Any]


def _text(cell: str) -> str:
    if not cell.strip():
        raise ValueError
    return cell.strip()


def _optional(cell: str) -> str:
    return cell.strip()


def _date(cell: str) -> date:
    return date.fromisoformat(cell.strip())


def _decimal(cell: str) -> Decimal:
    try:
        value = Decimal(cell.strip())
    except InvalidOperation as error:
        raise ValueError from error
    if not value.is_finite() or not 0 <= value <= MAX_AMOUNT:
        raise ValueError
    return value


def _cost(cell: str) -> Decimal | None:
    return _decimal(cell) if cell.strip() else None


def _count(cell: str) -> Decimal:
    value = _decimal(cell)
    if value != value.to_integral_value() or value > MAX_QUANTITY:
        raise ValueError
    return value


def _ordered(cell: str) -> Decimal:
    value = _count(cell)
    if not value:
        raise ValueError
    return value


Parse = Callable[[str], Any]
# File → column → how its cells are read. Columns that are not named here are not needed.
FILES: dict[str, dict[str, Parse]] = {
    "units": {"code": _text, "name": _text},
    "vendors": {"vendor_id": _text, "account_number": _text, "name": _text, "active": _text},
    "stores": {"store_id": _text, "name": _text},
    "products": {
        "product_id": _text,
        "name": _text,
        "product_number": _text,
        "standard_cost": _decimal,
        "weight": _cost,
        "weight_unit": _optional,
    },
    "product_vendors": {
        "product_id": _text,
        "vendor_id": _text,
        "avg_lead_time_days": _count,
        "standard_price": _decimal,
        "last_receipt_cost": _cost,
    },
    "locations": {"location_id": _count, "name": _text},
    "inventory": {
        "product_id": _text,
        "location_id": _count,
        "shelf": _text,
        "bin": _text,
        "quantity": _count,
    },
    "currency_rates": {
        "date": _date,
        "from_currency": _text,
        "to_currency": _text,
        "end_of_day_rate": _decimal,
    },
    "product_cost_history": {"product_id": _text, "start_date": _date, "standard_cost": _decimal},
    "product_list_price_history": {
        "product_id": _text,
        "start_date": _date,
        "list_price": _decimal,
    },
    "purchase_orders": {
        "po_id": _text,
        "status": _text,
        "vendor_id": _text,
        "order_date": _date,
        "ship_date": _date,
        "subtotal": _decimal,
        "tax": _decimal,
        "freight": _decimal,
        "total_due": _decimal,
    },
    "purchase_order_lines": {
        "po_id": _text,
        "line_id": _text,
        "due_date": _date,
        "order_qty": _ordered,
        "product_id": _text,
        "unit_price": _decimal,
        "line_total": _decimal,
        "received_qty": _count,
        "rejected_qty": _count,
    },
    "sales_orders": {
        "so_id": _text,
        "order_date": _date,
        "ship_date": _date,
        "due_date": _date,
        "online": _text,
        "customer_id": _text,
        "subtotal": _decimal,
        "tax": _decimal,
        "freight": _decimal,
        "total_due": _decimal,
    },
    "sales_order_lines": {
        "so_id": _text,
        "line_id": _text,
        "order_qty": _ordered,
        "product_id": _text,
        "unit_price": _decimal,
        "line_total": _decimal,
    },
}
# Column → the file whose rows it names, and by which column.
NAMES = {
    ("product_vendors", "product_id"): ("products", "product_id"),
    ("product_vendors", "vendor_id"): ("vendors", "vendor_id"),
    ("inventory", "product_id"): ("products", "product_id"),
    ("inventory", "location_id"): ("locations", "location_id"),
    ("product_cost_history", "product_id"): ("products", "product_id"),
    ("product_list_price_history", "product_id"): ("products", "product_id"),
    ("purchase_orders", "vendor_id"): ("vendors", "vendor_id"),
    ("purchase_order_lines", "po_id"): ("purchase_orders", "po_id"),
    ("purchase_order_lines", "product_id"): ("products", "product_id"),
    ("sales_order_lines", "so_id"): ("sales_orders", "so_id"),
    ("sales_order_lines", "product_id"): ("products", "product_id"),
}
# What names a row of a file; a second row of the same name is refused.
KEYS = {
    "vendors": ("vendor_id",),
    "stores": ("store_id",),
    "products": ("product_id",),
    "locations": ("location_id",),
    "units": ("code",),
    "purchase_orders": ("po_id",),
    "purchase_order_lines": ("po_id", "line_id"),
    "sales_orders": ("so_id",),
    "sales_order_lines": ("so_id", "line_id"),
}


@dataclass(slots=True)
class Files:
    """All rows by file, as they stand in it, and what is wrong with them."""

    rows: dict[str, list[Row]] = field(default_factory=dict)
    problems: list[FileProblem] = field(default_factory=list)

    @property
    def row_count(self) -> int:
        return sum(map(len, self.rows.values()))

    def by(self, name: str, column: str) -> dict[Any, list[Row]]:
        """Return the rows of a file gathered by a column."""
        found: dict[Any, list[Row]] = {}
        for row in self.rows[name]:
            found.setdefault(row[column], []).append(row)
        return found


def read_files(directory: Path) -> Files:
    """Read every file of the directory. Raises DomainError missing_file, missing_column."""
    files = Files()
    for name, columns in FILES.items():
        path = directory / f"{name}.csv"
        if not path.is_file():
            message = _("The directory has no %(file)s.") % {"file": path.name}
            raise DomainError(message, code="missing_file", field=path.name)
        files.rows[name] = list(_rows(name, path, columns, files.problems))
    _check_names(files)
    return files


def _rows(
    name: str, path: Path, columns: Mapping[str, Parse], problems: list[FileProblem]
) -> Iterator[Row]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        missing = columns.keys() - set(reader.fieldnames or ())
        if missing:
            message = _("%(file)s has no column %(column)s.")
            details = {"file": path.name, "column": ", ".join(sorted(missing))}
            raise DomainError(message % details, code="missing_column", field=path.name)
        seen: set[tuple[str, ...]] = set()
        for number, cells in enumerate(reader, 2):
            row = _parsed(name, number, cells, columns, problems)
            key = tuple(cells[column] for column in KEYS.get(name, ()))
            if key and key in seen:
                problems.append(_problem(name, number, KEYS[name][-1], "duplicate", key[-1]))
            seen.add(key)
            if row is not None:
                yield row


def _parsed(
    name: str,
    number: int,
    cells: Mapping[str, str | None],
    columns: Mapping[str, Parse],
    problems: list[FileProblem],
) -> Row | None:
    row: dict[str, Any] = {"row": number}
    for column, parse in columns.items():
        try:
            row[column] = parse(cells[column] or "")
        except ValueError:
            problems.append(_problem(name, number, column, "bad_value", cells[column]))
    return row if len(row) == len(columns) + 1 else None


def _check_names(files: Files) -> None:
    for (name, column), (other, key) in NAMES.items():
        known = {row[key] for row in files.rows[other]}
        files.problems += [
            _problem(name, row["row"], column, "unknown_reference", row[column])
            for row in files.rows[name]
            if row[column] not in known
        ]
    for row in files.rows["purchase_order_lines"]:
        if row["rejected_qty"] > row["received_qty"]:
            files.problems.append(
                _problem(
                    "purchase_order_lines",
                    row["row"],
                    "rejected_qty",
                    "more_rejected_than_received",
                    row["rejected_qty"],
                )
            )


def _problem(name: str, row: int, column: str, code: str, value: object) -> FileProblem:
    messages = {
        "bad_value": _("“%(value)s” cannot stand in this column."),
        "duplicate": _("“%(value)s” stands here a second time."),
        "unknown_reference": _("“%(value)s” is in none of the files."),
        "more_rejected_than_received": _("More was rejected than received: %(value)s."),
    }
    return FileProblem(f"{name}.csv", row, column, code, messages[code] % {"value": value})
