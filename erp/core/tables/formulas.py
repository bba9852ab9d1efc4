"""Simple formulas, computed when their file brings no values: ``=ROUND(D5*E5,2)``.

Numbers, cells, ``+ - * / ( ) %``, ROUND and SUM with ranges; exact decimals, halves rounded away
from zero as Excel does. Everything else has no value here (ValueError), and the cell is refused.
"""

import re
from collections.abc import Callable, Iterator
from decimal import ROUND_HALF_UP, Decimal, localcontext

from erp.core.tables.markup import Formula, position

ValueOf = Callable[[int, int], Decimal]

_TOKEN = re.compile(
    r"\s*(?:(?P<number>[0-9]+(?:\.[0-9]+)?)|(?P<name>SUM|ROUND)(?=\()"
    r"|(?P<cell>\$?[A-Z]{1,3}\$?[0-9]{1,7})(?![A-Za-z0-9_(!])|(?P<sign>[-+*/(),:%]))",
    re.IGNORECASE,
)
_LONGEST = 500
_DEEPEST = 60
_MOST_CELLS = 10_000


def computed(formula: Formula, value_of: ValueOf) -> Decimal:
    """Return the value of a formula; ``value_of(row, column)`` gives those of other cells.

    Raises ValueError for what is not simple, and what ``value_of`` raises.
    """
    with localcontext() as context:
        context.prec = 28
        try:
            return _Reader(formula, value_of).value()
        except ArithmeticError as error:
            raise ValueError(formula.text) from error


class _Reader:
    """Reads from left to right; one method per level of precedence."""

    def __init__(self, formula: Formula, value_of: ValueOf) -> None:
        if not 0 < len(formula.text) <= _LONGEST:
            raise ValueError(formula.text)
        self.formula, self.value_of = formula, value_of
        self.tokens = list(self._tokens(formula.text))
        self.at = self.depth = 0

    def _tokens(self, text: str) -> Iterator[tuple[str, str]]:
        text, at = text.strip(), 0
        while at < len(text):
            found = _TOKEN.match(text, at)
            if found is None or found.lastgroup is None:
                raise ValueError(text)
            yield found.lastgroup, found[found.lastgroup].upper()
            at = found.end()

    def value(self) -> Decimal:
        result = self._sum()
        if self.at != len(self.tokens):
            raise ValueError(self.formula.text)
        return result

    def _peek(self) -> tuple[str, str]:
        return self.tokens[self.at] if self.at < len(self.tokens) else ("", "")

    def _take(self, sign: str = "") -> tuple[str, str]:
        token = self._peek()
        if not token[0] or (sign and token != ("sign", sign)):
            raise ValueError(self.formula.text)
        self.at += 1
        return token

    def _sum(self) -> Decimal:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise ValueError(self.formula.text)
        result = self._product()
        while self._peek() in {("sign", "+"), ("sign", "-")}:
            result = (
                result + self._product() if self._take()[1] == "+" else result - self._product()
            )
        self.depth -= 1
        return result

    def _product(self) -> Decimal:
        result = self._signed()
        while self._peek() in {("sign", "*"), ("sign", "/")}:
            result = result * self._signed() if self._take()[1] == "*" else result / self._signed()
        return result

    def _signed(self) -> Decimal:
        sign = 1
        while self._peek() in {("sign", "+"), ("sign", "-")}:
            sign = sign if self._take()[1] == "+" else -sign
        result = self._single()
        while self._peek() == ("sign", "%"):
            self._take()
            result /= 100
        return sign * result

    def _single(self) -> Decimal:
        kind, text = self._take()
        if kind == "number":
            return Decimal(text)
        if kind == "cell":
            return self.value_of(*self._place(text))
        if kind == "name":
            return self._round() if text == "ROUND" else sum(self._terms(), Decimal(0))
        if text != "(":
            raise ValueError(self.formula.text)
        result = self._sum()
        self._take(")")
        return result

    def _round(self) -> Decimal:
        self._take("(")
        number = self._sum()
        self._take(",")
        places = self._sum()
        self._take(")")
        if places != int(places) or not -10 <= places <= 10:
            raise ValueError(self.formula.text)
        return number.quantize(Decimal(1).scaleb(-int(places)), rounding=ROUND_HALF_UP)

    def _terms(self) -> list[Decimal]:
        """The arguments of SUM; a range stands for its numbers."""
        self._take("(")
        terms: list[Decimal] = []
        while True:
            after = self.tokens[self.at + 1 : self.at + 2]
            if self._peek()[0] == "cell" and after == [("sign", ":")]:
                terms += self._range()
            else:
                terms.append(self._sum())
            if self._take()[1] == ")":
                return terms
            if self.tokens[self.at - 1] != ("sign", ","):
                raise ValueError(self.formula.text)

    def _range(self) -> list[Decimal]:
        first = self._place(self._take()[1])
        self._take(":")
        kind, text = self._take()
        if kind != "cell":
            raise ValueError(self.formula.text)
        last = self._place(text)
        cells = (
            [
                (row, column)
                for row in range(first[0], last[0] + 1)
                for column in range(first[1], last[1] + 1)
            ]
            if (last[0] - first[0]) * (last[1] - first[1] + 1) < _MOST_CELLS
            else []
        )
        if not cells:
            raise ValueError(self.formula.text)
        return [self.value_of(*cell) for cell in cells]

    def _place(self, reference: str) -> tuple[int, int]:
        """Where a reference points, moved with a copied formula unless it is pinned by ``$``."""
        row, column = position(reference.replace("$", ""))
        if not reference.startswith("$"):
            column += self.formula.columns_right
        if "$" not in reference[1:]:
            row += self.formula.rows_down
        return row, column
