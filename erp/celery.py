"""The Celery application: workers and beat start from here (``celery -A erp worker``)."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "erp.settings")
app = Celery("erp")
app.config_from_object("django.conf:settings", namespace="CELERY")
