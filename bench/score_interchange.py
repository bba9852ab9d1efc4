"""Score the grading of interchanges against groups of parts known to be equivalent.

    python bench/score_interchange.py [GROUPS.csv] [--misses N]

The file has the columns equivalence_group, brand, designation. Every pair is compared both ways:
within a group ``identical`` is right, across groups it is wrong. Without a file the sample of the
tests is scored. Exits 1 when a pair is called identical that is not.
"""

import argparse
import csv
import itertools
import sys
from collections import Counter
from pathlib import Path

from django.conf import settings

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from products.designation import Grade, compare  # noqa: E402

SAMPLE = ROOT / "products" / "tests" / "data" / "interchange_sample.csv"
Row = dict[str, str]


def score(rows: list[Row], misses: int) -> int:
    counts: Counter[tuple[bool, str]] = Counter()
    wrong: list[str] = []
    missed: list[str] = []
    for a, b in itertools.permutations(rows, 2):
        same = a["equivalence_group"] == b["equivalence_group"]
        found = compare(a["designation"], a["brand"], b["designation"], b["brand"])
        counts[same, found.grade or "no replacement"] += 1
        if same != (found.grade == Grade.IDENTICAL):
            names = f"{a['brand']} {a['designation']} | {b['brand']} {b['designation']}"
            why = "; ".join(map(str, found.differences))
            (missed if same else wrong).append(f"{found.grade}: {names} ({why})")
    right, false = counts[True, Grade.IDENTICAL], counts[False, Grade.IDENTICAL]
    expected = sum(n for (same, _grade), n in counts.items() if same)
    print(f"{len(rows)} parts, {sum(counts.values())} pairs")
    print(f"precision of identical {right}/{right + false} = {right / max(right + false, 1):.4f}")
    print(f"recall of identical    {right}/{expected} = {right / max(expected, 1):.4f}")
    for (same, grade), n in sorted(counts.items()):
        print(f"  {'same' if same else 'other'} group, {grade}: {n}")
    for title, lines in (("called identical and is not", wrong), ("missed", missed)):
        print(f"{title}: {len(lines)}", *lines[:misses], sep="\n  ")
    return len(wrong)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("groups", nargs="?", type=Path, default=SAMPLE)
    parser.add_argument("--misses", type=int, default=20)
    options = parser.parse_args()
    settings.configure(USE_I18N=False)
    with options.groups.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    sys.exit(1 if score(rows, options.misses) else 0)


if __name__ == "__main__":
    main()
