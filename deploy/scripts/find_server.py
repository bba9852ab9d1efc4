"""Print the URL of the MariaDB or Redis that tests may use; exit 1 and say why when there is none.

Usage: .venv/bin/python deploy/scripts/find_server.py mariadb|redis

TEST_DATABASE_URL and TEST_REDIS_URL come first (exit 2 when they do not answer: asked for, so not
to be skipped), then a local server on the usual port that lets root in without a password. MariaDB
gets its time zone tables loaded when they are empty: date hierarchies of lists need them.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from importlib import resources
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pymysql
import redis
from pymysql.constants import CLIENT

ROOT = Path(__file__).resolve().parents[2]


def say(text: str) -> None:
    sys.stderr.write(f"{text}\n")


def connect(url: str) -> "pymysql.connections.Connection[pymysql.cursors.Cursor]":
    """Connect to the server, not to a database: Django makes the test database itself."""
    parts = urlsplit(url)
    return pymysql.connect(
        host=parts.hostname or "127.0.0.1",
        port=parts.port or 3306,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        connect_timeout=5,
        client_flag=CLIENT.MULTI_STATEMENTS,
    )


def load_time_zones(url: str) -> None:
    """Fill the server's time zone tables when they are empty; a refusal is only told."""
    with connect(url) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT CONVERT_TZ('2026-01-01', 'UTC', 'Asia/Shanghai')")
        row = cursor.fetchone()
        if row and row[0]:
            return
        tool = shutil.which("mariadb-tzinfo-to-sql") or shutil.which("mysql_tzinfo_to_sql")
        if tool is None:
            say("MariaDB has no time zones, and mariadb-tzinfo-to-sql (mariadb-client) is missing.")
            return
        zones = Path("/usr/share/zoneinfo")
        if not (zones / "Asia" / "Shanghai").exists():  # a machine without Debian's tzdata
            zones = Path(str(resources.files("tzdata") / "zoneinfo"))
        script = subprocess.run([tool, str(zones)], capture_output=True, check=True)  # noqa: S603
        try:
            cursor.execute("USE mysql")
            cursor.execute(script.stdout.decode())
            while cursor.nextset():
                pass
        except pymysql.Error as error:
            say(f"MariaDB has no time zones, and loading them was refused: {error}")


def mariadb() -> str:
    # The folder's hash in the name: two checkouts may test on one server at the same time.
    name = hashlib.sha256(str(ROOT).encode()).hexdigest()[:8]
    url = os.environ.get("TEST_DATABASE_URL") or f"mysql://root@127.0.0.1:3306/erp_{name}"
    with connect(url) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT VERSION()")
        row = cursor.fetchone()
        say(f"MariaDB: {row[0] if row else 'unknown version'}")
    load_time_zones(url)
    return url


def redis_server() -> str:
    url = os.environ.get("TEST_REDIS_URL") or "redis://127.0.0.1:6379/15"
    server = redis.Redis.from_url(url, socket_connect_timeout=5)
    server.ping()
    say(f"Redis: {server.info('server')['redis_version']}")
    return url


def main() -> None:
    kind = sys.argv[1]
    try:
        url = mariadb() if kind == "mariadb" else redis_server()
    except (OSError, pymysql.Error, redis.RedisError) as error:
        say(f"No {kind}: {error}")
        asked = os.environ.get("TEST_DATABASE_URL" if kind == "mariadb" else "TEST_REDIS_URL")
        sys.exit(2 if asked else 1)
    sys.stdout.write(f"{url}\n")


if __name__ == "__main__":
    main()
