"""How far a running import is, told once a second from beside its transaction.

On MariaDB through a connection of its own. On SQLite one writer keeps all others out, so there the
word goes to a small file beside the database.
"""

import json
import threading
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from django.db import DatabaseError, connection
from django.utils import timezone

from imports.models import LONGEST_QUEUE, SILENCE, Import, ImportBeat

_EVERY = 1  # seconds


@dataclass(frozen=True, slots=True)
class Standing:
    done: int
    total: int
    at: datetime | None

    @property
    def is_alive(self) -> bool:
        patience = SILENCE if self.total else LONGEST_QUEUE
        return self.at is not None and timezone.now() - self.at < patience

    @property
    def percent(self) -> int:
        return min(100, self.done * 100 // self.total) if self.total else 0


class Progress:
    """``with Progress(import_id, total) as progress: … progress.at(done)``."""

    def __init__(self, import_id: int, total: int) -> None:
        self._of, self._total, self._done = import_id, total, 0
        self._file = _file_of(import_id)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._beat, daemon=True)

    def at(self, done: int) -> None:
        self._done = done

    def __enter__(self) -> Self:
        begin(self._of, max(1, self._total))
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over.set()
        self._thread.join()
        if self._file:
            self._file.unlink(missing_ok=True)

    def _beat(self) -> None:
        try:
            while not self._over.wait(_EVERY):
                self._tell()
        finally:
            if not self._file:
                connection.close()

    def _tell(self) -> None:
        if self._file:
            _write(self._file, self._done, self._total)
            return
        with suppress(DatabaseError):  # the next one will tell
            with connection.cursor() as cursor:
                cursor.execute("SET SESSION innodb_lock_wait_timeout = 1")
            ImportBeat.objects.filter(of_id=self._of).update(
                done=self._done, total=self._total, at=timezone.now()
            )


def begin(import_id: int, total: int = 0) -> None:
    """Say that somebody works on an import from now on."""
    file = _file_of(import_id)
    if file:
        _write(file, 0, total)
    else:
        ImportBeat.objects.update_or_create(
            of_id=import_id, defaults={"done": 0, "total": total, "at": timezone.now()}
        )


def standing_of(of: Import) -> Standing:
    """Return how far a running import is and when it last said so."""
    file = _file_of(of.pk)
    if file:
        return _read(file)
    beat = ImportBeat.objects.filter(of=of).first()
    return Standing(beat.done, beat.total, beat.at) if beat else Standing(0, 0, None)


def _file_of(import_id: int) -> Path | None:
    if connection.vendor != "sqlite":
        return None
    base = Path(str(connection.settings_dict["NAME"]))
    return base.with_name(f"{base.name}.import-{import_id}")


def _write(file: Path, done: int, total: int) -> None:
    new = file.with_name(f"{file.name}.new")
    new.write_text(json.dumps([done, total, timezone.now().isoformat()]))
    new.replace(file)


def _read(file: Path) -> Standing:
    try:
        said: list[Any] = json.loads(file.read_text())
    except (OSError, ValueError):
        return Standing(0, 0, None)
    return Standing(said[0], said[1], datetime.fromisoformat(said[2]))
