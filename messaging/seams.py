"""What of messages goes when the row they speak of is deleted."""

from typing import Any

from django.db.models import Model, QuerySet

from erp.core.registry import goes_along_by_name
from messaging.models import Notification


def _about(model: type[Model], pks: list[Any]) -> QuerySet[Notification]:
    numbers = [pk for pk in pks if isinstance(pk, int)]
    return Notification.objects.filter(object_type=model._meta.label_lower, object_id__in=numbers)


goes_along_by_name("messaging.Notification", _about)
