"""Words around parts: sign-offs, headings, subjects, records of labelled lines, remarks."""

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from .brands import BrandNames
from .families import SEAL_CODE
from .text import MASK, upper

_SIGN_OFF = re.compile(
    r"\s*(?:(?:BEST|KIND|WARM|WITH BEST|WITH KIND)?\s?(?:REGARDS|RGDS|BRGDS)\W*|(?:THANKS"
    r"|THANK YOU)(?: (?:AND|&))? (?:BEST |KIND )?"
    r"REGARDS.*|(?:YOURS )?(?:SINCERELY|FAITHFULLY|TRULY)(?: YOURS)?\W*|B\.?R\.?,?|CHEERS,?"
    r"|此致.*|敬礼\W*|顺祝商祺\W*|祝好\W*|商祺\W*|--\s*|"
    r"SENT FROM MY.*|发自我的.*|MIT FREUNDLICHEN GR.*|_{5,})\s*"
)
_SUBJECT = re.compile(r"\s*>*\s*\*?(?:SUBJECT|SUBJ|RE|FW|FWD|主题|标题|转发|回复|答复)\*?\s?:")
_PART_WORD = re.compile(
    r"轴承|型号|有货|现货|多少钱|什么价|怎么卖|报价|报个价|询价|求购|采购|有没有|有吗|库存"
    r"|交期|油封|滚针|"
    r"(?<![A-Z])(?:BEARINGS?|BRG|PART|MODEL|TYPE|QUOTE|PRICE|STOCK|AVAILABLE|AVAILABILITY|NEED"
    r"|LOOKING FOR)(?![A-Z])"
)
_SEAL = re.compile(
    r"油封|骨架|(?:OIL|SHAFT|LIP|RADIAL) ?SEALS?|SEALS?[ ,]+(?:OIL|SHAFT|LIP|RADIAL)|O型圈|密封圈"
    rf"|(?<![A-Z0-9])(?:{SEAL_CODE}|O-?RING)(?![A-Z0-9])"
)
_PAIRED = re.compile(r"成对|配对|对装|MATCHED|(?<![A-Z0-9])D[BFT](?![A-Z0-9])")
_BRAND_RULE = re.compile(
    r"品牌|牌子|全部|都|均|统一|以上|上述|要|原装|进口|正品|只|优先|也行|也可|可以|"
    r"(?<![A-Z])(?:BRANDS?|ONLY|ALL|MAKE|MAKER|MANUFACTURER|MFR|PREFER\w*|ORIGINAL|GENUINE"
    r"|ACCEPT\w*)(?![A-Z])"
)
_STRICT_RULE = re.compile(
    r"只[要收用接能做认]|必须|仅限|指定"
    r"|(?<![A-Z])(?:ONLY|ACCEPT\w*|MUST|INSISTS?|PREFERRED|PREFERABLY|BRANDS?)(?![A-Z])"
    r"|(?<![A-Z])MAKES?(?=\s*(?:[.,;:)]|$|ONLY))"
)
_HEADING_WORDS = re.compile(
    r"轴承|品牌|牌子|牌|系列|部分|以下|下面|如下|型号|清单|需要|要|的|原装|进口|都|全部|是"
    r"|为|请报价?|我们|"
    r"BRAND|BEARINGS?|MAKE|SERIES|ITEMS?|PARTS?|FOLLOWING|FOR|PLEASE|PLS|QUOTE|THE"
)
_CORRECTION = re.compile(
    r"\s*(?:[^\s:\d]{1,8}:\s?)?(?:哦|噢|呃|唉|啊|,|\s){0,4}(?:不对|错了|[写打发说]错|更正|纠正"
    r"|CORRECTION|I MEAN|SORRY,? (?:I MEAN|IT'?S|SHOULD))"
)
_INDEX = re.compile(
    r"\s*(?:>+\s*)*(?:\(?\d{1,2}\)|\(?0\d{1,4}[.)、]?(?=\s)|\d{1,2}[.、:](?!\d)"
    r"|#\d{1,3}(?=[\s:.])|[-*+]\s|第\d+[项行]:?|[a-h]\)|(?:ITEM|LINE|POS|Item|Line|Pos|item|line"
    r"|pos)\.? ?(?:NO\.?|No\.?)? ?\d{1,5}\s?[:.)]?(?=\s))\s*"
)
_IN_BRACKETS = re.compile(r"\s*\((\d{1,4})\)\s")
_LEADING_NUMBER = re.compile(r"\s*(\d{1,3})(?=[\s,|\t])\s*[,|\t]?\s*(?=\S)")
_RECORD_START = re.compile(
    r"\s*(?:[-*]|\d{1,2}[.)])?\s*(?:型\s?号|规格型号|产品型号|轴承型号|规格|品名|PART ?(?:NO"
    r"|NUMBER|#)?\.?|MODEL"
    r"|ITEM|P/N|BEARING|DESIGNATION)\s?:\s?\S"
)
_RECORD_MORE = re.compile(
    r"\s*(?:[-*])?\s*(?:品\s?牌|厂家|牌子|数\s?量|单\s?位|备注|精度|游隙|BRAND|MAKER?|MFR"
    r"|QTY|QUANTITY|UNIT|UOM"
    r"|NOTE|REMARKS?|CLEARANCE)\s?:"
)
_NOISE = re.compile(
    r"^(?:的|个|只|要|和|与|跟|请|报|价|报价|有|没|吗|下|一下|帮忙|谢谢|谢|急|FOR|PLS|OF|THE"
    r"|AND|PCS|TO|ME)$"
)
_BELOW = re.compile(
    r"以下|下面|下列|如下|下述|下表|(?<![A-Z])(?:FOLLOWING|BELOW|HEREUNDER|UNDERMENTIONED)(?![A-Z])"
)
MAX_NOTE = 120
MAX_RULE = 60  # characters of a clause that names a brand and says little else
MAX_CLAUSES = 12


@dataclass(frozen=True, slots=True)
class Record:
    """A line, with following labelled lines of the same record joined to it."""

    text: str
    index_stripped: str
    raw: str  # as it came


def joined_records(lines: list[tuple[str, str]]) -> list[Record]:
    """`型号: …`, `品牌: …`, `数量: …` on lines of their own are one record.

    The lines come as they are and folded.
    """
    joined: list[str] = []
    raws: list[str] = []
    open_record = False
    for raw, line in lines:
        up = upper(line)
        if open_record and _RECORD_MORE.match(up):
            joined[-1] += "  " + line.strip()
            raws[-1] += "  " + raw.strip()
            joined.insert(-1, "")
            raws.insert(-1, "")
            continue
        open_record = bool(_RECORD_START.match(up))
        joined.append(line)
        raws.append(raw)
    numbered, counted = _numbered(joined), _counted(joined)
    return [
        Record(line, line if i in counted else strip_index(line, numbered=i in numbered), raw)
        for i, (line, raw) in enumerate(zip(joined, raws, strict=True))
    ]


def _counted(lines: list[str]) -> set[int]:
    """Lines that open with (4), (2), (12): no index where they do not rise one by one."""
    found = [
        (at, int(match[1])) for at, line in enumerate(lines) if (match := _IN_BRACKETS.match(line))
    ]
    rising = all(after[1] - before[1] == 1 for before, after in pairwise(found))
    return set() if rising and (len(found) != 1 or found[0][1] == 1) else {at for at, _n in found}


def _numbered(lines: list[str]) -> set[int]:
    """Lines that open with 1, 2, 3 …: an index, no quantity."""
    found: list[tuple[int, int]] = []
    for at, line in enumerate(lines):
        match = _LEADING_NUMBER.match(line)
        if match:
            found.append((at, int(match[1])))
    rising = [
        at
        for (at, number), want in zip(found, range(1, len(found) + 1), strict=True)
        if number == want
    ]
    return set(rising) if len(rising) >= 2 else set()


def strip_index(line: str, *, numbered: bool = False) -> str:
    """The line without its leading number or bullet."""
    match = _INDEX.match(line)
    if match:
        return line[match.end() :]
    leading = _LEADING_NUMBER.match(line) if numbered else None
    return line[leading.end() :] if leading else line.lstrip("> ")


def is_sign_off(line: str) -> bool:
    return len(line) < 80 and bool(_SIGN_OFF.fullmatch(upper(line)))


def is_subject(line: str) -> bool:
    return bool(_SUBJECT.match(upper(line)))


def is_correction(line: str) -> bool:
    """`不对，是6312`: the line takes back the one before."""
    return bool(_CORRECTION.match(upper(line)))


def is_quoted(line: str) -> bool:
    """A line of an older mail, `> like this`."""
    return bool(re.match(r"\s*>\s*\S", line))


@lru_cache(maxsize=16)  # asked for every part of a line
def has_part_word(text: str) -> bool:
    return bool(_PART_WORD.search(upper(text)))


def is_paired(text: str) -> bool:
    return bool(_PAIRED.search(upper(text)))


def is_seal_size(text: str) -> bool:
    """`TC30*47*7`: a size with the shape of a seal in front."""
    return bool(re.match(rf"{SEAL_CODE}(?=\s?\d)", upper(text.strip())))


@lru_cache(maxsize=16)
def is_seal(text: str) -> bool:
    return bool(_SEAL.search(upper(text)))


def is_brand_rule(text: str, brands: BrandNames) -> bool:
    """Does a clause of the line, or all of it, say whose make other lines are, and only that?"""
    if _is_rule(upper(text.replace(MASK, ""))):
        return True
    clauses = re.split(r"[,;:。]", text)[:MAX_CLAUSES]
    return any(_is_rule(upper(clause)) and brands.one(clause) for clause in clauses)


def _is_rule(up: str) -> bool:
    """Beside more words only what cannot be meant otherwise is one: only, accept, must be."""
    form = _BRAND_RULE if len(up) <= MAX_RULE else _STRICT_RULE
    return len(up) <= 2 * MAX_RULE and bool(form.search(up))


def points_below(text: str) -> bool:
    """`quote the following in NSK only`: what it says is for the lines to come."""
    return bool(_BELOW.search(upper(text)))


def is_heading(text: str, brands: BrandNames) -> bool:
    """`SKF:`, `NSK 轴承`, `以下要FAG的`: hardly anything but a brand."""
    up = upper(text).replace(MASK, "")
    if re.search(r"以上|上述|上面|ABOVE", up) or not brands.one(up):
        return False
    rest = up
    for name in re.findall(r"[A-Z&]+|[一-鿿]+", up):
        if brands.one(name):
            rest = rest.replace(name, "", 1)
    rest = re.sub(r"[\W_\d]", "", _HEADING_WORDS.sub("", rest))
    return len(rest) <= 4 or (up.rstrip().endswith(":") and len(rest) <= 12)


def note_of(notes: list[str]) -> str:
    """The customer's remarks beside a part, without filler words."""
    words = [note.strip(" \t()。,;:") for note in notes]
    kept = [word for word in words if word and MASK not in word and not _NOISE.match(upper(word))]
    joined = ""
    for word in kept:
        wide = bool(joined) and not (joined[-1] > "\u2e80" and word[0] > "\u2e80")
        joined += (" " if wide else "") + word
    return joined[:MAX_NOTE].strip()
