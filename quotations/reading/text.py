"""Cleaning of pasted text: one spelling for what people and scanners write in many ways.

Everything later works on the text this module returns; `plain` never raises and keeps lines apart.
"""

import re
import unicodedata
from decimal import Decimal
from itertools import pairwise

MAX_LINE = 600  # characters; longer lines are cut at a blank, so that work per line is bounded
MAX_RUN = 24  # of one sign: a line of 600 dashes or blanks says no more than one of 24
MASK = "\ue000"  # stands for every character of a fragment that is known to be no part

# Chinese punctuation becomes ASCII *with a blank*, so that "6204，6205" is never read as 6,204,205.
_PUNCTUATION = str.maketrans(
    {
        "，": ", ", "；": "; ", "：": ": ", "！": "。", "？": "? ",
        "【": " [", "】": "] ", "。": "。",
        "×": "*", "✕": "*", "✖": "*", "╳": "*", "⨯": "*", "✱": "*", "∗": "*", "⁎": "*", "﹡": "*",
        "−": "-", "⁃": "-", "﹣": "-", "－": "-", "─": "-", "━": "-", "●": " ", "•": " ", "·": " ",
        "◆": " ", "■": " ", "★": " ", "√": " ", "≈": "~", "∼": "~", "〜": "~", "∅": "φ", "Ø": "φ",
        "ø": "φ", "Φ": "φ", "⌀": "φ", "′": "'", "’": "'", "⁄": "/", "∕": "/", "／": "/", MASK: " ",
        "\x0b": " ",
    }
)  # fmt: skip
_LINE_ENDS = str.maketrans(dict.fromkeys("\u2028\u2029\x0c\x85", "\n"))
_ENUMERATION = re.compile("[①-⑳⑴-⒇⒈-⒛❶-❿➀-➓]")
LOOK_ALIKE = str.maketrans("АВСЕНКМОРТХУІасеорхуΑΒΕΖΗΙΚΜΝΟΡΤΧ", "ABCEHKMOPTXYIaceopxyABEZHIKMNOPTX")
_FOREIGN_LETTER = re.compile("[\u0370-\u04ff]")
_MIXED_RUN = re.compile("[A-Za-z0-9\u0370-\u04ff/.-]*[0-9][A-Za-z0-9\u0370-\u04ff/.-]*")
_UPPER = str.maketrans("abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ")

_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {
    "〇": 0, "两": 2, "俩": 2, "壹": 1, "贰": 2, "叁": 3, "肆": 4, "伍": 5, "陆": 6, "柒": 7,
    "捌": 8, "玖": 9,
}  # fmt: skip
_TENS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
CHINESE_NUMERAL = "[零〇一二三四五六七八九两俩十百千万壹贰叁肆伍陆柒捌玖拾佰仟]"


# 六二零五 is spelled out digit by digit; numerals with tens (二百五十) are left to chinese_number
_SPELLED = re.compile(r"(?<![十百千万两])[零〇一二三四五六七八九幺]{3,15}(?![十百千万])")
_SIGN_RUN = re.compile(rf"([\W_])\1{{{MAX_RUN},}}")
_SPOKEN_HYPHEN = re.compile(r"(?<=[A-Za-z0-9零〇一二三四五六七八九])\s?[杠横]杠?\s?(?=[A-Za-z0-9])")
_SPOKEN_TWO = re.compile(r"[两二双](?=(?:RS|Z|RZ)(?![A-Za-z]))", re.IGNORECASE)
_SPELLED_DIGITS = str.maketrans("零〇一二三四五六七八九幺", "001234567891")


def plain(text: str) -> str:
    """NFKC, one kind of dash, multiplication sign and blank; line ends are "\\n"."""
    return "\n".join(folded for _raw, folded in plain_lines(text))


def plain_lines(text: str) -> list[tuple[str, str]]:
    """Every line as it came and folded; what was cut in pieces has the same raw line for each."""
    lines = text.translate(_LINE_ENDS).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return [
        (raw, folded) for line in lines for raw in _entries(line) for folded in _plain_pieces(raw)
    ]


def _plain_pieces(raw: str) -> list[str]:
    """Cut before and after: patterns see short lines only, and NFKC makes some longer."""
    numbered = _ENUMERATION.sub(lambda match: f"{_number_of(match.group())}) ", raw)
    pieces = _cut(numbered.translate(_PUNCTUATION))
    return [short for piece in pieces for short in _cut(_plain_line(piece))]


def upper(text: str) -> str:
    """ASCII letters in capitals; unlike str.upper it never changes the length."""
    return text.translate(_UPPER)


def part_key(designation: str) -> str:
    """The designation without noise: NFKC, capitals, only A-Z and 0-9."""
    return re.sub("[^A-Z0-9]", "", unicodedata.normalize("NFKC", designation).upper())


def chinese_number(numeral: str) -> Decimal | None:
    """两百五十 -> 250, 一千二 -> 1200; None when it is no number."""
    total = section = digit = 0
    unit = 1
    for character in numeral:
        if character in _DIGITS:
            digit = digit * 10 + _DIGITS[character] if unit == 1 and digit else _DIGITS[character]
            continue
        if character == "万":
            total, section, digit, unit = (total + section + digit) * 10_000, 0, 0, 10_000
            continue
        if character not in _TENS:
            return None
        unit = _TENS[character]
        section, digit = section + (digit or 1) * unit, 0
    # 一千二 is 1200, but 一千零二 is 1002 and 十二 is 12
    trailing = digit * unit // 10 if unit >= 100 and "零" not in numeral else digit
    return Decimal(total + section + trailing) if numeral else None


def _entries(line: str) -> list[str]:
    """A circled number starts an entry of its own, but must not break the row of a table."""
    if "\t" in line:
        return [_ENUMERATION.sub(" ", line)]
    starts = [match.start() for match in _ENUMERATION.finditer(line)]
    cuts = [0, *(at for at in starts if at), len(line)]
    return [line[a:b] for a, b in pairwise(cuts)]


def _number_of(sign: str) -> str:
    return unicodedata.normalize("NFKC", sign).strip("().")


def _plain_line(line: str) -> str:
    line = unicodedata.normalize("NFKC", line).translate(_PUNCTUATION)
    line = "".join(map(_plain_character, line)).replace("\n", " ")
    line = _SIGN_RUN.sub(lambda match: match[1] * MAX_RUN, line)
    line = _SPOKEN_HYPHEN.sub("-", _SPOKEN_TWO.sub("2", line))
    line = _SPELLED.sub(lambda match: match.group().translate(_SPELLED_DIGITS), line)
    if _FOREIGN_LETTER.search(line):
        line = _MIXED_RUN.sub(_latin_run, line)
    return line


def _plain_character(character: str) -> str:
    if character.isascii():
        return character if character >= " " or character == "\t" else " "
    kind = unicodedata.category(character)
    if kind in ("Cf", "Mn", "Cn", "Cs"):
        return ""
    if kind == "Pd":
        return "-"
    return " " if kind in ("Zs", "Cc", "Zl", "Zp") else character


def _latin_run(match: re.Match[str]) -> str:
    """Look-alike letters become Latin only when the whole run then is: 180205С17, not 100шт."""
    run = match.group().translate(LOOK_ALIKE)
    return match.group() if _FOREIGN_LETTER.search(run) else run


def _cut(line: str) -> list[str]:
    """Pieces of at most MAX_LINE characters, cut behind a blank or a comma where there is one."""
    pieces = []
    start = 0
    while len(line) - start > MAX_LINE:
        low, high = start + MAX_LINE // 2, start + MAX_LINE
        at = max(line.rfind(" ", low, high), line.rfind(",", low, high))
        end = at + 1 if at > 0 else high
        pieces.append(line[start:end])
        start = end
    return [*pieces, line[start:]]
