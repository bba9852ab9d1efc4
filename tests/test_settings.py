"""The settings as a process meets them: embedded with nothing set, production complete or not."""

import os
import secrets
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from erp.core.secrets import embedded_secret_key

NEEDED = ("SECRET_KEY", "DATABASE_URL", "ALLOWED_HOSTS")


@pytest.fixture
def production(tmp_path: Path) -> dict[str, str]:
    """A complete production environment; nothing of the developer's own shell in it."""
    return {
        "ERP_ENV": "production",
        "SECRET_KEY": secrets.token_urlsafe(64),
        "DATABASE_URL": f"sqlite:///{tmp_path / 'erp.sqlite3'}",
        "ALLOWED_HOSTS": "erp.example.com",
        "DATA_DIR": str(tmp_path / "data"),
    }


def manage(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return subprocess.run(  # noqa: S603 (our own manage.py)
        [sys.executable, "manage.py", *arguments],
        cwd=settings.BASE_DIR,
        env=kept | environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize("name", NEEDED)
def test_production_refuses_to_start_without(production: dict[str, str], name: str) -> None:
    """An empty value, as in a copied .env.example, is as good as none."""
    key = production["SECRET_KEY"]
    ran = manage(production | {name: ""}, "check")
    assert ran.returncode != 0
    assert f"ERP_ENV=production needs {name}." in ran.stderr
    assert key not in ran.stdout + ran.stderr
    assert not Path(production["DATA_DIR"]).exists(), "nothing was made on the way"


def test_production_names_all_that_is_missing(tmp_path: Path) -> None:
    ran = manage({"ERP_ENV": "production", "DATA_DIR": str(tmp_path)}, "check")
    assert ran.returncode != 0
    assert "ERP_ENV=production needs SECRET_KEY, DATABASE_URL, ALLOWED_HOSTS." in ran.stderr


def test_production_refuses_debug(production: dict[str, str]) -> None:
    ran = manage(production | {"DEBUG": "1"}, "check")
    assert ran.returncode != 0
    assert "DEBUG must be off with ERP_ENV=production." in ran.stderr


@pytest.mark.parametrize("name", ["prod", "Production", "development"])
def test_an_unknown_environment_is_refused(name: str, tmp_path: Path) -> None:
    """A misspelled production would run without its hardening."""
    ran = manage({"ERP_ENV": name, "DATA_DIR": str(tmp_path)}, "check")
    assert ran.returncode != 0
    assert "use 'embedded' or 'production'" in ran.stderr


def test_a_foreign_database_is_refused(production: dict[str, str]) -> None:
    ran = manage(production | {"DATABASE_URL": "postgres://u:hidden@h/erp"}, "check")
    assert ran.returncode != 0
    assert "DATABASE_URL must name sqlite or mysql" in ran.stderr
    assert "hidden" not in ran.stderr


def test_production_starts_and_is_hardened(production: dict[str, str]) -> None:
    """No warning of Django's deployment checks; no key of ours beside the given one."""
    ran = manage(production, "check", "--deploy", "--fail-level", "WARNING")
    assert ran.returncode == 0, ran.stderr
    assert "no issues" in ran.stdout
    data = Path(production["DATA_DIR"])
    assert mode(data) == 0o700
    assert not (data / "secret_key").exists()


def test_production_cookies_and_transport(production: dict[str, str]) -> None:
    wanted = {
        "DEBUG": False,
        "SECURE_SSL_REDIRECT": True,
        "SESSION_COOKIE_SECURE": True,
        "CSRF_COOKIE_SECURE": True,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_NAME": "__Host-sessionid",
        "CSRF_COOKIE_NAME": "__Host-csrftoken",
        "X_FRAME_OPTIONS": "DENY",
        "ALLOWED_HOSTS": ["erp.example.com"],
    }
    code = (
        f"from django.conf import settings as s; print({{n: getattr(s, n) for n in {[*wanted]}}})"
    )
    ran = manage(production, "shell", "--no-imports", "-c", code)
    assert ran.stdout.strip() == str(wanted), ran.stderr


def test_embedded_starts_with_nothing_set(tmp_path: Path) -> None:
    """The key it makes is for its owner alone, and the next start finds it again."""
    data = tmp_path / "var"
    assert manage({"DATA_DIR": str(data)}, "check").returncode == 0
    key = data / "secret_key"
    assert mode(data) == 0o700
    assert mode(key) == 0o600
    first = key.read_text()
    assert len(first) > 50
    assert embedded_secret_key(data) == first


def test_the_key_is_private_whatever_the_umask(tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        made = embedded_secret_key(tmp_path)
    finally:
        os.umask(old)
    assert mode(tmp_path / "secret_key") == 0o600
    assert embedded_secret_key(tmp_path) == made
    assert made != embedded_secret_key_of_another(tmp_path)


def embedded_secret_key_of_another(tmp_path: Path) -> str:
    other = tmp_path / "other"
    other.mkdir()
    return embedded_secret_key(other)
