"""The ASGI application."""

import os

from channels.routing import ProtocolTypeRouter
from django.conf import settings
from django.core.asgi import get_asgi_application

from erp.core.bodies import BodyLimit

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "erp.settings")
pages = BodyLimit(get_asgi_application(), settings.MAX_BODY_BYTES)
application = ProtocolTypeRouter({"http": pages})
