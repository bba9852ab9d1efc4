"""A line of free text cut into what the reader understands: parts, brands, quantities, words."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

from . import families, suffixes
from .brands import BrandNames, company_spans
from .designation import Part, find_part
from .quantities import UNIT, Quantity, bare_quantity, find_quantity, times_before
from .result import Dimensions
from .sizes import find_sizes
from .text import MASK, upper


class Kind(StrEnum):
    """What a token is."""

    PART = "part"
    DIMENSIONS = "dimensions"
    BRAND = "brand"
    QUANTITY = "quantity"
    NUMBER = "number"
    SUFFIX = "suffix"
    EACH = "each"
    OR = "or"
    INSTEAD = "instead"
    TO = "to"
    NOT = "not"
    CANCEL = "cancel"
    COMMA = "comma"
    STOP = "stop"
    MASKED = "masked"
    WORD = "word"


@dataclass(frozen=True, slots=True)
class Token:
    """`text[start:end]` of the line and what was understood of it."""

    kind: Kind
    start: int
    end: int
    text: str
    part: Part | None = None
    quantity: Quantity | None = None
    brand: str = ""
    dimensions: Dimensions | None = None


OTHER_NUMBER = (
    r"[新旧老原](?:型号|国标号?|代号|编号|号码?)[是为]?"
    r"|(?:NEW|OLD) (?:NO|NUMBER|TYPE|P/N)\.?"
)
_BRACKETED_NUMBER = re.compile(rf"\(\s?(?:{OTHER_NUMBER}|即|也就是)")
_KEYWORDS = (
    (
        Kind.EACH,
        (
            r"各(?!位|种(?!\d)|类|自|地|方|大|项)(?:个?型号|个?规格|个)?(?:都|需要?|要"
            r"|来|订|买|拿)?|每(?:种|样|款|个型号|个规格|个品种"
            r"|型|项)(?:都|需要?|要|来|各)?|"
            r"(?:每个|一[样种款])(?=\s?\d)|均(?:为|要)?(?=\s?\d)|分别(?:要)?(?=\s?\d)|都(?:是"
            r"|要)(?=\s?\d+\s?[个只件套])"
            r"|EACH(?![A-Z])|APIECE(?![A-Z])"
        ),
    ),
    (
        Kind.CANCEL,
        (
            r"(?:就|先|都|也)?(?:[写打发说]错了|不[要用]了|不需要了|取消了?(?!\s?[A-Z0-9])|删掉|划掉)"
            r"|(?:IS |ARE )?CANCEL+ED(?![A-Z])"
        ),
    ),
    (
        Kind.NOT,
        (
            r"(?:去掉|删除|取消)(?=\s?[A-Z0-9])|(?:REMOVE|DELETE|DROP|CANCEL)(?= )"
            r"|(?<!要)不要|(?<!是)不是(?=\s?[A-Z0-9])|不接受|不考虑|不需要|不用|不收|除了?|除开|非(?!常)|别(?:给|报|要|发"
            r"|拿)|谢绝|拒绝|(?:NO|NOT|EXCEPT|WITHOUT"
            r"|EXCLUDING|DO NOT|DON'T)(?![A-Z.])(?: WANT| ACCEPT| OFFER| QUOTE)?"
        ),
    ),
    (
        Kind.OR,
        (
            r"或者?是?|还是|要么|или|(?:LUB|ODER|OU|VEYA|OPPURE)(?![A-Z])"
            r"|亦可|替代|代替|OR(?![A-Z])|EQUIVALENT TO"
            r"|EQUIV\.?(?![A-Z])|ALT\.? |对应|相当于|等于"
            rf"|{OTHER_NUMBER}"
        ),
    ),
    (Kind.INSTEAD, r"(?:的?(?:改成|改为|改换成|换成|更正为|更改为|改)|→|=>)(?=\s?[A-Z0-9])"),
    (
        Kind.TO,
        (
            r"到(?=\s*[A-Z]{0,4}\d)|至(?=\s*[A-Z]{0,4}\d)|~|(?:TO|THRU"
            r"|THROUGH)(?=\s+[A-Z]{0,4}\d)"
            r"|-{1,2}>?(?=\s*(?:[A-Z]{0,3}\d{4}|[A-Z]{1,4}\d{3}(?![A-Z\d])))"
        ),
    ),
    (
        Kind.STOP,
        (
            r"[;。!?\n]+|(?<=[A-Z]{2})\.(?=\s)|另外|此外|外[加带]|额外|还要|还有|以及"
            r"|另(?=[要需带加配])|(?:ALSO|PLUS)(?![A-Z])"
        ),
    ),
    (Kind.COMMA, r"[,、/|\t+&]|和(?!谐|平)|跟|与|及|AND(?![A-Z])"),
)
_KEYWORD_FORMS = tuple((kind, re.compile(form)) for kind, form in _KEYWORDS)

_COUNT_AHEAD = re.compile(rf"\s*[*X]\s*\d|\s*[,:-]?\s*\d{{1,6}}\s*{UNIT}|\s*[也还再各]?要\s?\d")
_RUN = re.compile(r"[A-Z0-9][A-Z0-9.]*")
_LATIN_WORD = re.compile(r"[^\W\d_一-鿿]+(?:['.-][^\W\d_一-鿿]+)*")
_COLON = re.compile(r" ?的? ?:")  # 洛轴: and the like head what follows
_MASK_RUN = re.compile(rf"{MASK}+")
# Words that say the number before them is what is asked for.
MAX_TOKENS = 2_000
LOOK_BACK = 30  # tokens of a clause


_SIGNS = frozenset("*-.#+=>→≥")
# The first characters of all Chinese words in the patterns for sizes and quantities.
_OPENERS = frozenset(
    "半至最起不≥量零〇一二三四五六七八九两俩十百千万壹贰叁肆伍陆柒捌玖拾佰仟约大数需用订只要来定采买拿备内孔轴外厚宽高"
)


class Scanner:
    """Cuts one line into tokens; `text` is plain and masked."""

    def __init__(self, text: str, brands: BrandNames) -> None:
        self.text = text
        self.up = upper(text)
        self.brands = brands
        self.old_numbers = bool(re.search("[旧老](?:型?号|国标)", text))
        self.companies = company_spans(self.up)
        self.tokens: list[Token] = []
        self.steps: tuple[Callable[[int], Token | None], ...] = (
            self.masked, self.dimensions, self.brand, self.keyword, self.part_or_quantity,
            self.suffix, self.number, self.word,
        )  # fmt: skip
        self.plain_steps = (self.masked, self.brand, self.keyword, self.word)

    def scan(self) -> list[Token]:
        at = 0
        while at < len(self.text) and len(self.tokens) < MAX_TOKENS:
            equivalent = self._opens_equivalent(at)
            if equivalent:
                self.tokens.append(self.token(Kind.OR, at, equivalent))
                at = equivalent
                continue
            if self.text[at] in " ()[]{}<>\"'=:._*-#" and not self._starts_something(at):
                at += 1
                continue
            token = self._next_token(at)
            if token is None:
                at += 1
                continue
            self.tokens.append(token)
            at = max(token.end, at + 1)
        return self.tokens

    def _next_token(self, at: int) -> Token | None:
        steps = self.steps if _may_count(self.text[at]) else self.plain_steps
        for step in steps:
            token = step(at)
            if token:
                return token
        return None

    def token(self, kind: Kind, start: int, end: int) -> Token:
        return Token(kind, start, end, self.text[start:end])

    def masked(self, at: int) -> Token | None:
        run = _MASK_RUN.match(self.text, at)
        return self.token(Kind.MASKED, at, run.end()) if run else None

    def keyword(self, at: int) -> Token | None:
        if at and self.up[at].isalpha() and self.up[at].isascii() and self.up[at - 1].isalnum():
            return None
        for kind, form in _KEYWORD_FORMS:
            match = form.match(self.up, at)
            if match:
                return self.token(kind, at, match.end())
        return None

    def dimensions(self, at: int) -> Token | None:
        """d, D and B in millimetres, written as a product or with their names."""
        if at and self.up[at - 1].isascii() and self.up[at - 1].isalnum():
            return None
        found = find_sizes(self.up, at)
        if found is None:
            return None
        end, sizes = found
        return Token(Kind.DIMENSIONS, at, end, self.text[at:end], dimensions=sizes)

    def brand(self, at: int) -> Token | None:
        found = self.brands.find(self.up, at)
        if found is None or any(start <= at < end for start, end in self.companies):
            return None
        end, code = found
        colon = _COLON.match(self.up, end)
        end = colon.end() if colon else end
        return Token(Kind.BRAND, at, end, self.text[at:end], brand=code)

    def part_or_quantity(self, at: int) -> Token | None:
        """A number with a unit is a quantity, unless that leaves the line without its part."""
        quantity = find_quantity(self.up, at)
        if quantity and self.up[at] in "*X" and self._counts_next(at):
            return None
        if quantity and not self._is_part_before_unit(at, quantity):
            return Token(
                Kind.QUANTITY, at, quantity.end, self.text[at : quantity.end], quantity=quantity
            )
        times = times_before(self.up, at)
        number = families.SERIES_FORM.match(self.up, at)  # 6004X 6005X are two parts
        if times and not number and self._is_part_at(times.end):
            return Token(Kind.QUANTITY, at, times.end, self.text[at : times.end], quantity=times)
        part = self.continued(at) or find_part(self.text, self.up, at, any_number=self.old_numbers)
        if part is None or self._is_round_quantity(part) or self._is_plain_number(part):
            return None
        return Token(Kind.PART, at, part.end, self.text[at : part.end], part=part)

    def suffix(self, at: int) -> Token | None:
        run = re.compile(r"[A-Z0-9]+(?:[/-][A-Z0-9]+)?").match(self.up, at)
        if run is None or (at and self.up[at - 1].isascii() and self.up[at - 1].isalnum()):
            return None
        told = self.up[run.end() : run.end() + 1] == "型" and bool(suffixes.pieces(run.group()))
        if told and self._parts_in_clause():
            return self.token(Kind.SUFFIX, at, run.end())  # 7205 7206, B型的
        known = all(suffixes.is_orphan_suffix(piece) for piece in re.split("[/-]", run.group()))
        return self.token(Kind.SUFFIX, at, run.end()) if known else None

    def number(self, at: int) -> Token | None:
        if at and (
            (self.up[at - 1].isascii() and self.up[at - 1].isalnum()) or self.up[at - 1] in "./*"
        ):
            return None
        found = bare_quantity(self.up, at)
        if found is None:
            return None
        return Token(Kind.NUMBER, at, found.end, self.text[at : found.end], quantity=found)

    def word(self, at: int) -> Token | None:
        match = _LATIN_WORD.match(self.text, at)
        if match:
            return self.token(Kind.WORD, at, match.end())
        run = _RUN.match(self.up, at)
        end = run.end() if run else at + 1
        return self.token(Kind.WORD, at, end)

    def _starts_something(self, at: int) -> bool:
        """A sign of multiplication, a minus before a quantity, a range."""
        return self.text[at] in "*-." and bool(self.keyword(at) or find_quantity(self.up, at))

    def _opens_equivalent(self, at: int) -> int:
        """Where the number begins that only repeats the part before in brackets, or 0."""
        if self.text[at] != "(":
            return 0
        labelled = _BRACKETED_NUMBER.match(self.up, at)
        if labelled:
            return labelled.end()
        return at + 1 if self._is_equivalent(at) else 0

    def _is_equivalent(self, at: int) -> bool:
        """`180306 (6306-2RS)`: in brackets behind a part, and nothing else in them."""
        last = self.tokens[-1] if self.tokens else None
        if last is None or last.kind != Kind.PART or self.text[last.end : at].strip():
            return False
        part = find_part(self.text, self.up, at + 1)
        closed = part is not None and self.text[part.end : part.end + 1] == ")"
        return closed and part is not None and not families.ACCESSORY.match(part.base)

    def _parts_in_clause(self) -> bool:
        for token in self.tokens[: -LOOK_BACK - 1 : -1]:
            if token.kind == Kind.STOP:
                return False
            if token.kind in (Kind.PART, Kind.DIMENSIONS):
                return True
        return False

    def _is_part_before_unit(self, at: int, quantity: Quantity) -> bool:
        """`要6205 100个` and `6205 EA 10`: the first number is the part."""
        digits = re.compile(r"\D{0,6}(\d)").match(self.up, at)
        series = families.SERIES_FORM.match(self.up, digits.start(1)) if digits else None
        if series is None or self.up[at] in "*X" or series.end() > quantity.end:
            return False
        after = re.split("[;。,、]", self.up[quantity.end : quantity.end + 40])[0]
        another = re.search(r"(?<![A-Z\d])\d{1,5}(?![A-Z\d]|$)", after)
        labelled = not self.up[at].isdigit()
        if not labelled and self._parts_in_clause():
            return False
        taper = self.up[series.end() : quantity.end] == "K"  # 要1208K 6套: no 1 208 000
        if labelled and (series.end() == quantity.end or taper):
            return not self._parts_in_clause()
        return bool(re.match(r"\s*[:*]?\s*\d{1,5}(?!\d|[A-Z/-])", after)) and bool(
            another or after.strip()
        )

    def _counts_next(self, at: int) -> bool:
        """`10 x 7208 BEP`: the number before the sign is the quantity."""
        last = self.tokens[-1].kind if self.tokens else None
        start = re.compile(r"[*X]\s*").match(self.up, at)
        return bool(
            last in (Kind.NUMBER, Kind.QUANTITY)
            and start
            and families.SERIES_FORM.match(self.up, start.end())
        )

    def _is_part_at(self, at: int) -> bool:
        part = find_part(self.text, self.up, at)
        return part is not None and part.strength > families.Strength.WEAK

    def continued(self, at: int) -> Part | None:
        """`NU205、206` and `6204/05/06`: the last digits only, the rest as in the part before."""
        before = self.tokens[-2:]
        digits = re.compile(r"\d{2,3}(?![\d.])").match(self.up, at)
        if (
            digits is None
            or [t.kind for t in before] != [Kind.PART, Kind.COMMA]
            or not before[0].part
        ):
            return None
        first, sign = before[0].part, before[1].text.strip()
        kept = len(first.base) - len(digits.group())
        prefix, replaced = first.base[:kept], first.base[kept:]
        shorter = len(digits.group()) == 2 and sign in ("/", "、")
        letters = len(digits.group()) == 3 and prefix.isalpha()
        if (
            not (shorter or letters)
            or not replaced.isdigit()
            or int(replaced) >= int(digits.group())
        ):
            return None
        whole = prefix + self.up[at : at + 40]
        found = find_part(prefix + self.text[at : at + 40], whole, 0)
        if found is None or found.strength == families.Strength.WEAK:
            return None
        return replace(found, start=at, end=at + found.end - kept)

    def _is_plain_number(self, part: Part) -> bool:
        """Digits that fit no series are a part only where none stands before them."""
        if not part.designation.isdigit():
            return False
        if len(part.base) == 3 and not self.old_numbers:
            return not self._is_counted_or_branded(part)
        if part.strength != families.Strength.WEAK:
            return False
        return part.base.startswith("0") or self._parts_in_clause()

    def _is_counted_or_branded(self, part: Part) -> bool:
        """Three digits, 608 or 100, are a part only beside a brand or before a quantity."""
        last = self.tokens[-1].kind if self.tokens else None
        blank = re.compile(r"\s*").match(self.up, part.end)
        counted = _COUNT_AHEAD.match(self.up, part.end)
        if last == Kind.BRAND or (counted and not self._parts_in_clause()):
            return True
        return bool(blank and last != Kind.PART and self.brands.find(self.up, blank.end()))

    def _is_round_quantity(self, part: Part) -> bool:
        """`608ZZ 6000`: a round number after a part that has no quantity yet."""
        if part.strength != families.Strength.BARE or part.suffix or not part.base.endswith("00"):
            return False
        last = self.tokens[-1] if self.tokens else None
        before = last is not None and last.kind in (Kind.PART, Kind.BRAND, Kind.SUFFIX)
        if not before or not self._parts_in_clause():
            return False
        return not re.match(r"\s*[*X]?\s*\d|\s*(?:[,、/]|各)", self.up[part.end :])


def _may_count(character: str) -> bool:
    """Can a part, a size or a quantity start with it? Most Chinese characters only make words."""
    if character.isascii():
        return character.isalnum() or character in _SIGNS
    return character < "\u2e80" or character in _OPENERS
