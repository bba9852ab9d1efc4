"""Build products/data/boundary_dimensions.csv from catalogue data of several sources.

    python deploy/scripts/build_boundary_dimensions.py FOLDER

FOLDER holds the tables named in NOTICE. Every row whose bore agrees with its bore code is a vote
for the outside diameter and width of its ISO dimension series. A size is taken when the sources
agree (or two thirds of at least two votes do); a lone vote of the collection of all numbers only
when it lies between its neighbours. What does not grow with the bore is left out.
"""

import csv
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from pathlib import Path

from django.conf import settings

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

from products.designation import old_meaning, parse  # noqa: E402
from products.designation.tables import DATA, series  # noqa: E402

COLLECTION = "bearing_dimensions_all_numbers.csv"
SOURCES = {
    "bearing_dimensions_iso.csv": ("designation", "d_mm", "D_mm", "B_mm"),
    COLLECTION: ("number", "d_mm", "D_mm", "B_mm"),
    "bearing_ratings_common.csv": ("designation", "d_mm", "D_mm", "B_or_H_mm"),
    "skf_super_precision.csv": ("designation", "d_mm", "D_mm", "B_mm"),
    "skf_snfa_catalogue_zh.csv": ("model", "d_mm", "D_mm", "width_mm"),
}
Key = tuple[str, Decimal]  # dimension series, bore
Size = tuple[Decimal, Decimal]  # outside diameter, width


def rows(folder: Path) -> Iterator[tuple[str, str, Decimal, Size]]:
    for name, columns in SOURCES.items():
        with (folder / name).open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                text, *sizes = (row[column].strip() for column in columns)
                try:
                    bore, outside, width = (Decimal(size) for size in sizes)
                except InvalidOperation:
                    continue
                if "+" not in text and bore < outside and width < outside:
                    yield name, text, bore, (outside, width)


def key_of(text: str, bore: Decimal) -> tuple[Key, str] | None:
    """Return the dimension series and bore a designation stands for, and its number."""
    said = parse(text)
    if said is None or said.bore_mm != bore or (bore < 10 and said.values("seal")):
        return None
    of = {(s.family, s.code): s for s in series() if s.dimensions and s.widths}
    known = of.get((said.family, said.series))
    return ((known.dimensions, bore), said.base) if known else None


def votes(folder: Path) -> dict[Key, Counter[tuple[str, Size]]]:
    """Return how often each size was seen; old numbers only decide between sizes seen."""
    seen: dict[Key, Counter[tuple[str, Size]]] = defaultdict(Counter)
    counted: set[tuple[str, str, Size]] = set()
    old: list[tuple[Key, Size]] = []
    for name, text, bore, size in rows(folder):
        form = old_meaning(text) if name == COLLECTION else None
        written = f"{form.prefix}{form.number}" if form else text
        found = key_of(written, bore)
        if found is None:
            continue
        if form:
            old.append((found[0], size))
        elif (name, found[1], size) not in counted:
            counted.add((name, found[1], size))
            seen[found[0]][name, size] += 1
    for key, size in old:
        if key not in seen or any(size == other for _name, other in seen[key]):
            seen[key][COLLECTION, size] += 1
    return seen


def decided(seen: dict[Key, Counter[tuple[str, Size]]]) -> dict[Key, Size]:
    sure: dict[Key, Size] = {}
    lone: dict[Key, Size] = {}
    for key, counts in seen.items():
        by_size: Counter[Size] = Counter()
        for (_name, size), n in counts.items():
            by_size[size] += n
        (size, n), total = by_size.most_common(1)[0], by_size.total()
        others = {name for name, voted in counts if voted == size} - {COLLECTION}
        if (n == total and (n >= 2 or others)) or (n >= 2 and n * 3 >= total * 2):
            sure[key] = size
        elif n == total:
            lone[key] = size
    between = {key: size for key, size in lone.items() if fits(key, size, {**sure, **lone})}
    return {**sure, **between}


def fits(key: Key, size: Size, known: dict[Key, Size]) -> bool:
    """Return whether a size lies between those of the next smaller and the next larger bore."""
    bores = sorted(bore for name, bore in known if name == key[0])
    at = bores.index(key[1])
    below = [known[key[0], bore] for bore in bores[max(0, at - 1) : at]]
    above = [known[key[0], bore] for bore in bores[at + 1 : at + 2]]
    return (
        bool(below or above)
        and all(grows(small, size) for small in below)
        and all(grows(size, large) for large in above)
    )


def grows(small: Size, large: Size) -> bool:
    return small[0] < large[0] and small[1] <= large[1]


def main() -> None:
    settings.configure(USE_I18N=False)
    table = decided(votes(Path(sys.argv[1])))
    while falling := [
        small
        for small, large in pairwise(sorted(table))
        if small[0] == large[0] and not grows(table[small], table[large])
    ]:
        for key in falling:
            del table[key]
    with (DATA / "boundary_dimensions.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["dimensions", "d_mm", "D_mm", "B_mm"])
        for (name, bore), size in sorted(table.items()):
            writer.writerow([name, *(f"{mm.normalize():f}" for mm in (bore, *size))])


if __name__ == "__main__":
    main()
