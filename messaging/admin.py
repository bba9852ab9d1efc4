"""What was sent to the user, and to nobody else."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from erp.core.action_labels import action_label
from erp.core.admin import ReadOnlyAdmin
from messaging.models import Notification


@admin.register(Notification)
class NotificationAdmin(ReadOnlyAdmin[Notification]):
    list_display = ("created_at", "what", "object_label", "read_at")
    ordering = ("-id",)
    fields = (("what", "object_label"), ("created_at", "read_at"))

    @admin.display(description=_("kind"))
    def what(self, obj: Notification) -> str:
        return action_label(obj.kind)
