"""Quantities and their units at a place of a line: `100个`, `x 10`, `两套`, `5k`, `Qty 4`."""

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from .text import CHINESE_NUMERAL, chinese_number

# unit -> the words for it; a can, a tube or a bucket is handed over the counter as one piece
_UNIT_WORDS = {
    "piece": "NO 个 只 件 颗 粒 支 根 枚 片 条 台 桶 听 罐 瓶 盘"
    " PCS PC PCE PCES PIECES PIECE PC'S EA EACH NOS NO'S UNITS UNIT"
    " CANS CAN TINS TIN TUBES TUBE CARTRIDGES CARTRIDGE PAILS PAIL"
    " DRUMS DRUM KEGS KEG BUCKETS BUCKET"
    " STK STCK STÜCK ШТ ШТУК шт штук UDS UND UNIDAD UNIDADES PIEZA PIEZAS PZAS PZA PZ PEZZI"
    " PEÇAS PECAS PÇS SZT SZTUK ADET AD KS 顆 個 隻",
    "set": "套 组 組 付 SETS SET KITS KIT",
    "pair": "对 副 双 對 雙 PAIRS PAIR PRS PR",
    "box": "盒 箱 BOXES BOX CTNS CTN CARTONS CARTON CASES CASE 包",
}
UNIT_BY_WORD = {word: unit for unit, words in _UNIT_WORDS.items() for word in words.split()}

# Characters that are a unit only when the next one does not make another word of them.
_NOT_UNIT = (
    r"个(?!月|人|小时|星期|型号|工作|品种|规格|牌子|品牌|价|啥)|只(?!要|有|需|能|是|收|做"
    r"|接受|报|用|认)|件(?!号|套)|套(?!筒|圈|杯|价|餐)|"
    r"对(?!应|方|于|照|比|吗|了|不|外|接)|组(?!合|装)|组(?=合)|箱(?!子|体)|条(?!件|款|码)"
    r"|片(?!子)|台(?!湾|州|机)|根(?!据)"
    r"|支(?!持|付|票)|付(?!款|清|现|钱|了|出|账|费|运|过)|"
    r"包(?!装|括|邮|含|税)|双(?!面|列|方|排|向|边)|副(?!本)|盒(?!装|子)|盘(?!点)|听(?!说)|粒"
    r"|颗|枚|桶|罐|瓶|個|隻|顆|組|對|雙"
)
_LATIN_UNITS = "|".join(
    sorted(
        (re.escape(w) for w in UNIT_BY_WORD if not "\u4e00" <= w[0] <= "\u9fff"),
        key=len,
        reverse=True,
    )
)
UNIT = rf"(?:{_NOT_UNIT}|NO(?![A-Z.])|(?:{_LATIN_UNITS})(?![A-ZА-Яа-я]))"
_NUMBER = (
    r"\d{1,3}(?:,\d{3})+(?![\d])(?:\.\d+)?|\d{1,3}(?: 000)+(?!\d)"
    r"|\d{1,15}(?:\.\d{1,6})?(?:E\+?\d{1,3}(?![A-Z0-9]))?"
)
_MULTIPLIER = r"(?:\s?(?:K(?![A-Z0-9])|千|百|万|W(?![A-Z0-9])))?"
_AMOUNT = rf"(?P<number>{_NUMBER})(?P<times>{_MULTIPLIER})"
_NUMERAL = rf"(?P<numeral>{CHINESE_NUMERAL}{{1,9}})"

_COUNTED = re.compile(rf"(?:约|大约|大概)?(?P<sign>-)?{_AMOUNT}\s*\(?(?P<unit>{UNIT})\.?(?:\(S\))?")
_COUNTED_NUMERAL = re.compile(rf"{_NUMERAL}\s*(?P<unit>{UNIT})")
_WORDS = {
    "A": 1, "ONE": 1, "TWO": 2, "THREE": 3, "FOUR": 4, "FIVE": 5, "SIX": 6, "SEVEN": 7, "EIGHT": 8,
    "NINE": 9, "TEN": 10, "TWELVE": 12, "TWENTY": 20,
}  # fmt: skip
_COUNTED_WORD = re.compile(rf"(?<![A-Z])(?P<word>{'|'.join(_WORDS)}) (?P<unit>{UNIT})")
_TIMES = re.compile(
    rf"(?:[*]|X(?=[\s\d-]))\s*(?P<sign>-)?{_AMOUNT}(?![\d.*/])(?:\s*\(?(?P<unit>{UNIT}))?"
)
_LABEL = (
    r"(?:数\s?量|需求量|需求|用量|订量|QUANTITY|QTY|Q'TY|Q-TY|QNTY|REQUIRED|REQUIRE|NEED"
    r"|WANT|需要|只要|要|来|订购?|定|"
    r"采购|买|拿|备)"
)
_LABELLED = re.compile(
    rf"{_LABEL}\s?(?:[:=.]|是|为|约|大概)?\s?(?P<sign>-)?{_AMOUNT}(?![\d./*-]"
    rf"|[A-WYZ])(?:\s*(?P<unit>{UNIT}))?"
)
_LABELLED_NUMERAL = re.compile(rf"{_LABEL}\s?:?\s?{_NUMERAL}(?![一-鿿])")
_PACKED = re.compile(
    rf"{_AMOUNT}\s*(?P<unit>{UNIT})?\s*(?:/|每|PER )\s*(?:盒|箱|包|BOX|CTN|CARTON)"
)
BARE_NUMBER = re.compile(rf"{_AMOUNT}(?![A-Z0-9./*%-])")
BARE_NUMERAL = re.compile(r"[一二三四五六七八九两]?[十百千万][一二三四五六七八九十百千万零]{0,6}")

# 1.000 adet: where the point parts thousands. SAP writes 12.000 EA for twelve, so only with these.
_CONTINENTAL = re.compile(
    r"\d{1,3}(?:\.000)+\s?(?:ADET|STK|STCK|STÜCK|SZT|SZTUK|ШТ|ШТУК|UDS|UNIDADES|PIEZAS|PZ|PZAS|KS)(?![A-Z])"
)
_FACTOR = {"K": 1000, "千": 1000, "百": 100, "万": 10_000, "W": 10_000}


@dataclass(frozen=True, slots=True)
class Quantity:
    """An amount in a line; `certain` when a unit, a label or a multiplication sign says so.

    `vague` is 一个, an article as often as a number: 还有一个6205要5个 asks for five.
    """

    end: int
    amount: Decimal
    unit: str | None
    certain: bool
    vague: bool = False


def find_quantity(up: str, at: int) -> Quantity | None:
    """The quantity that starts at `at`, with a unit, a multiplication sign or a label."""
    if at and (
        (up[at - 1].isdigit() and up[at].isdigit()) or (up[at] == "-" and up[at - 1] not in " \t*:")
    ):
        return None
    if at and up[at - 1] in "这那哪前后上第几":
        return None  # 这两个 points, it does not count
    if at and up[at - 1] in "报问看查" and up[at : at + 2] == "一个":
        return None  # 也报一个: name a price
    for form in (_COUNTED, _TIMES, _LABELLED, _COUNTED_NUMERAL, _LABELLED_NUMERAL, _COUNTED_WORD):
        match = form.match(up, at)
        found = _quantity(match) if match else None
        if found:
            return found
    return None


def _has_minus(up: str, at: int) -> bool:
    """Is the number glued to a minus that itself stands apart: `SKF -1`, not `SKF - 1`?"""
    return at >= 2 and up[at - 1] == "-" and up[at - 2] in " \t,;"


def bare_quantity(up: str, at: int) -> Quantity | None:
    """A number alone; only its place can tell whether it is a quantity. Fractions are prices."""
    match = BARE_NUMBER.match(up, at)
    if match:
        amount = _amount(match)
        whole = (
            amount is not None
            and amount == amount.to_integral_value()
            and ("." not in match.group() or match["times"])
        )
        if amount is None or not whole:
            return None
        signed = -amount if _has_minus(up, at) else amount
        return Quantity(match.end(), signed, None, certain=False)
    match = BARE_NUMERAL.match(up, at)
    amount = chinese_number(match.group()) if match else None
    return (
        Quantity(match.end(), amount, None, certain=False) if match and amount is not None else None
    )


def cell_quantity(cell: str) -> Quantity | None:
    """The quantity in a table cell: `12`, `1,000`, `4 EA`, `-1`, `1E+30`, `两套`."""
    up = cell.strip().upper()
    counted = find_quantity(up, 0)
    if counted:
        return counted
    number = up.replace(",", "").replace(" ", "")
    match = re.fullmatch(r"[-+]?\d{1,30}(?:\.\d{1,9})?(?:E\+?\d{1,3})?", number)
    if match:
        return Quantity(len(cell), Decimal(number), None, certain=True)
    found = bare_quantity(up, 0)
    inner = re.search(r"\d+", up)
    if found is None and inner and not re.search(r"[A-Z]\d|\d[A-Z]", up):
        return find_quantity(up, inner.start()) or bare_quantity(up, inner.start())
    return found


def unit_of(text: str) -> str | None:
    return UNIT_BY_WORD.get(text.strip().upper().rstrip(".").removesuffix("(S)"))


def _quantity(match: re.Match[str]) -> Quantity | None:
    amount = _amount(match)
    if amount is None:
        return None
    word = match.groupdict().get("unit")
    vague = bool(word) and match.groupdict().get("numeral") == "一" and word == "个"
    unit = unit_of(word) if word else None
    return Quantity(match.end(), amount, unit, certain=True, vague=vague)


def _amount(match: re.Match[str]) -> Decimal | None:
    groups = match.groupdict()
    if groups.get("numeral"):
        return chinese_number(groups["numeral"])
    if groups.get("word"):
        return Decimal(_WORDS[groups["word"]])
    try:
        thousands = "[., ]" if _CONTINENTAL.match(match.string, match.start("number")) else "[, ]"
        amount = Decimal(re.sub(thousands, "", groups["number"]))
    except InvalidOperation:
        return None
    factor = _FACTOR.get((groups.get("times") or "").strip(), 1)
    return amount * factor * (-1 if groups.get("sign") else 1)
