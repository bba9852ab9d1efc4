"""The secret key of an embedded installation."""

import os
import secrets
from pathlib import Path


def embedded_secret_key(data_dir: Path) -> str:
    """Return the key kept in ``data_dir``, made with mode 0600 on first use.

    Production names its key in SECRET_KEY; the embedded system must start with nothing set and
    still keep its sessions over a restart.
    """
    path = data_dir / "secret_key"
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    key = secrets.token_urlsafe(50)
    with os.fdopen(handle, "w") as file:
        file.write(key)
    return key
