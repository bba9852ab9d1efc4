"""What is configured, and what of it answers."""

import os
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from erp.core.printing import pdf_available

TIMEOUT_SECONDS = 2


def _database() -> str:
    with connection.cursor() as cursor:
        version = "sqlite_version()" if connection.vendor == "sqlite" else "version()"
        cursor.execute(f"SELECT {version}")
        row = cursor.fetchone()
    return f"{connection.vendor} {row[0] if row else ''}"


def _migrations() -> str:
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        raise RuntimeError(f"{len(plan)} migrations to run")
    return "all applied"


def _redis() -> str:
    import redis  # noqa: PLC0415 (only where it is configured)

    client = redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=TIMEOUT_SECONDS)
    return f"redis {client.info('server')['redis_version']}"


def _cache() -> str:
    cache.set("doctor", "1", 10)
    if cache.get("doctor") != "1":
        raise RuntimeError("a value written could not be read back")
    return str(settings.CACHES["default"]["BACKEND"]).rpartition(".")[2]


def _broker() -> str:
    from erp.celery import app  # noqa: PLC0415

    with app.connection_for_write() as broker:
        broker.ensure_connection(max_retries=1, timeout=TIMEOUT_SECONDS)
    return "broker answers"


def _mongodb() -> str:
    import pymongo  # noqa: PLC0415 (only where it is configured)

    client: Any = pymongo.MongoClient(
        settings.MONGODB_URL, serverSelectionTimeoutMS=TIMEOUT_SECONDS * 1000
    )
    return f"mongodb {client.server_info()['version']}"


def _pdf() -> str:
    reason = pdf_available()
    if reason:
        raise RuntimeError(reason)
    return "WeasyPrint with a Chinese font"


def _files() -> str:
    folder = settings.MEDIA_ROOT
    folder.mkdir(mode=0o750, parents=True, exist_ok=True)
    if not os.access(folder, os.W_OK):
        raise RuntimeError(f"{folder} cannot be written")
    return str(folder)


def examine() -> list[dict[str, Any]]:
    """Return one row per service: name, configured, reachable, detail."""
    services: list[tuple[str, bool, Callable[[], str]]] = [
        ("database", True, _database),
        ("migrations", True, _migrations),
        ("cache", True, _cache),
        ("redis", bool(settings.REDIS_URL), _redis),
        ("broker", bool(settings.CELERY_BROKER_URL), _broker),
        ("mongodb", bool(settings.MONGODB_URL), _mongodb),
        ("pdf", True, _pdf),
        ("files", True, _files),
    ]
    return [_examined(*service) for service in services]


def _examined(name: str, configured: bool, ask: Callable[[], str]) -> dict[str, Any]:  # noqa: FBT001
    row: dict[str, Any] = {"name": name, "configured": configured, "reachable": False}
    if not configured:
        return {**row, "detail": "not configured; the embedded replacement is used"}
    try:
        return {**row, "reachable": True, "detail": ask()}
    except Exception as error:  # noqa: BLE001 (whatever is wrong is the finding)
        return {**row, "detail": f"{type(error).__name__}: {error}"[:300]}
