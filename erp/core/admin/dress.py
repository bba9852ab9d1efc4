"""The look of the package for forms of plain widgets: without it an input has no border."""

from typing import Any

from django import forms
from django.contrib.admin.widgets import AutocompleteMixin
from unfold.widgets import CHECKBOX_CLASSES, INPUT_CLASSES, SELECT_CLASSES, TEXTAREA_CLASSES

# These bring their own look; the class of one box on a group of them would squeeze its labels.
_DRESSED = (AutocompleteMixin, forms.RadioSelect)


def dress(form: forms.Form) -> None:
    """Give each widget that has no class that of its kind."""
    for field in form.fields.values():
        widget = field.widget
        if "class" not in widget.attrs and not isinstance(widget, _DRESSED):
            widget.attrs["class"] = " ".join(_classes(widget))


def _classes(widget: forms.Widget) -> Any:
    if isinstance(widget, forms.CheckboxInput):
        return CHECKBOX_CLASSES
    if isinstance(widget, forms.Select):
        return SELECT_CLASSES
    return TEXTAREA_CLASSES if isinstance(widget, forms.Textarea) else INPUT_CLASSES
