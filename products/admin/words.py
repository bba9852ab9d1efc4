"""Rows whose names are words of the hot word lists."""

from typing import Any, ClassVar, TypeVar

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from erp.core.admin import AuditedAdmin
from erp.core.snapshots import snapshot
from products import words
from products.models import StopWord

M = TypeVar("M", bound=Model)


class WordsAdmin(AuditedAdmin[M]):
    """Moves a word list on when one of ``word_fields`` changes or a row comes."""

    word_list: ClassVar[str] = words.WORDS
    word_fields: ClassVar[tuple[str, ...]]

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:  # noqa: FBT001
        super().save_related(request, form, formsets, change)
        after = snapshot(form.instance)
        if any(form.stored.get(name) != after[name] for name in self.word_fields):
            words.changed(self.word_list)


@admin.register(StopWord)
class StopWordAdmin(WordsAdmin[StopWord]):
    word_list = words.STOP_WORDS
    word_fields = ("word",)
    list_display = ("word",)
    search_fields = ("word",)
    fields = ("word",)
