"""The request as views behind a log-in see it."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from accounts.models import User


class AuthedRequest(HttpRequest):
    """A request of a signed-in user; ``erp.core.pages.page`` lets no other through."""

    user: User
    htmx: HtmxDetails
