"""Milliseconds and memory it takes to refuse a hostile file (CASES.md FI07): budget 100 ms, 50 MB.

python bench/bench_uploads.py
"""

import os
import resource
import statistics
import sys
import time
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import django

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "erp.settings")
django.setup()

from erp.core.tests import files  # noqa: E402 (needs the settings)
from erp.core.uploads import UnreadableFile, checked_file, text_of_file  # noqa: E402

ROUNDS = 5


def _entries(count: int) -> bytes:
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for number in range(count):
            archive.writestr(str(number), b"")
    return stream.getvalue()


def _rows(count: int, *, honest: bool = True) -> bytes:
    row = b'<row r="%d"><c r="A%d"><v>1</v></c><c r="B%d"><v>2</v></c><c r="C%d"><v>3</v></c></row>'
    sheet = files.sheet(b"".join(row % (n, n, n, n) for n in range(1, count + 1)))
    said = b'<dimension ref="A1:C%d"/><sheetData>' % count
    return sheet.replace(b"<sheetData>", said, 1) if honest else sheet


def hostile() -> dict[str, tuple[str, bytes]]:
    """Return every file by what it tries."""
    far = b'<row><c r="A1"><v>1</v></c><c r="XFD1048576"><v>1</v></c></row>'
    spaces = files.workbook_with(sheet=files.sheet(b" " * 200_000_000))
    lying = files.declaring(
        files.workbook_with(sheet=files.sheet(b" " * 90_000_000)), "xl/worksheets/sheet1.xml", 900
    )
    return {
        "xlsx of 200 MB": ("a.xlsx", spaces),
        "xlsx whose directory lies": ("a.xlsx", lying),
        "xlsx of 1,000,000 rows": ("a.xlsx", files.workbook_with(sheet=_rows(1_000_000))),
        "xlsx of 700,000 rows": ("a.xlsx", files.workbook_with(sheet=_rows(700_000))),
        "xlsx of 700,000 rows untold": (
            "a.xlsx",
            files.workbook_with(sheet=_rows(700_000, honest=False)),
        ),
        "xlsx with two cells far apart": ("a.xlsx", files.workbook_with(sheet=files.sheet(far))),
        "zip of 100,000 entries": ("a.xlsx", _entries(100_000)),
        "xls with two cells far apart": ("a.xls", files.old_workbook([(0, 0), (65_535, 255)])),
        "png of 30,000 x 30,000": ("a.png", files.png_claiming(30_000, 30_000)),
    }


def measured(read: Callable[[str, bytes], object], name: str, content: bytes) -> tuple[float, str]:
    started = time.perf_counter()
    try:
        read(name, content)
    except UnreadableFile as error:
        return (time.perf_counter() - started) * 1000, error.code
    sys.exit(f"{name} was not refused.")


def main() -> None:
    made = hostile()
    for tries, (name, content) in made.items():
        read = checked_file if name.endswith(".png") else text_of_file
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        results = [measured(read, name, content) for _round in range(ROUNDS)]
        grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
        took = statistics.median(time for time, _code in results)
        print(f"{tries}: {took:.1f} ms, peak +{grown:.0f} MB, {results[0][1]}")


if __name__ == "__main__":
    main()
