"""FI06: senders that never come to the end keep nobody else from being answered.

A real daphne on a port of its own; the slow ones are held open the whole time, so that a server
they blocked would answer nothing at all.
"""

import http.client
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from django.conf import settings

SLOW = 40  # more than a worker pool has threads
PATIENCE = 60  # seconds
HEAD = (
    b"POST /admin/login/ HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 100000\r\n\r\n"
)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture
def server(tmp_path: Path) -> Iterator[int]:
    """Serve on a port of its own, with an empty data folder and no database to speak of."""
    port = free_port()
    unset = {"DATABASE_URL", "REDIS_URL", "CELERY_BROKER_URL", "ERP_ENV"}
    environment = {key: value for key, value in os.environ.items() if key not in unset}
    environment |= {"DATA_DIR": str(tmp_path), "TMPDIR": str(tmp_path)}
    process = subprocess.Popen(  # noqa: S603 -- our own code
        [
            sys.executable,
            "-m",
            "daphne",
            "-b",
            "127.0.0.1",
            "-p",
            str(port),
            "erp.asgi:application",
        ],
        cwd=settings.BASE_DIR,
        env=environment,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    try:
        for line in process.stderr:
            if "Listening on TCP" in line:
                break
        yield port
    finally:
        process.terminate()
        process.communicate(timeout=PATIENCE)


def answered(port: int) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    connection.request("GET", "/admin/login/")
    status = connection.getresponse().status
    connection.close()
    return status


def test_slow_senders_block_nobody(server: int, tmp_path: Path) -> None:
    with ExitStack() as open_connections:
        slow = []
        for _n in range(SLOW):
            sender = socket.create_connection(("127.0.0.1", server), timeout=PATIENCE)
            slow.append(open_connections.enter_context(sender))
            sender.sendall(HEAD)
        for _byte in range(5):
            for sender in slow:
                sender.sendall(b"x")
            assert answered(server) == http.HTTPStatus.OK
    assert answered(server) == http.HTTPStatus.OK
    assert not [path for path in tmp_path.rglob("tmp*") if path.is_file()]
