"""The hot word list: what an analyser outside should know as words, and what it should ignore."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from erp.core.policy import Scoped, ScopedQuerySet


class StopWord(Scoped):
    """A word an analyser should leave out."""

    word = models.CharField(_("word"), max_length=60, unique=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("stop word")
        verbose_name_plural = _("stop words")
        ordering: ClassVar = ["word"]

    def __str__(self) -> str:
        return self.word


class WordList(models.Model):
    """How often a list has changed, and when last; written by ``products.words.changed`` alone."""

    name = models.CharField(max_length=20, primary_key=True)
    revision = models.PositiveBigIntegerField(default=0)
    changed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} {self.revision}"
