"""What a spreadsheet does to a part number, recognised so that it is refused and never guessed.

Excel takes ``6-2`` for the second of June, ``6205E3`` for a number and keeps fifteen digits.
"""

import re

from erp.core.tables.cells import Day, Fault, Figure

_MONTHS = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
_DATE = re.compile(
    rf"[0-9]{{1,2}}月[0-9]{{1,2}}日|(?:[0-9]{{4}}年)?[0-9]{{1,2}}月(?:[0-9]{{1,2}}日)?"
    rf"|[0-9]{{1,2}}-(?:{_MONTHS})(?:-[0-9]{{2,4}})?|(?:{_MONTHS})-[0-9]{{1,2}}"
    r"|(?:19|20)[0-9]{2}([-/])(?:0?[1-9]|1[0-2])\1(?:0?[1-9]|[12][0-9]|3[01])(?: 0?0:00(?::00)?)?",
    re.IGNORECASE,
)
_SCIENTIFIC = re.compile(r"[0-9](?:\.[0-9]+)?E[+-][0-9]{1,3}", re.IGNORECASE)


def damage_of(cell: str) -> str:
    """Return the code of what happened to a cell that should hold a name or number of a thing.

    Empty for a sound one; else ``damaged_date``, ``damaged_number``, ``error_value`` or
    ``formula_without_value``.
    """
    if isinstance(cell, Fault):
        return cell.fault_code
    if isinstance(cell, Day):
        return "damaged_date"
    if isinstance(cell, Figure):
        return "" if cell.isdigit() else _of_figure(cell)
    if cell.isalnum() and cell.isascii():
        return ""
    if _SCIENTIFIC.fullmatch(cell.strip()):
        return "damaged_number"
    return "damaged_date" if _DATE.fullmatch(cell.strip()) else ""


def _of_figure(cell: str) -> str:
    """A number with decimals is a size; with an exponent or a sign it was a text once."""
    return "damaged_number" if "e" in cell or cell.startswith("-") else ""
