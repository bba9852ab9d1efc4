"""The button that copies a document, on its page and in its list."""

from typing import Any

from django.db import models
from django.http import HttpRequest
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from erp.core.admin.actions import ObjectAction
from erp.core.admin.scoped import right


def copy_action(model: type[models.Model], service: str) -> ObjectAction:
    """Return the action that calls ``service(pk, by=user)``, named by its dotted path.

    It asks for the right to add one; the row it is on was found in sight.
    """

    def run(obj: Any, request: HttpRequest) -> Any:
        return import_string(service)(obj.pk, by=request.user)

    return ObjectAction(
        "copy",
        right("add", model),
        _("copy"),
        run,
        lambda _obj: True,
        icon="content_copy",
        service=service,
    )
