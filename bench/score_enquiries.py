"""Score the enquiry reader on files of enquiries with expected lines.

    python bench/score_enquiries.py FILE.jsonl... [--brands CSV] [--verbose] [--json]

Parts are compared by key: NFKC, capitals, only A-Z and 0-9; an expected line without a number
matches a line with its dimensions. Quantity, brand and unit are judged over the matched lines.
"""

import argparse
import csv
import json
import sys
from collections import Counter
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from quotations.reading import BrandNames, Reading, ReadLine, read_enquiry  # noqa: E402
from quotations.reading.text import part_key  # noqa: E402

DEFAULT_BRANDS = ROOT / "erp" / "demo_data" / "brands.csv"
UNITS = {
    "pcs": "piece",
    "can": "piece",
    "piece": "piece",
    "set": "set",
    "pair": "pair",
    "box": "box",
}


@dataclass
class Score:
    """Counts over all enquiries; the shares are between 0 and 1."""

    expected: int = 0
    read: int = 0
    matched: int = 0
    quantity: int = 0
    brand: int = 0
    unit: int = 0
    violations: int = 0
    problems: list[str] = field(default_factory=list)

    def shares(self) -> dict[str, float | int]:
        def share(part: int, whole: int) -> float:
            return round(part / whole, 4) if whole else 1.0

        return {
            "expected": self.expected, "read": self.read,
            "recall": share(self.matched, self.expected),
            "precision": share(self.matched, self.read),
            "quantity": share(self.quantity, self.matched),
            "brand": share(self.brand, self.matched),
            "unit": share(self.unit, self.matched),
            "must_not_match": self.violations,
        }  # fmt: skip


def load_brands(path: Path) -> BrandNames:
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    return BrandNames.from_rows(
        (row["code"], [row["name_en"], row["name_zh"], *row["aliases"].split("|")]) for row in rows
    )


def fits(line: ReadLine, wanted: dict[str, Any]) -> bool:
    if wanted.get("part_key"):
        return part_key(line.designation) == str(wanted["part_key"])
    sizes = wanted.get("dims")
    if line.dimensions is None or not sizes:
        return False
    return tuple(Decimal(str(size)) for size in sizes) == line.dimensions


def score_one(enquiry: dict[str, Any], reading: Reading, score: Score) -> None:
    left = list(reading.lines)
    score.expected += len(enquiry["expected"])
    score.read += len(left)
    for wanted in enquiry["expected"]:
        line = next((candidate for candidate in left if fits(candidate, wanted)), None)
        if line is None:
            score.problems.append(
                f"{enquiry['id']} missing {wanted.get('part_number') or wanted.get('dims')}"
            )
            continue
        left.remove(line)
        score.matched += 1
        judge(enquiry["id"], line, wanted, score)
    score.problems += [
        f"{enquiry['id']} extra {line.designation or line.dimensions}" for line in left
    ]
    for text in violations(enquiry, reading):
        score.violations += 1
        score.problems.append(f"{enquiry['id']} MUST NOT MATCH {text}")


def judge(name: str, line: ReadLine, wanted: dict[str, Any], score: Score) -> None:
    asked = wanted.get("quantity")
    unit = UNITS.get(wanted.get("unit") or "")
    brands = {wanted.get("brand"), *(wanted.get("alt_brands") or [])}
    checks = {
        "quantity": line.quantity == (None if asked is None else Decimal(str(asked))),
        "brand": line.brand in brands,
        "unit": line.unit == unit,
    }
    score.quantity += checks["quantity"]
    score.brand += checks["brand"]
    score.unit += checks["unit"]
    for what, right in checks.items():
        if not right:
            score.problems.append(
                f"{name} {line.designation or line.dimensions}: {what} read"
                f" {getattr(line, what)}, wanted {wanted.get(what)}"
            )


def violations(enquiry: dict[str, Any], reading: Reading) -> list[str]:
    """Texts that must not become a line, yet are one's part number."""
    wanted = Counter(line.get("part_key") for line in enquiry["expected"])
    surplus = Counter(part_key(line.designation) for line in reading.lines) - wanted
    return [
        text
        for text in enquiry.get("must_not_match", [])
        if part_key(text) and surplus[part_key(text)]
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--brands", type=Path, default=DEFAULT_BRANDS)
    parser.add_argument("--verbose", action="store_true", help="print every difference")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    if not options.brands.is_file():
        sys.stderr.write(f"No brand list at {options.brands}; name one with --brands.\n")
        return 2
    brands = load_brands(options.brands)
    score = Score()
    for path in options.files:
        for row in path.read_text(encoding="utf-8").splitlines():
            if row.strip():
                enquiry = json.loads(row)
                score_one(enquiry, read_enquiry(enquiry["text"], brands), score)
    report(score, verbose=options.verbose, as_json=options.json)
    return 0


def report(score: Score, *, verbose: bool, as_json: bool) -> None:
    if as_json:
        problems = asdict(score)["problems"] if verbose else []
        sys.stdout.write(
            json.dumps(score.shares() | ({"problems": problems} if verbose else {})) + "\n"
        )
        return
    for problem in score.problems if verbose else []:
        sys.stdout.write(problem + "\n")
    sys.stdout.write("  ".join(f"{name} {value}" for name, value in score.shares().items()) + "\n")


if __name__ == "__main__":
    sys.exit(main())
