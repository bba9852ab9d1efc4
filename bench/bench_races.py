"""What many at once may not break, per case of the release gate, with figures.

    python bench/bench_races.py [CASE …]        (all; C01 C08 … for some)

Runs the tests marked with a case: 20 rounds of 16 threads and more, 60 seconds of mixed load
(RACE_ROUNDS and RACE_SECONDS say otherwise), on a database of the tests beside that of
DATABASE_URL. Prints per case how its calls ended, p50/p95/p99 of a call in ms, what the services
ran again and why, and whether each lock was seen to be needed. On SQLite, which knows no row locks,
only the cases without threads run. Fails on any violation.
"""

import logging
import os
import re
import statistics
import sys
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

from scratch import ROOT

os.environ.setdefault("RACE_ROUNDS", "20")
os.environ.setdefault("RACE_SECONDS", "60")
# Nobody but our own refusals may end a call: these a user would see as a 5xx.
ERROR = re.compile(r"5\d\d$|[A-Z]")
WHY = {1020: "changed", 1205: "lock wait", 1213: "deadlock", 1062: "same key", 1452: "gone"}


@dataclass
class Case:
    tests: int = 0
    failed: list[str] = field(default_factory=list)
    skipped: int = 0
    unlocked: int = 0
    threads: list[int] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    ends: Counter[str] = field(default_factory=Counter)
    again: Counter[str] = field(default_factory=Counter)
    proofs: int = 0
    told: list[str] = field(default_factory=list)

    @property
    def errors(self) -> int:
        return sum(count for end, count in self.ends.items() if ERROR.match(end))


class Report(logging.Handler):
    """A pytest plugin: gathers what each test of a case did."""

    def __init__(self, wanted: set[str]) -> None:
        super().__init__()
        self.wanted = wanted
        self.cases: dict[str, Case] = defaultdict(Case)
        self._again: Counter[str] = Counter()
        logger = logging.getLogger("erp.core.service")
        logger.setLevel(logging.INFO)
        logger.addHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        """Count a transaction that is run again."""
        error: Any = record.args[1] if isinstance(record.args, tuple) else record
        code = error.args[0] if getattr(error, "args", None) else None
        self._again[WHY.get(code or 0, str(code))] += 1

    def pytest_collection_modifyitems(self, items: list[Any]) -> None:
        def is_wanted(item: Any) -> bool:
            mark = item.get_closest_marker("case")
            return mark is not None and (not self.wanted or mark.args[0] in self.wanted)

        items[:] = [item for item in items if is_wanted(item)]

    def pytest_runtest_setup(self) -> None:
        from tests import racing  # noqa: PLC0415 (settings are read before)

        racing.FIGURES.__init__()  # type: ignore[misc]  # begins anew
        self._again.clear()

    def pytest_runtest_makereport(self, item: Any, call: Any) -> None:
        from tests.racing import FIGURES  # noqa: PLC0415 (settings are read before)

        case = self.cases[item.get_closest_marker("case").args[0]]
        if call.excinfo is not None:
            if call.excinfo.typename == "Skipped":
                case.skipped += 1
            else:
                case.failed.append(item.nodeid)
        if call.when != "call":
            return
        case.tests += 1
        if item.name.startswith("test_without_"):
            case.unlocked += call.excinfo is None
            return
        case.threads += FIGURES.threads
        case.seconds += FIGURES.seconds
        case.ends.update(FIGURES.ends)
        case.again.update(self._again)
        case.proofs += FIGURES.proofs_of_books
        case.told += [f"{name}: {value}" for name, value in item.user_properties]


def quantiles(seconds: list[float]) -> str:
    if len(seconds) < 2:
        return ""
    cuts = statistics.quantiles(seconds, n=100)
    return " / ".join(f"{cuts[at - 1] * 1000:.0f}" for at in (50, 95, 99))


def show(name: str, case: Case) -> None:
    print(f"\n{name}: {case.tests} tests, {len(case.failed)} violations", end="")
    if case.skipped:
        print(f", {case.skipped} tests skipped: no row locks here", end="")
    if case.unlocked:
        print(f"; {case.unlocked} seen failing without their lock or order", end="")
    print()
    if case.threads:
        total = case.ends.total()
        ok = sum(count for end, count in case.ends.items() if end in {"ok", "201", "302"})
        refused = total - ok - case.errors
        print(f"  {len(case.threads)} rounds of {min(case.threads)}-{max(case.threads)} threads")
        print(f"  {total} calls: {ok} ok, {refused} refused, {case.errors} errors a user would see")
        print("  " + ", ".join(f"{end} {count}" for end, count in case.ends.most_common()))
        print(f"  p50 / p95 / p99 of a call: {quantiles(case.seconds)} ms")
        again = ", ".join(f"{why} {count}" for why, count in case.again.most_common())
        print(f"  run again by the service: {again or 'none'}")
    if case.proofs:
        print(f"  verify_books: {case.proofs} times, in order unless a violation is named")
    for line in case.told:
        print(f"  {line}")
    for nodeid in case.failed:
        print(f"  VIOLATION {nodeid}")


def main() -> int:
    import pytest  # noqa: PLC0415 (the rounds above are read by the tests)

    report = Report(set(sys.argv[1:]))
    options = ["-q", "-n0", "-m", "case", "-p", "no:randomly", "-p", "no:cacheprovider"]
    os.chdir(ROOT)
    status = pytest.main(options, plugins=[report])
    print(f"\n{os.environ['RACE_ROUNDS']} rounds, {os.environ['RACE_SECONDS']} s of mixed load")
    for name, case in sorted(report.cases.items()):
        show(name, case)
    wrong = sum(len(case.failed) + case.errors for case in report.cases.values())
    print(f"\n{wrong} violations in {len(report.cases)} cases")
    return 1 if wrong or status else 0


if __name__ == "__main__":
    sys.exit(main())
