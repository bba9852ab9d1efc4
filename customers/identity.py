"""Who a partner is, told from its tax number, name and phone. No database.

Tax numbers are compared by what identifies the holder: the organisation code, which the unified
code of GB 32100-2015 (18 characters) and the older number (15) share; so that a firm entered
before and after 2015 is one firm. Names are compared without legal form, blanks, width, case and
place of brackets; phones by their digits.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from pypinyin import Style, lazy_pinyin
from stdnum import exceptions
from stdnum.cn import ric, uscc
from stdnum.eu import vat

# --- text ----------------------------------------------------------------------------------------

_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))
_HAN = re.compile(r"[\u3400-\u9fff]")
# Characters of company names written in traditional script, and the simplified ones.
_SIMPLIFIED = str.maketrans(
    "機軸貿電設備東廣業國際術發開實聯華興豐達運輸動傳車輪鋼鐵銅鋁鑄鍛壓縮減齒滾測儀錶錫鑫"
    "環傑億萬寶龍馬鳳麗蘭飛揚陽陰雲蘇寧慶濱無鎮連瀋長濟魯豫贛閩臺灣灣澳門經營銷購銀"
    "風帆紡織造紙塗裝製藥農產園區縣鄉號樓廠礦冶潔淨燈氣閥門線纜膠塑料學醫顧問務資責",
    "机轴贸电设备东广业国际术发开实联华兴丰达运输动传车轮钢铁铜铝铸锻压缩减齿滚测仪表锡鑫"
    "环杰亿万宝龙马凤丽兰飞扬阳阴云苏宁庆滨无镇连沈长济鲁豫赣闽台湾湾澳门经营销购银"
    "风帆纺织造纸涂装制药农产园区县乡号楼厂矿冶洁净灯气阀门线缆胶塑料学医顾问务资责",
)


def _plain(text: str) -> str:
    """NFKC without invisible characters, runs of blanks as one."""
    return " ".join(unicodedata.normalize("NFKC", text).translate(_INVISIBLE).split())


def is_chinese(text: str) -> bool:
    return bool(_HAN.search(text))


def initials(text: str) -> str:
    """Return the pinyin initials of a name, Latin letters and digits kept: 苏州SKF → szskf."""
    syllables = lazy_pinyin(_plain(text), style=Style.FIRST_LETTER)
    return "".join(re.findall(r"[a-z0-9]+", "".join(syllables).casefold()))


# --- names ---------------------------------------------------------------------------------------

# The longest first: each is taken away once, from the end.
_LEGAL_FORMS = ("股份有限责任公司", "股份有限公司", "有限责任公司", "有限公司", "股份公司", "公司")
_FORM_IN_BRACKETS = re.compile(r"\((?:特殊普通合伙|普通合伙|有限合伙|个人独资|个体工商户|个体)\)$")
_BRACKETS = re.compile(r"[(\[【〔{]([^()\[\]【】〔〕{}]*)[)\]】〕}]")
_CITY = re.compile(r"^([\u3400-\u9fff]{2,3})市(?=[\u3400-\u9fff]{2})")
_NO_SIGN = re.compile(r"[^\w]|_")
_ENGLISH_FORMS = {
    *("co", "company", "ltd", "limited", "inc", "incorporated", "corp", "corporation", "llc"),
    *("llp", "plc", "gmbh", "mbh", "ag", "kg", "sa", "sas", "sarl", "spa", "srl", "bv", "nv"),
    *("oy", "ab", "as", "pte", "pty", "sdn", "bhd", "kk", "ltda"),
}


@lru_cache(maxsize=4096)
def full_name(name: str) -> str:
    """Return a name as far as spelling does not matter; its legal form stays part of it."""
    text = _plain(name).casefold().translate(_SIMPLIFIED)
    text = text.replace("股份有限责任公司", "股份有限公司").replace("有限责任公司", "有限公司")
    return _NO_SIGN.sub("", text)


@lru_cache(maxsize=4096)
def name_key(name: str) -> str:
    """Return what different spellings of one firm's name share.

    The legal form goes, and what stands in brackets goes to the front: 诚天（百色）机械有限公司 and
    百色诚天机械 are the same. Different firms may share a key: it finds candidates, no more.
    """
    text = _plain(name).casefold().translate(_SIMPLIFIED)
    if not is_chinese(text):
        return _english_key(text)
    text = _FORM_IN_BRACKETS.sub("", text.replace(" ", ""))
    inside = "".join(_BRACKETS.findall(text))
    text = _NO_SIGN.sub("", _BRACKETS.sub("", text))
    form = next((form for form in _LEGAL_FORMS if text.endswith(form)), "")
    text = inside + (text.removesuffix(form) or text)
    return _CITY.sub(r"\1", text)[:120]


def _english_key(text: str) -> str:
    words = re.findall(r"[^\W_]+", text.replace(".", "").replace("'", "").replace("&", " "))
    while len(words) > 1 and words[-1] in _ENGLISH_FORMS:
        words.pop()
    return "".join(words)[:120]


# --- tax numbers ---------------------------------------------------------------------------------

_SEPARATORS = re.compile(r"[\s\-‐-―_.·/]+")
# Letters no unified code has, because they are taken for these digits.
_LOOK_ALIKE = str.maketrans("OIZS", "0125")
_FIRST_PROVINCE = 10  # the state itself; 11 is Beijing
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


@dataclass(frozen=True, slots=True)
class TaxNumber:
    """A tax number as it is stored, and the key two numbers of one holder share.

    ``key`` is empty for a number that is wrong; ``checked`` tells whether a check digit proved it.
    """

    text: str
    key: str
    checked: bool = False

    @property
    def is_wrong(self) -> bool:
        return bool(self.text) and not self.key


def read_tax_number(text: str, *, chinese: bool = True) -> TaxNumber:
    """Return a tax number in its standard form.

    Chinese ones must have a right check digit: the unified code, the older number of 15 characters
    made of region and organisation code, and those made of an identity card (traders in their own
    name). Of other countries only EU numbers can be checked; the rest is taken as it is written.
    """
    compact = _SEPARATORS.sub("", _plain(text)).upper()
    if not compact:
        return TaxNumber("", "")
    found = _chinese_number(compact)
    if found is not None:
        return found
    european = _eu_number(compact)
    if european is not None:
        return european
    return TaxNumber(compact[:30], "" if chinese else compact[:30])


def _chinese_number(compact: str) -> TaxNumber | None:
    if len(compact) == 18:
        code = compact if _is_unified(compact) else compact.translate(_LOOK_ALIKE)
        if _is_unified(code):
            return TaxNumber(code, code[8:17], checked=True)
        if ric.is_valid(compact):
            return TaxNumber(compact, compact, checked=True)
    if len(compact) == 15 and compact[:6].isdigit() and _is_organisation(compact[6:]):
        return TaxNumber(compact, compact[6:], checked=True)
    if len(compact) == 20 and ric.is_valid(compact[:18]) and compact[18:].isdigit():
        return TaxNumber(compact, compact, checked=True)
    return None


def _is_unified(code: str) -> bool:
    """Whether the check digit is right; the first two signs may be letters, the region may not."""
    try:
        region_known = code[2:8].isdigit() and int(code[2:4]) >= _FIRST_PROVINCE
        return region_known and uscc.calc_check_digit(code[:17]) == code[17]
    except (ValueError, exceptions.ValidationError):
        return False


def _is_organisation(code: str) -> bool:
    """Whether nine characters are an organisation code of GB 11714."""
    if not re.fullmatch(r"[0-9A-Z]{8}[0-9X]", code):
        return False
    total = sum(
        int(sign, 36) * weight for sign, weight in zip(code, _ORGANISATION_WEIGHTS, strict=False)
    )
    return code[8] == "0123456789X0"[11 - total % 11]


def _eu_number(compact: str) -> TaxNumber | None:
    try:
        number = vat.validate(compact)
    except exceptions.ValidationError:
        return None
    return TaxNumber(number, number, checked=True)


def one_slip_apart(first: str, second: str) -> bool:
    """Whether two numbers differ in one character, or in two neighbours changed about."""
    if len(first) != len(second) or first == second:
        return False
    places = [
        place for place, pair in enumerate(zip(first, second, strict=True)) if len({*pair}) > 1
    ]
    if len(places) == 1:
        return True
    if len(places) != 2 or places[1] != places[0] + 1:
        return False
    here, there = places
    return first[here] == second[there] and first[there] == second[here]


# --- phones --------------------------------------------------------------------------------------

_EXTENSION = re.compile(r"(?:转|轉|ext\.?|x|#|分机).*$", re.IGNORECASE)
_SEVERAL = re.compile(r"[/,;、|，；]| 或 ")
_SHORTEST_PHONE = 7


def phone_numbers(text: str) -> list[str]:
    """Return the numbers in a phone field by their digits, without country code and extension."""
    found = []
    for part in _SEVERAL.split(_plain(text)):
        digits = _digits_of(_EXTENSION.sub("", part))
        if len(digits) >= _SHORTEST_PHONE and digits not in found:
            found.append(digits[:40])
    return found


def _digits_of(part: str) -> str:
    groups = re.findall(r"\d+", part)
    digits = "".join(groups)
    if part.strip().startswith("+") or digits.startswith("00"):
        digits = digits.removeprefix("00")
        if not digits.startswith("86"):
            return digits
        digits = digits[2:].removeprefix("0")
        return digits if _is_mobile(digits) else "0" + digits
    if len(digits) == 13 and digits.startswith("86") and _is_mobile(digits[2:]):
        return digits[2:]
    if len(groups) == 3 and groups[0].startswith("0") and len(groups[1]) in {7, 8}:
        return str(groups[0] + groups[1])  # area, number, extension
    return digits


def _is_mobile(digits: str) -> bool:
    return len(digits) == 11 and digits.startswith("1")


def phone_key(text: str) -> str:
    """Return the first number of a phone field, by which partners are found; empty without one."""
    return next(iter(phone_numbers(text)), "")
