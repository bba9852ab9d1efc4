"""What the page for a new import takes in."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from erp.core.tables import check_file
from erp.core.uploads import UnreadableFile
from imports.kinds import Kind
from imports.refusals import UNREADABLE

# What a browser may know besides that a field is wrong.
_STATUS = {"too_large": 413, "zip_bomb": 413}


class ImportForm(forms.Form):
    """A file of one kind; its first bytes are judged before anything is kept."""

    kind = forms.ChoiceField(label=_("What is in it"))
    file = forms.FileField(label=_("File"), allow_empty_file=True, max_length=255)
    source = forms.CharField(label=_("Source"), required=False, max_length=60)

    def __init__(self, *args: Any, kinds: Mapping[str, type[Kind]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: Any = self.fields["kind"]
        choices.choices = [(name, kind.label) for name, kind in kinds.items()]
        self.http_status = 400

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        try:
            check_file(file, file.name)
        except UnreadableFile as error:
            self.http_status = _STATUS.get(error.code, 415)
            message = str(UNREADABLE.get(error.code, error))
            raise forms.ValidationError(message, code=error.code) from error
        file.seek(0)
        return file
