"""The ASGI application."""

import os

from channels.routing import ProtocolTypeRouter
from django.conf import settings
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "erp.settings")
django = get_asgi_application()

# Its imports need the apps, which are there from here on.
from erp.core.bodies import BodyLimit  # noqa: E402

application = ProtocolTypeRouter({"http": BodyLimit(django, settings.MAX_BODY_BYTES)})
