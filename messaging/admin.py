"""What was sent to the user, and to nobody else."""

from django.contrib import admin

from erp.core.admin import ReadOnlyAdmin
from messaging.models import Notification


@admin.register(Notification)
class NotificationAdmin(ReadOnlyAdmin[Notification]):
    list_display = ("created_at", "kind", "object_label", "read_at")
    ordering = ("-id",)
    fields = (("kind", "object_label"), ("created_at", "read_at"))
