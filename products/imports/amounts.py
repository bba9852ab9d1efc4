"""What price and stock columns of traders' lists hold, words included."""

import re
import unicodedata
from decimal import Decimal

from erp.core.money import MAX_QUANTITY, MAX_UNIT_PRICE, plain, round_price
from erp.core.tables import Fault, decimal_of
from imports.kinds import Run, Unfit

_UNIT = r"(?:个|只|件|套|对|副|盒|箱|粒|pcs?|pieces?|sets?|pairs?|ea|stk|st)?\.?"
_COUNTED = re.compile(rf"([-+]?[0-9][0-9.,]*)\s*{_UNIT}", re.IGNORECASE)
_AT_LEAST = re.compile(rf"(?:[>≥]=?\s*)?([0-9][0-9,]*)\s*{_UNIT}\s*\+?{_UNIT}", re.IGNORECASE)
_SOME = re.compile(
    r"现货|有货|有现货|大量|充足|库存充足|in\s*stock|available|yes|有|ab lager|lagernd|auf lager",
    re.IGNORECASE,
)
_NONE = re.compile(
    r"(?:期货|订货|预订|定货|在途).*|无货?|没有|缺货|售罄|已售完|out of stock|none|no|sold out"
    r"|[-—–/]"
    r"|(?:lead\s*time|delivery|lieferzeit)?\s*[0-9]+\s*(?:-\s*[0-9]+\s*)?"
    r"(?:周|天|个?月|weeks?|wks?|days?|months?|wochen?|tage?)",
    re.IGNORECASE,
)


class Unpriced(str):
    """What stands in a price column and is no price: ``面议``, ``#VALUE!``, ``12.5.0``."""

    __slots__ = ()


def price(cell: str, run: Run) -> Decimal | Unpriced:
    """Read a price; whether one that cannot be read matters depends on the other columns."""
    if isinstance(cell, Fault):
        return Unpriced(cell)
    try:
        value = decimal_of(cell, run.numbers)
    except ValueError:
        return Unpriced(cell)
    return value if 0 <= value <= MAX_UNIT_PRICE and value == round_price(value) else Unpriced(cell)


def stock(cell: str, run: Run) -> str:
    """Return a stock as text: ``50``, or ``some`` where a word says only that there is some.

    ``240个`` and ``50.0`` are numbers, ``100+`` and 现货 are some, 期货4周 is none (0). What says
    nothing (若干, ``1e``) or is negative is refused.
    """
    if isinstance(cell, Fault):
        raise Unfit("bad_stock")
    plain_text = " ".join(unicodedata.normalize("NFKC", cell).split())
    if _SOME.fullmatch(plain_text):
        return "some"
    if _NONE.fullmatch(plain_text):
        return "0"
    return _counted(cell, plain_text, run)


def _counted(cell: str, text: str, run: Run) -> str:
    at_least = _AT_LEAST.fullmatch(text)
    if at_least and ("+" in text or text[0] in ">≥"):
        return "some"
    counted = _COUNTED.fullmatch(text)
    try:
        number = decimal_of(counted[1] if counted and type(cell) is str else cell, run.numbers)
    except ValueError:
        raise Unfit("bad_stock") from None
    if not 0 <= number <= MAX_QUANTITY:
        raise Unfit("bad_stock")
    return plain(number)
