"""Codes and names of which two must not be alike: the same verdict on every database.

``ABC``, ``abc``, ``ABC `` and ``ＡＢＣ`` are one code, and so are the ways to write an accent.
MariaDB's unique index thinks so by itself, SQLite's compares bytes. What is stored is the code as
entered, in its compatible composed form and without blanks around it.
"""

import unicodedata
from collections.abc import Iterable, Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, models
from django.utils.translation import gettext as _


def canonical(text: str) -> str:
    """Return a code as it is stored: NFKC, single blanks, none around it."""
    return " ".join(unicodedata.normalize("NFKC", text).split())


def twin_key(text: str) -> str:
    """Return what two alike codes share: neither case nor width nor accents count."""
    apart = unicodedata.normalize("NFKD", text)
    plain = "".join(sign for sign in apart if not unicodedata.combining(sign))
    return canonical(plain).casefold()


def coded_fields(model: type[models.Model]) -> Iterator[tuple[str, list[str]]]:
    """Yield (text column, columns it is unique within) for every unique text of a table."""
    texts = {
        field.name: field
        for field in model._meta.concrete_fields
        if isinstance(field, models.CharField) and field.editable
    }
    yield from ((name, []) for name, field in texts.items() if field.unique)
    for constraint in model._meta.constraints:
        if isinstance(constraint, models.UniqueConstraint) and constraint.condition is None:
            named = [name for name in constraint.fields if name in texts]
            if len(named) == 1:
                yield named[0], [name for name in constraint.fields if name != named[0]]


def check_twin(row: Any, name: str, within: Iterable[str] = ()) -> None:
    """Make a text canonical; ValidationError ``unique`` where another row has one alike."""
    value = getattr(row, name)
    if not value:
        return
    setattr(row, name, canonical(value))
    wanted = twin_key(value)
    others: Any = type(row)._default_manager.filter(
        **{column: getattr(row, row._meta.get_field(column).attname) for column in within}
    )
    if not row._state.adding:  # noqa: SLF001 (Django's documented API)
        others = others.exclude(pk=row.pk)
    if connection.vendor != "sqlite":  # its index finds them all; SQLite's own finds ASCII
        others = others.filter(**{f"{name}__iexact": getattr(row, name)})
    for found in others.order_by().values_list(name, flat=True).iterator():
        if found and twin_key(found) == wanted:
            label = row._meta.get_field(name).verbose_name
            raise ValidationError(
                {
                    name: ValidationError(
                        _("There is “%(found)s” already (%(label)s)."),
                        code="unique",
                        params={"found": found, "label": label},
                    )
                }
            )
