"""Find a part number at a place of a line: its basic number, then the suffixes it carries."""

import re
from dataclasses import dataclass, replace

from . import families, suffixes
from .families import Strength

MAX_TAIL = 8  # suffix groups; real designations have at most six

_RUN = re.compile(r"[A-Z0-9]+")
_TAIL_SEPARATOR = re.compile(r" ?[-/.+] ?(?=[A-Z0-9])|-/")
_UNIT_AHEAD = re.compile(
    r"\s?(?:个|只|件|套|对|副|盒|箱|颗|粒|支|组|根|台|片|桶|罐|瓶|条|PCS?\b|PCE|PIECES?\b"
    r"|SETS?\b|EA\b|NOS\b"
    r"|PAIRS?\b|ШТ)"
)
_QUANTITY_AHEAD = re.compile(
    r" ?-+ ?\d+(?:,\d{3})*(?:(?:PCS?|PCE|SETS?|EA|NOS)(?![A-Z0-9])|(?![A-Z0-9/.-]))"
)
_MEASURE = re.compile(r"\d+(?:\.\d+)?(?:MM|RPM|MPA|KGS?|KW)(?![A-Z0-9])")
_INSERT_BEFORE = re.compile(r"(?:UC|SB|UK|SA|HC|UCF|UCP)[A-Z]{0,4}[ -]?2(\d\d)$")
_INCH_CODE = re.compile(r"-(\d{1,2})(?!\d)(?!\s?[个只件套PSEN])[^\d,;]{1,16}\d{1,6}(?!\d)")
_INCH_CODE_LAST = re.compile(r"-(\d{1,2})(?![\dA-Z])")
_COUNTED_BEFORE = re.compile(r"(?:^|[ (])\d{1,5}(?:\)|\s?(?:[*X]|PCS?|EA|NOS?|个|只|套)\.?)? ")
_TIMES_GLUED = re.compile(r"X\d{1,6}$")
_PAREN_SUFFIX = re.compile(r" ?\( ?([A-Z0-9/]{2,10}) ?\)")
_SURE_SUFFIX = re.compile(r"[ /-](?:W33|C[2-5]|P[456])(?![A-Z0-9])")
_NO_TIMES = re.compile(r" {0,3}(?:$|[\t,;:()。-])")
_LOWER_WORD = re.compile(
    r"(?:as|si|sa|he|ha|hs|st|se|bs|ge|ex|ra|is|in|up|sn|sd|sf|e|a|t|s|w|f|n|h|m) $"
)


@dataclass(frozen=True, slots=True)
class Part:
    """A part number found in a line: `text[start:end]`, its basic number and what follows it."""

    start: int
    end: int
    base: str
    suffix: str  # as written, with its leading separator
    strength: Strength

    @property
    def designation(self) -> str:
        return tidy(self.base + self.suffix)

    @property
    def brand(self) -> str | None:
        """The brand, when only one maker has this designation."""
        return next((b for form, b in families.MAKERS_OWN if form.match(self.base)), None)

    def with_suffix(self, suffix: str) -> "Part":
        """The same part with one more suffix, joined as a reader expects it."""
        glue = "-" if suffix[:1].isdigit() and not self.suffix else "/" if self.suffix else ""
        glue = " " if suffix in ("DB", "DF", "DT") else glue
        if self.suffix.strip("-/ .") == "" and re.match(r"[CP]\d", suffix):
            glue = "/"
        return replace(self, suffix=self.suffix + glue + suffix)


def tidy(designation: str) -> str:
    return re.sub(r"\s+", " ", designation).strip(" -/.,_+")


def find_part(text: str, up: str, at: int, *, any_number: bool = False) -> Part | None:
    """The part number that starts at `at`, or None.

    `up` is `text` in capitals. `any_number` takes old three-digit numbers and unknown forms too,
    for places (a model column) where nothing but a part number can stand.
    """
    if (at and up[at - 1].isascii() and up[at - 1].isalnum()) or _MEASURE.match(up, at):
        return None
    found = _base(text, up, at, any_number=any_number)
    if found is None:
        return None
    end, strength = found
    tail_end = _tail_end(text, up, end)
    if tail_end < 0:
        return None
    suffix = up[end:tail_end]
    if strength == Strength.BARE and suffix.strip(" -/."):
        strength = Strength.SURE
    return Part(at, tail_end, up[at:end], suffix, strength)


def whole_part(text: str, up: str) -> Part | None:
    """The part that fills the text from end to end, made of known pieces only."""
    part = find_part(text, up, 0)
    if part is None or part.end != len(up) or part.strength == Strength.WEAK:
        return None
    runs = _RUN.findall(part.suffix)
    return part if all(suffixes.pieces(run) is not None for run in runs) else None


def inch_insert(up: str) -> Part | None:
    """`UCP204-12`, where the text is nothing else: 12/16 inch, and the quantity stands apart."""
    head, _hyphen, code = up.rpartition("-")
    insert = _INSERT_BEFORE.search(head)
    if insert is None or not code.isdigit() or len(code) > 2:
        return None
    part = find_part(head, head, 0)
    fits = part is not None and part.end == len(head) and _is_near(code, insert[1])
    return replace(part, end=len(up), suffix=f"{part.suffix}-{code}") if part and fits else None


def _is_near(sixteenths: str, bore_code: str) -> bool:
    return abs(int(sixteenths) * 25.4 / 16 - int(bore_code) * 5) <= 5


def _base(text: str, up: str, at: int, *, any_number: bool) -> tuple[int, Strength] | None:
    sure = families.SURE_FORM.match(up, at)
    if sure and not _LOWER_WORD.search(text[at : sure.end()].rstrip("0123456789")):
        return sure.end(), Strength.SURE
    bare = families.BARE_FORM.match(up, at)
    series = families.SERIES_FORM.match(up, at)
    if bare and (series is None or bare.end() > series.end()) and not _two_numbers(bare):
        return bare.end(), Strength.BARE
    if series:
        return series.end(), Strength.BARE
    small = None if _is_other_thing(up, at) else families.MINIATURE.match(up, at)
    if small and (any_number or _has_suffix(text, up, small.end())):
        return small.end(), Strength.SURE
    if small:
        return small.end(), Strength.BARE
    return _weak_base(up, at, any_number=any_number)


def _two_numbers(match: re.Match[str]) -> bool:
    """6205/6206 are two parts, 25580/25520 is cone and cup."""
    first, _, second = match.group().partition("/")
    return bool(
        families.SERIES_FORM.match(first)
        and (families.SERIES_FORM.match(second) or len(second) <= 3)
    )


def _has_suffix(text: str, up: str, at: int) -> bool:
    run = re.compile(r"[-/ ]?([A-Z0-9]+)").match(up, at)
    return bool(run and suffixes.is_spaced_suffix(run[1], text[run.start(1) : run.end(1)]))


def _weak_base(up: str, at: int, *, any_number: bool) -> tuple[int, Strength] | None:
    short = families.OLD_SHORT.match(up, at) if any_number else None
    match = families.WEAK_FORM.match(up, at) or short
    if match is None:
        return None
    return None if _is_other_thing(up, at) else (match.end(), Strength.WEAK)


def _is_other_thing(up: str, at: int) -> bool:
    """690V, M8x30, DN50: well known, and no part number."""
    word = re.compile(r"[A-Z0-9*/-]+").match(up, at)
    return bool(word and families.NO_PART.fullmatch(word.group()))


def _tail_end(text: str, up: str, at: int) -> int:
    """Where the suffixes end; -1 when what is glued on shows that this is no part number."""
    glued = _RUN.match(up, at)
    if glued:
        at, more = _take_run(up, glued.start(), glued.end())
        if at < 0 or not more:
            return at
    for _ in range(MAX_TAIL):
        reached = (
            _inch_bore(up, at)
            or _separated(text, up, at)
            or _spaced(text, up, at)
            or _in_brackets(up, at)
        )
        if not reached:
            break
        at = reached
    return at


def _take_run(up: str, start: int, end: int) -> tuple[int, bool]:
    """End of the suffix in one glued run, and whether the tail may go on after it."""
    run = up[start:end]
    times = _TIMES_GLUED.search(run)
    if times and not (times.start() == 0 and suffixes.pieces(run)):
        return start + times.start(), False
    if _UNIT_AHEAD.match(up, end):
        cut = suffixes.split_quantity(run)
        if cut < len(run):
            return start + cut, False
    return (end, True) if suffixes.is_glued_suffix(run) else (-1, False)


def _separated(text: str, up: str, at: int) -> int | None:
    """A suffix after a hyphen, slash or dot: `-2RS1`, `/C3`, `.TVP`."""
    separator = _TAIL_SEPARATOR.match(up, at)
    if separator is None or _QUANTITY_AHEAD.match(up, at):
        return None
    run = _RUN.match(up, separator.end())
    if run is None:
        return None
    if run.group().isdigit() or families.SERIES_FORM.match(up, run.start()):
        return None  # a quantity or the next number
    written = text[run.start() : run.end()]
    if " " in separator.group() and not suffixes.is_spaced_suffix(run.group(), written):
        return None
    if suffixes.pieces(run.group()) is None and families.SURE_FORM.match(up, run.start()):
        return None
    end, _more = _take_run(up, run.start(), run.end())
    return end if end > run.start() else None


def _inch_bore(up: str, at: int) -> int | None:
    """`UCP 206-20`: 20/16 inch, near the 30 mm of 06, and the quantity is still to come."""
    clause = max(up.rfind(",", 0, at), up.rfind(";", 0, at), up.rfind("\t", 0, at)) + 1
    counted = _COUNTED_BEFORE.search(up, clause, at)
    code = (_INCH_CODE_LAST if counted else _INCH_CODE).match(up, at)
    insert = _INSERT_BEFORE.search(up[max(0, at - 12) : at]) if code else None
    if code is None or insert is None:
        return None
    return code.end(1) if _is_near(code[1], insert[1]) else None


def _spaced(text: str, up: str, at: int) -> int | None:
    """A suffix after a blank: ` C3`, ` EK`, ` 2RS1`."""
    blank = re.compile(r" {1,2}(?=[A-Z0-9])").match(up, at)
    run = _RUN.match(up, blank.end()) if blank else None
    if run is None:
        return None
    written = text[run.start() : run.end()]
    if _UNIT_AHEAD.match(up, run.end()) and run.group().isdigit():
        return None
    if len(written) == 1 and re.match("/[A-Z]", up[run.end() : run.end() + 2]):
        return run.end()  # 32008 X/Q
    if _leads_suffix(up, written, run.end()):
        return run.end()
    if not suffixes.is_spaced_suffix(run.group(), written):
        return _spaced_with_quantity(up, run)
    return run.end()


def _leads_suffix(up: str, written: str, end: int) -> bool:
    """`22216 CA W33`: what could be a word is none where a suffix beyond doubt follows.

    Nor is the X of `32008 X` a sign of multiplication where no number follows it.
    """
    if written == "X":
        return bool(_NO_TIMES.match(up, end))
    known = len(written) > 1 and written.isupper() and suffixes.pieces(written) is not None
    return known and bool(_SURE_SUFFIX.match(up, end))


def _spaced_with_quantity(up: str, run: re.Match[str]) -> int | None:
    """` ZZ100个` and ` C3X10`: a suffix after a blank with its quantity glued on."""
    cut = suffixes.split_quantity(run.group()) if _UNIT_AHEAD.match(up, run.end()) else 0
    times = _TIMES_GLUED.search(run.group())
    cut = times.start() if times else cut
    head = run.group()[:cut]
    known = 1 < cut < len(run.group()) and suffixes.is_spaced_suffix(head, head)
    return run.start() + cut if known else None


def _in_brackets(up: str, at: int) -> int | None:
    """`6205(C3)` means 6205/C3; other words in brackets are remarks."""
    match = _PAREN_SUFFIX.match(up, at)
    if match and all(suffixes.is_orphan_suffix(run) for run in match[1].split("/") if run):
        return match.end()
    return None
