"""A cell is a text that remembers what it was.

Readers hand out plain ``str`` for what a person typed and one of the kinds below for what the
spreadsheet itself knew: a number needs no guessing about commas, a date in a column of part numbers
is damage, an error value is nobody's text.
"""

from datetime import date, datetime, time


class Figure(str):
    """A cell stored as a number, written as a person would: ``6205``, never ``6205.0``."""

    __slots__ = ()


class Day(str):
    """A cell stored as a date (or a time), in ISO form."""

    __slots__ = ()


class Fault(str):
    """A cell without a value: ``#VALUE!``, or a formula nobody computed.

    The text is what stands there; ``fault_code`` says which of the two it is.
    """

    __slots__ = ()

    @property
    def fault_code(self) -> str:
        return "error_value" if self.startswith("#") else "formula_without_value"


# Excel keeps 15 digits; what is longer has lost its end and is shown so that it can be refused.
EXACT_DIGITS = 15


def cell_of(value: object) -> str:
    """Return a value of a spreadsheet as a cell."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return figure(value)
    if isinstance(value, datetime):
        at_midnight = value.time() == time(0)
        return Day(value.date().isoformat() if at_midnight else value.isoformat(sep=" "))
    if isinstance(value, date | time):
        return Day(value.isoformat())
    return "" if value is None else str(value)


def figure(value: float) -> Figure:
    """Return a number as a spreadsheet shows it: 15 digits, no exponent below 10^15."""
    if value == int(value) and abs(value) < 10**EXACT_DIGITS:
        return Figure(int(value))
    text = format(value, f".{EXACT_DIGITS}g")
    if "e" in text and abs(value) < 1:
        text = format(value, ".20f").rstrip("0")
    return Figure(text)
