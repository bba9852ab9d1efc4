"""Quantities and their units at a place of a line: `100个`, `x 10`, `两套`, `5k`, `Qty 4`."""

import re
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation

from .text import CHINESE_NUMERAL, chinese_number, upper

# unit -> the words for it; a can, a tube or a bucket is handed over the counter as one piece
_UNIT_WORDS = {
    "piece": "NO 个 只 件 颗 粒 支 根 枚 片 台 桶 听 罐 瓶"
    " PCS PC PCE PCES PIECES PIECE PC'S EA EACH NOS NO'S UNITS UNIT"
    " CANS CAN TINS TIN TUBES TUBE CARTRIDGES CARTRIDGE PAILS PAIL"
    " DRUMS DRUM KEGS KEG BUCKETS BUCKET"
    " STK STCK STÜCK ST ШТ ШТУК ШТУКИ KOM BUC KPL OFF UDS UND UNIDAD UNIDADES PIEZA PIEZAS PZAS"
    " PZA PZ PEZZI UN PIÈCE PIÈCES CÁI CHIẾC"
    " PEÇAS PECAS PÇS SZT SZTUK ADET AD KS 顆 個 隻",
    "dozen": "打 DOZEN DOZ DZN DZ",
    "set": "套 组 組 付 SETS SET KITS KIT КОМПЛ КОМПЛЕКТ КОМПЛЕКТА КОМПЛЕКТОВ",
    "pair": "对 副 双 對 雙 PAIRS PAIR PRS PR ПАРА ПАРЫ ПАР",
    "other": "盘 卷 条 捆 ROLLS ROLL REELS REEL",  # counted in what holds or measures them
    "box": "盒 箱 BOXES BOX CTNS CTN CARTONS CARTON CASES CASE 包",
}
UNIT_BY_WORD = {word: unit for unit, words in _UNIT_WORDS.items() for word in words.split()}
DOZEN = 12

# Characters that are a unit only when the next one does not make another word of them.
_NOT_UNIT = (
    r"个(?!月|人|小时|星期|型号|工作|品种|规格|牌子|品牌|价|啥)|只(?!要|有|需|能|是|收|做"
    r"|接受|报|用|认)|件(?!号|套)|套(?!筒|圈|杯|价|餐)|"
    r"对(?!应|方|于|照|比|吗|了|不|外|接)|组(?!合|装)|组(?=合)|箱(?!子|体)|条(?!件|款|码)"
    r"|片(?!子)|台(?!湾|州|机)|根(?!据)"
    r"|支(?!持|付|票)|付(?!款|清|现|钱|了|出|账|费|运|过)|"
    r"包(?!装|括|邮|含|税)|双(?!面|列|方|排|向|边)|副(?!本)|盒(?!装|子)|盘(?!点)|卷(?!材|尺|边|板|筒|扬)|捆(?!包|扎|绑)|听(?!说)|粒"
    r"|颗|枚|桶|罐|瓶|個|隻|顆|組|對|雙|打(?![开款算电包折听])"
)
# Lines are in capitals as far as ASCII goes: Stück comes as STüCK, шт as it was typed.
_LATIN_WORDS = {
    spelling
    for word in UNIT_BY_WORD
    if not "\u4e00" <= word[0] <= "\u9fff"
    for spelling in (word, upper(word.lower()), upper(word.capitalize()))
}
_LATIN_UNITS = "|".join(sorted(map(re.escape, _LATIN_WORDS), key=lambda w: (-len(w), w)))
UNIT = rf"(?:{_NOT_UNIT}|NO(?![A-Z.])|(?:{_LATIN_UNITS})(?![A-ZА-Яа-я]))"
_NUMBER = (
    r"\d{1,3}(?:,\d{3})+(?![\d])(?:\.\d+)?|\d{1,3}(?: 000)+(?!\d)"
    r"|\d{1,15}(?:\.\d{3}(?:\.\d{3})+|\.\d{1,6})?(?:E\+?\d{1,3}(?![A-Z0-9]))?"
)
_MULTIPLIER = r"(?:\s?(?:K(?![A-Z0-9])|千|百|万|W(?![A-Z0-9])))?"
_AMOUNT = rf"(?P<number>{_NUMBER})(?P<times>{_MULTIPLIER})"
_NUMERAL = rf"(?P<numeral>{CHINESE_NUMERAL}{{1,9}})"

_COUNTED = re.compile(
    rf"(?:约|大约|大概)?(?P<sign>-)?{_AMOUNT}\s*[(|]?\s?(?P<unit>{UNIT})\.?(?:\(S\))?"
)
_COUNTED_NUMERAL = re.compile(rf"{_NUMERAL}\s*(?P<unit>{UNIT})")
_WORDS = {
    "A": 1, "ONE": 1, "TWO": 2, "THREE": 3, "FOUR": 4, "FIVE": 5, "SIX": 6, "SEVEN": 7, "EIGHT": 8,
    "NINE": 9, "TEN": 10, "TWELVE": 12, "FIFTEEN": 15, "TWENTY": 20, "THIRTY": 30, "FORTY": 40,
    "FIFTY": 50, "HUNDRED": 100, "A HUNDRED": 100, "ONE HUNDRED": 100, "TWO HUNDRED": 200,
}  # fmt: skip
_WORD = "|".join(sorted(_WORDS, key=len, reverse=True))
_BARE_WORD = re.compile(rf"(?:{_WORD})(?=[ (-])(?<!A)")
_COUNTED_WORD = re.compile(rf"(?<![A-Z])(?P<word>{_WORD})[ -](?P<unit>{UNIT})")
_HALF_DOZEN = re.compile(r"半打|(?<![A-Z])HALF (?:A )?DOZ(?:EN)?(?![A-Z])")
# 20-30个: at least the first; 10+5个 is ordered in two goes
_BETWEEN = re.compile(
    rf"(?P<low>\d{{1,6}})\s?(?:-|~|到|至|TO)\s?(?P<high>\d{{1,6}})\s?(?P<unit>{UNIT})"
)
_SUM = re.compile(
    rf"(?P<first>\d{{1,6}})\s?(?:{UNIT})?\s?\+\s?(?P<second>\d{{1,6}})\s?(?P<unit>{UNIT})"
)
_AT_LEAST = re.compile(r"(?:[≥>]=?|不少于|不低于|至少|最少|起码|MIN(?:IMUM)?\.?|AT LEAST)\s?(?=\d)")
_TIMES = re.compile(
    rf"(?:[*]|X(?=[\s\d-]))\s*(?P<sign>-)?{_AMOUNT}(?![\d.*/])(?:\s*\(?(?P<unit>{UNIT})\.?)?"
)
_LABEL = (
    r"(?:数\s?量|需求量|需求|用量|订量|量|大概用|大约用|约用|要用|QUANTITY|QTY|Q'TY|Q-TY|QNTY|REQUIRED|REQUIRE|NEED"
    r"|WANT|需要|只要|要|来|订购?|定|"
    r"采购|买|拿|备)"
)
_LABELLED = re.compile(
    rf"{_LABEL}\s?(?:[:=.]|是|为|约|大概)?\s?(?P<sign>-)?{_AMOUNT}(?![\d/*-]|\.\d"
    rf"|[A-WYZ])(?:\s*(?P<unit>{UNIT})\.?)?"
)
_LABELLED_NUMERAL = re.compile(rf"{_LABEL}\s?:?\s?{_NUMERAL}(?![一-鿿])")
_TIMES_BEFORE = re.compile(r"(?P<number>\d{1,4})\s?[*X]\s?(?=[A-Z]{0,5}[ -]?\d{3})")
BARE_NUMBER = re.compile(rf"{_AMOUNT}(?![A-Z0-9./*%-])")
BARE_NUMERAL = re.compile(
    r"(?:十|[一二三四五六七八九两][十百千万])[一二三四五六七八九十百千万零]{0,6}"
)

_CELL_COMPOUND = re.compile(r"\d{1,6} ?(?:-|~|到|至|\+|TO) ?\d{1,6}|[≥>]=? ?\d{1,6}")

# 1.500 Stk: where the point parts thousands, for there is no half piece. SAP writes 12.000 EA for
# twelve, so three zeros mean thousands only with units of countries that write them so.
_CONTINENTAL = re.compile(
    rf"\d{{1,3}}(?:\.\d{{3}}){{2,}}|\d{{1,3}}\.(?!000)\d{{3}}\s?{UNIT}|\d{{1,3}}\.000\s?(?:ADET|STK|STCK"
    r"|ST(?:Ü|ü)CK|SZT|SZTUK|ШТ|ШТУК|шт|штук|UDS|UNIDADES|PIEZAS|PZ|PZAS|KS)(?![A-ZА-Яа-я])"
)
_FACTOR = {"K": 1000, "千": 1000, "百": 100, "万": 10_000, "W": 10_000}


@dataclass(frozen=True, slots=True)
class Quantity:
    """An amount in a line; `certain` when a unit, a label or a multiplication sign says so.

    `vague` is 一个, an article as often as a number: 还有一个6205要5个 asks for five. `roughly` is
    a range or a minimum: the amount is the least that is asked for.
    """

    end: int
    amount: Decimal
    unit: str | None
    certain: bool
    vague: bool = False
    roughly: bool = False


def find_quantity(up: str, at: int) -> Quantity | None:
    """The quantity that starts at `at`, with a unit, a multiplication sign or a label."""
    if at and _is_no_amount(up, at):
        return None
    compound = _compound(up, at)
    if compound:
        return compound
    for form in (_COUNTED, _TIMES, _LABELLED, _COUNTED_NUMERAL, _LABELLED_NUMERAL, _COUNTED_WORD):
        match = form.match(up, at)
        found = _quantity(match) if match else None
        if found:
            return found
    return None


def _is_no_amount(up: str, at: int) -> bool:
    """Inside a number, behind a hyphen, or words that only look like an amount."""
    before = up[at - 1]
    if (before.isdigit() and up[at].isdigit()) or (up[at] == "-" and before not in " \t*:"):
        return True
    if before in "这那哪前后上第几":
        return True  # 这两个 points, it does not count
    if before in "报问看查" and up[at : at + 2] == "一个":
        return True  # 也报一个: name a price
    return before in "钱价元块" and up[at] == "一"  # 多少钱一套


def _compound(up: str, at: int) -> Quantity | None:
    """`20-30个`, `≥100个`, `10+5个`, `半打`: more than one number, or none."""
    half = _HALF_DOZEN.match(up, at)
    if half:
        return Quantity(half.end(), Decimal(DOZEN // 2), "piece", certain=True)
    least = _AT_LEAST.match(up, at)
    if least:
        counted = _COUNTED.match(up, least.end())
        found = _quantity(counted) if counted else bare_quantity(up, least.end())
        return replace(found, certain=True, roughly=True) if found else None
    between = _BETWEEN.match(up, at)
    if between and int(between["low"]) < int(between["high"]):
        low = Decimal(between["low"])
        return Quantity(between.end(), low, unit_of(between["unit"]), certain=True, roughly=True)
    summed = _SUM.match(up, at)
    if summed:
        amount = Decimal(int(summed["first"]) + int(summed["second"]))
        return Quantity(summed.end(), amount, unit_of(summed["unit"]), certain=True)
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
    word = _BARE_WORD.match(up, at) if not (at and up[at - 1].isalnum()) else None
    if word:
        return Quantity(word.end(), Decimal(_WORDS[word.group()]), None, certain=False)
    match = BARE_NUMERAL.match(up, at)
    amount = chinese_number(match.group()) if match else None
    return (
        Quantity(match.end(), amount, None, certain=False) if match and amount is not None else None
    )


def cell_quantity(cell: str) -> Quantity | None:
    """The quantity in a table cell: `12`, `1,000`, `4 EA`, `-1`, `1E+30`, `两套`, `20-30`, `20,0`.

    Nothing else stands in such a cell, so that a range or a sum needs no unit.
    """
    up = cell.strip().upper()
    compound = _CELL_COMPOUND.fullmatch(up)
    if compound:
        found = find_quantity(f"{up}个", 0)
        return replace(found, unit=None) if found else None
    counted = find_quantity(up, 0)
    if counted:
        return counted
    number = _without_groups(up)
    match = re.fullmatch(r"[-+]?\d{1,30}(?:\.\d{1,9})?(?:E\+?\d{1,3})?", number)
    if match:
        return Quantity(len(cell), Decimal(number), None, certain=True)
    found = bare_quantity(up, 0)
    inner = re.search(r"\d+", up)
    if found is None and inner and not re.search(r"[A-Z]\d|\d[A-Z]", up):
        return find_quantity(up, inner.start()) or bare_quantity(up, inner.start())
    return found


def _without_groups(number: str) -> str:
    """`1,000` and `1.500` are groups of three, the comma of `20,0` and `1.500,00` is decimal."""
    number = number.replace(" ", "")
    decimal = re.fullmatch(r"([-+]?\d+(?:\.\d{3})*),(\d{1,2}|\d{4,9})", number)
    if decimal:
        return f"{decimal[1].replace('.', '')}.{decimal[2]}"
    if re.fullmatch(r"[-+]?[1-9]\d{0,2}\.(?!000)\d{3}|[-+]?\d{1,3}(?:\.\d{3}){2,}", number):
        return number.replace(".", "")
    return number.replace(",", "")


def times_before(up: str, at: int) -> Quantity | None:
    """`20x 6205`: an amount with the sign between it and its part; the caller sees to the part."""
    match = _TIMES_BEFORE.match(up, at)
    return Quantity(match.end(), Decimal(match["number"]), None, certain=True) if match else None


def unit_of(text: str) -> str | None:
    """The unit a word means; None also for what neither a piece nor a set is counted in."""
    unit = UNIT_BY_WORD.get(text.strip().upper().rstrip(".").removesuffix("(S)"))
    return {"dozen": "piece", "other": None}.get(unit or "", unit)


def _is_dozen(word: str) -> bool:
    return UNIT_BY_WORD.get(word.strip().upper()) == "dozen"


def _quantity(match: re.Match[str]) -> Quantity | None:
    amount = _amount(match)
    if amount is None:
        return None
    word = match.groupdict().get("unit")
    vague = bool(word) and match.groupdict().get("numeral") == "一" and word == "个"
    unit = unit_of(word) if word else None
    if word and _is_dozen(word):
        amount *= DOZEN
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
