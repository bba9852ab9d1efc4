"""Whose address a request comes from, behind as many proxies as we are told to trust."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """Return the client's address, "" where none is known.

    Each trusted proxy adds the address it was asked from at the end of ``X-Forwarded-For``; what
    stands before those was written by the client and is not believed.
    """
    direct: str = request.META.get("REMOTE_ADDR") or ""
    trusted = settings.TRUSTED_PROXIES
    if not trusted:
        return direct
    told = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",")]
    if len(told) < trusted:
        return direct
    try:
        return str(ipaddress.ip_address(told[-trusted]))
    except ValueError:
        return direct
