"""A scratch database beside that of DATABASE_URL, and the processor time a measurement took."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))


@contextmanager
def scratch_database() -> Iterator[None]:
    """Make an empty database, work on it and drop it."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "erp.settings")
    import django  # noqa: PLC0415

    django.setup()
    from django.db import connection  # noqa: PLC0415

    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        yield
    finally:
        connection.creation.destroy_test_db("", verbosity=0)


def server_seconds() -> float:
    """Processor time of the local MariaDB server so far; 0 without one."""
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            text = stat.read_text()
        except OSError:
            continue
        name, _sep, rest = text.partition("(")[2].rpartition(")")
        if name in {"mariadbd", "mysqld"}:
            fields = rest.split()
            return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return 0.0


class Clock:
    """Processor seconds of this process and of the database server, and wall seconds."""

    def __enter__(self) -> "Clock":
        self._wall, self._own = time.perf_counter(), time.process_time()
        self._server = server_seconds()
        return self

    def __exit__(self, *_error: object) -> None:
        self.wall = time.perf_counter() - self._wall
        self.own = time.process_time() - self._own
        self.server = server_seconds() - self._server

    @property
    def cpu(self) -> float:
        return self.own + self.server


def driver() -> str:
    from django.db import connection  # noqa: PLC0415

    if connection.vendor != "mysql":
        return connection.vendor
    connection.ensure_connection()
    return f"{connection.vendor}, {type(connection.connection).__module__}"
