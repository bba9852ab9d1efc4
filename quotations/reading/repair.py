"""Slips of scanners: O for 0, l for 1, and blanks inside numbers."""

import re

from .designation import find_part, whole_part
from .families import Strength
from .quantities import UNIT
from .text import upper

_CONFUSED = re.compile(r"[A-Za-z0-9|]*(?:[OoIl|](?=\d)|(?<=\d)[OoIl|])[A-Za-z0-9|]*")
_CONFUSED_CELLS = re.compile(_CONFUSED.pattern.replace("|]", "]"))
_ALL_CONFUSED = re.compile(r" ?[lI|][Oo]{1,3} ?")  # 10, 100
_SPACED_DIGITS = re.compile(
    rf"(?<![A-Za-z0-9.,*/-])[\dOol](?: [\dOol]){{1,5}}(?=\s*{UNIT})", re.IGNORECASE
)
_SPACED_NUMBER = re.compile(r"(?<![A-Za-z0-9.,*-])\d(?: \d){1,5}(?=\s*$|\s{2})")
_GAP = re.compile(r"( {2,}|\t)")
_CHUNK = re.compile(r"[A-Za-z0-9/.-]+")
_SIZE_SIGNS = ("*", "φ")
_COUNTED = re.compile(rf"\d{{2,5}}{UNIT}", re.IGNORECASE)  # a quantity that was not torn apart
MAX_FRAGMENTS = 10


def repair(line: str) -> str:
    """The line with the slips mended that make a part number or a quantity unreadable."""
    if _ALL_CONFUSED.fullmatch(line):
        return _digits(line)
    if not re.search(r"\d", line):
        return line
    confused = _CONFUSED_CELLS if line.count("|") > 1 else _CONFUSED  # a|b|c are cells
    line = confused.sub(_mended, line)
    line = re.sub(r"(?<=RS)[lI](?![A-Za-z0-9])", "1", line)
    line = _SPACED_DIGITS.sub(lambda m: _digits(m.group().replace(" ", "")), line)
    cells = _GAP.split(line)
    if len(cells) > 1:
        line = "".join(cell if _GAP.fullmatch(cell) else _joined_cell(cell) for cell in cells)
    return _joined_fragments(line)


def _digits(text: str) -> str:
    text = re.sub("[Oo]", "0", text)
    return re.sub("[lI|]", "1", text)


def _mended(match: re.Match[str]) -> str:
    """Only what is no part number as it stands is touched: SI10 and OH3124 keep their letters."""
    run = match.group()
    if whole_part(run, upper(run)):
        return run
    mended = run
    for _ in range(3):
        mended = re.sub(r"(?<=\d)[Oo]|[Oo](?=\d)", "0", mended)
        mended = re.sub(r"(?<=\d)[lI|]|[lI|](?=\d)", "1", mended)
    better = find_part(mended, upper(mended), 0)
    return mended if mended.isdigit() or (better and better.strength > Strength.WEAK) else run


def _joined_cell(cell: str) -> str:
    """`NU 22 08 EC P` -> `NU2208ECP`, when only the joined text is a part number or a number."""
    if re.fullmatch(r" ?\d(?: \d){1,5} ?", cell):
        return cell.replace(" ", "")
    if _ALL_CONFUSED.fullmatch(cell):
        return _digits(cell)
    if not 2 <= len(cell.split()) <= MAX_FRAGMENTS or whole_part(cell, upper(cell)):
        return cell
    return _joined(cell) or cell


def _joined(cell: str) -> str | None:
    first = find_part(cell.strip(), upper(cell.strip()), 0)
    if first and first.strength > Strength.WEAK:
        return None
    joined = _CONFUSED.sub(_mended, cell.replace(" ", ""))
    return joined if whole_part(joined, upper(joined)) else None


def _joined_fragments(line: str) -> str:
    """The same for text with single blanks, only where no part number is found otherwise."""
    chunks = list(_CHUNK.finditer(line))
    if not 2 <= len(chunks) <= 40 or _has_part(line, chunks):
        return line
    for size in range(min(MAX_FRAGMENTS, len(chunks)), 1, -1):
        for first in range(len(chunks) - size + 1):
            start, end = chunks[first].start(), chunks[first + size - 1].end()
            piece = line[start:end]
            if len(piece) > 24 or re.search(r"[^A-Za-z0-9/. -]|  ", piece):
                continue
            last = chunks[first + size - 1].start()
            if line[start - 1 : start] in _SIZE_SIGNS or _COUNTED.match(line, last):
                continue  # 47*12 10套: a width and a quantity
            joined = _joined(piece)
            if joined and len(chunks[first].group()) <= 3:
                return line[:start] + joined + line[end:]
    return line


def _has_part(line: str, chunks: list[re.Match[str]]) -> bool:
    up = upper(line)
    found = (find_part(line, up, chunk.start()) for chunk in chunks)
    return any(part is not None and part.strength > Strength.WEAK for part in found)
