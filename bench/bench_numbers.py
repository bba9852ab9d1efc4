"""Numbers under load: documents posted by 32 threads, 10 % rolled back, 5 % killed, on MariaDB.

    python bench/bench_numbers.py [DOCUMENTS]        (500)

Prints duplicates, gaps and documents a second. Needs DATABASE_URL=mysql://…; it runs
tests/test_numbers_under_load.py, on a database of the tests.
"""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    if not os.environ.get("DATABASE_URL", "").startswith("mysql"):
        print("DATABASE_URL=mysql://… is needed: SQLite has no row locks.", file=sys.stderr)
        return 2
    documents = sys.argv[1] if len(sys.argv) > 1 else "500"
    test = "tests/test_numbers_under_load.py"
    command = [sys.executable, "-m", "pytest", "-q", "-s", "-n0", test]
    environment = {**os.environ, "BENCH_DOCUMENTS": documents}
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode  # noqa: S603


if __name__ == "__main__":
    sys.exit(main())
