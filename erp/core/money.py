"""Money, tax and quantities: Decimal only, one rounding rule (half up), rounded once at the line.

Amounts have 2 decimals, unit prices 6, quantities 3, rates 4 (0.1300 is 13 %).
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext

ZERO = Decimal(0)
CENT = Decimal("0.01")
MILLI = Decimal("0.001")
MICRO = Decimal("0.000001")

# 15 digits each: more than that SQLite, which keeps decimals as floats, would not give back
# unchanged. Services refuse what is beyond, on every database alike.
MAX_AMOUNT = Decimal("9999999999999.99")
MAX_UNIT_PRICE = Decimal("999999999.999999")
MAX_QUANTITY = Decimal("999999999.999")


def round_money(value: Decimal) -> Decimal:
    """Round to cents, half up (1.005 is 1.01)."""
    return _round(value, CENT)


def round_price(value: Decimal) -> Decimal:
    """Round a unit price to 6 decimals, half up."""
    return _round(value, MICRO)


def round_quantity(value: Decimal) -> Decimal:
    """Round a quantity to 3 decimals, half up."""
    return _round(value, MILLI)


def _round(value: Decimal, step: Decimal) -> Decimal:
    with localcontext() as context:
        context.prec = 60
        return value.quantize(step, rounding=ROUND_HALF_UP)


def plain(value: Decimal) -> str:
    """Return a number for people and JSON: no exponent, no trailing zeros (100.000 is 100)."""
    return format(value.normalize(), "f") if value else "0"


@dataclass(frozen=True, slots=True)
class TaxedAmount:
    """Net, tax and gross of one line; net + tax is always gross, to the cent."""

    net: Decimal
    tax: Decimal
    gross: Decimal


def taxed_amount(
    quantity: Decimal, unit_price: Decimal, rate: Decimal, *, price_includes_tax: bool
) -> TaxedAmount:
    """Return the amounts of a line from the side that was entered (DOMAIN: tax in China).

    3 pieces at 9.99 with 13 % included are 26.52 + 3.45 = 29.97.
    """
    entered = round_money(quantity * unit_price)
    if price_includes_tax:
        net = round_money(entered / (1 + rate))
        return TaxedAmount(net=net, tax=entered - net, gross=entered)
    tax = round_money(entered * rate)
    return TaxedAmount(net=entered, tax=tax, gross=entered + tax)


def net_unit_price(unit_price: Decimal, rate: Decimal, *, price_includes_tax: bool) -> Decimal:
    """Return the unit price without tax, 6 decimals."""
    return round_price(unit_price / (1 + rate)) if price_includes_tax else round_price(unit_price)


_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")
_YI = 100_000_000


def _capital_group(number: int) -> str:
    """Return up to four digits in capitals, inner zeros once: 1005 is 壹仟零伍."""
    words, zero = "", False
    for place in range(3, -1, -1):
        digit = number // 10**place % 10
        if digit == 0:
            zero = bool(words)
            continue
        words += ("零" if zero else "") + _DIGITS[digit] + _PLACES[place]
        zero = False
    return words


def _capital_integer(number: int) -> str:
    """Return a whole number in capitals; above 亿 it counts 亿 (1,0001,0000,0000: 壹万零壹亿)."""
    for size, name in ((_YI, "亿"), (10_000, "万")):
        high, low = divmod(number, size)
        if high:
            zero = "零" if 0 < low < size // 10 else ""
            return _capital_integer(high) + name + zero + _capital_integer(low)
    return _capital_group(number)


def amount_in_capitals(amount: Decimal) -> str:
    """Return an amount of yuan in Chinese capitals (大写): 1234.50 is 壹仟贰佰叁拾肆元伍角整."""
    cents = int(round_money(abs(amount)) * 100)
    yuan, rest = divmod(cents, 100)
    jiao, fen = divmod(rest, 10)
    words = f"{_capital_integer(yuan)}元" if yuan else ""
    if jiao:
        words += f"{_DIGITS[jiao]}角"
    elif fen and yuan:
        words += "零"
    if fen:
        words += f"{_DIGITS[fen]}分"
    if not words:
        words = "零元"
    if not fen:
        words += "整"
    return f"负{words}" if amount < 0 and cents else words
