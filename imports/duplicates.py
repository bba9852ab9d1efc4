"""Which rows of one file are about the same; kept on disk, so that memory does not grow.

A private temporary SQLite database: it spills to a file that vanishes with the process.
"""

import hashlib
import sqlite3
from collections.abc import Sequence
from typing import Any

from imports.kinds import UNCHANGED, Row

_AT_ONCE = 500
_DIGEST = 8  # bytes; two of a million rows share one by chance once in thirty million files

_Seen = tuple[int, bytes, bytes, bytes]


class Duplicates:
    """Remembers the accepted rows of a file by key."""

    def __init__(self) -> None:
        self._base = sqlite3.connect("", isolation_level=None)
        self._base.execute("PRAGMA journal_mode=OFF")
        self._base.execute("PRAGMA synchronous=OFF")
        self._base.execute(
            "CREATE TABLE seen (key TEXT PRIMARY KEY, row INT, spelling BLOB, says BLOB,"
            " being BLOB) WITHOUT ROWID"
        )

    def close(self) -> None:
        self._base.close()

    def mark(self, rows: Sequence[Row]) -> list[Row]:
        """Say of each row that repeats an earlier one so; return the rows that do not."""
        seen = self._known([row.key for row in rows])
        fresh: list[Row] = []
        for row in rows:
            earlier = seen.get(row.key)
            if earlier is None:
                seen[row.key] = (row.number, *_digests(row))
                fresh.append(row)
            else:
                _tell(row, *earlier)
        self._base.execute("BEGIN")
        self._base.executemany(
            "INSERT INTO seen VALUES (?, ?, ?, ?, ?)", ((row.key, *seen[row.key]) for row in fresh)
        )
        self._base.execute("COMMIT")
        return fresh

    def _known(self, keys: Sequence[str]) -> dict[str, _Seen]:
        known: dict[str, _Seen] = {}
        for first in range(0, len(keys), _AT_ONCE):
            some = keys[first : first + _AT_ONCE]
            marks = ",".join("?" * len(some))
            query = f"SELECT * FROM seen WHERE key IN ({marks})"  # noqa: S608 -- question marks
            known.update((key, tuple(rest)) for key, *rest in self._base.execute(query, some))
        return known


def _digests(row: Row) -> tuple[bytes, bytes, bytes]:
    says = row.says if row.says is not None else sorted(row.values.items())
    return _digest(row.spelling or row.key), _digest(says), _digest(row.being or row.key)


def _tell(row: Row, number: int, spelling: bytes, says: bytes, being: bytes) -> None:
    mine = _digests(row)
    shown = row.spelling or row.key
    if mine[2] != being:
        row.note("", "same_record", shown, number)
        row.state = UNCHANGED
    elif mine[1] != says:
        row.refuse("", "duplicate_conflict", shown, number)
    elif mine[0] != spelling:
        row.note("", "duplicate_variant", shown, number)
    else:
        row.note("", "duplicate_exact", shown, number)


def _digest(value: Any) -> bytes:
    return hashlib.blake2b(str(value).encode(), digest_size=_DIGEST).digest()
