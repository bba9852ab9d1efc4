"""Many rows at once, where Django's own ``bulk_create`` would spend most of the time on itself.

On MariaDB a column in which all rows of a statement hold the same plain value is written into the
statement, for escaping each value costs most there. SQLite keeps the last hundred statements in
memory, so there the text is always the same and of few rows. Nothing is validated and no signal is
sent, as with ``bulk_create``; the ids are set.
"""

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any, TypeVar

from django.db import connection, models
from django.db.models import F
from django.db.models.expressions import DatabaseDefault
from django.utils import timezone

M = TypeVar("M", bound=models.Model)

_ROWS = 1000
_ROWS_SQLITE = 100
# A literal of these signs cannot end itself on any database.
_SAFE = re.compile(r"[A-Za-z0-9 :.,_+-]*")


def insert(objects: Sequence[M]) -> None:
    """Insert unsaved objects of one model and set their ids."""
    if not objects:
        return
    model = type(objects[0])
    fields = _entered(model)
    rows = _ROWS if connection.vendor == "mysql" else _ROWS_SQLITE
    for first in range(0, len(objects), rows):
        _insert(model, fields, objects[first : first + rows])


def _insert(model: type[M], fields: Sequence[models.Field[Any, Any]], objects: Sequence[M]) -> None:
    literals: list[str] = []
    varying: list[list[Any]] = []
    for field in fields:
        values = _values(field, objects)
        literal = _literal(values)
        literals.append(literal)
        if literal == "%s":
            varying.append(values)
    quote = connection.ops.quote_name
    names = ", ".join(quote(str(field.column)) for field in fields)
    row = f"({', '.join(literals)})"
    statement = (
        f"INSERT INTO {quote(model._meta.db_table)} ({names})"  # noqa: S608 -- own names, _SAFE
        f" VALUES {', '.join([row] * len(objects))} RETURNING {quote(_key(model).column)}"
    )
    parameters = [value for values in zip(*varying, strict=True) for value in values]
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        for obj, (key,) in zip(objects, cursor.fetchall(), strict=True):
            obj.pk = key


def insert_for_each(keys: models.QuerySet[Any], name: str, row: models.Model) -> None:
    """Insert this row once for each row that is found, with its key in the column ``name``."""
    model = type(row)
    fields = [field for field in _entered(model) if field.attname != name]
    quote = connection.ops.quote_name
    found, parameters = keys.order_by().values(key=F("pk")).query.sql_with_params()
    key = f"found.{quote('key')}"
    names = ", ".join(quote(str(field.column)) for field in fields)
    places = ", ".join(["%s"] * len(fields))
    statement = (
        f"INSERT INTO {quote(model._meta.db_table)} ({quote(name)}, {names})"  # noqa: S608 -- own names
        f" SELECT {key}, {places} FROM ({found}) found ORDER BY {key}"
    )
    values = [_values(field, [row])[0] for field in fields]
    with connection.cursor() as cursor:
        cursor.execute(statement, [*values, *parameters])


def _entered(model: type[models.Model]) -> list[Any]:
    return [
        field for field in model._meta.concrete_fields if not (field.primary_key or field.generated)
    ]


def _key(model: type[models.Model]) -> Any:
    return model._meta.pk


def _values(field: models.Field[Any, Any], objects: Sequence[models.Model]) -> list[Any]:
    """The column as the database takes it; ``auto_now`` is now."""
    if getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False):
        return [field.get_db_prep_save(timezone.now(), connection)] * len(objects)
    name, places = field.attname, getattr(field, "decimal_places", None)
    values = [obj.__dict__[name] for obj in objects]
    if field.has_db_default():
        values = [_told(value) for value in values]
    if isinstance(field, models.DecimalField):
        return [_decimal(value, field, places) for value in values]
    if isinstance(field, models.CharField | models.ForeignKey | models.IntegerField):
        return values
    return [field.get_db_prep_save(value, connection) for value in values]


def _told(value: Any) -> Any:
    """Return what the database would have put where nobody said a value."""
    if not isinstance(value, DatabaseDefault):
        return value
    (default,) = value.get_source_expressions()
    return default.value


def _decimal(value: Any, field: models.Field[Any, Any], places: int | None) -> Any:
    if value is None:
        return None
    if type(value) is Decimal:
        exponent = value.as_tuple().exponent
        if isinstance(exponent, int) and -(places or 0) <= exponent <= 0:
            return str(value)
    return field.get_db_prep_save(value, connection)


def _literal(values: Sequence[Any]) -> str:
    """Return the value all have in common as SQL, or a place for a parameter."""
    first = values[0]
    if connection.vendor != "mysql" or values.count(first) != len(values):
        return "%s"
    if first is None:
        return "NULL"
    if type(first) is int:
        return str(first)
    return f"'{first}'" if type(first) is str and _SAFE.fullmatch(first) else "%s"


def update(objects: Sequence[M], names: Iterable[str]) -> None:
    """Write these columns (``unit_id``, not ``unit``) of saved objects of one model."""
    if not objects:
        return
    model = type(objects[0])
    wanted = set(names)
    fields = [
        field
        for field in model._meta.concrete_fields
        if field.attname in wanted or getattr(field, "auto_now", False)
    ]
    quote = connection.ops.quote_name
    sets = ", ".join(f"{quote(str(field.column))} = %s" for field in fields)
    table, key = quote(model._meta.db_table), quote(_key(model).column)
    columns = [_values(field, objects) for field in fields]
    rows = zip(*columns, [obj.pk for obj in objects], strict=True)
    with connection.cursor() as cursor:
        cursor.executemany(f"UPDATE {table} SET {sets} WHERE {key} = %s", list(rows))  # noqa: S608


def overwrite(objects: Sequence[M], names: Iterable[str]) -> None:
    """Write these columns of complete, locked rows in one statement, however many there are.

    It inserts rows that are all there already, by their key. Of narrow tables this is much cheaper
    than an update each; of wide ones ``update`` is.
    """
    if not objects:
        return
    model = type(objects[0])
    wanted = set(names)
    fields = [field for field in model._meta.concrete_fields if not field.generated]
    changed = [
        str(field.column)
        for field in fields
        if field.attname in wanted or getattr(field, "auto_now", False)
    ]
    rows = _ROWS if connection.vendor == "mysql" else _ROWS_SQLITE
    for first in range(0, len(objects), rows):
        _overwrite(model, fields, changed, objects[first : first + rows])


def _overwrite(
    model: type[M],
    fields: Sequence[models.Field[Any, Any]],
    changed: Sequence[str],
    objects: Sequence[M],
) -> None:
    quote = connection.ops.quote_name
    row = f"({', '.join(['%s'] * len(fields))})"
    names = ", ".join(quote(str(field.column)) for field in fields)
    if connection.vendor == "mysql":
        new = ", ".join(f"{quote(name)} = VALUES({quote(name)})" for name in changed)
        also = f"ON DUPLICATE KEY UPDATE {new}"
    else:
        new = ", ".join(f"{quote(name)} = excluded.{quote(name)}" for name in changed)
        also = f"ON CONFLICT ({quote(_key(model).column)}) DO UPDATE SET {new}"
    statement = (
        f"INSERT INTO {quote(model._meta.db_table)} ({names})"  # noqa: S608 -- own names
        f" VALUES {', '.join([row] * len(objects))} {also}"
    )
    columns = [_values(field, objects) for field in fields]
    parameters = [value for values in zip(*columns, strict=True) for value in values]
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)


def span(name: str, ids: Sequence[Any]) -> dict[str, Any]:
    """Return the filter for a column to be one of these ids; for a run of them a cheap one."""
    if all(type(one) is int for one in ids):
        low, high = min(ids), max(ids)
        if high - low + 1 == len(ids):
            return {f"{name}__gte": low, f"{name}__lte": high}
    return {f"{name}__in": ids}


def delete(model: type[models.Model], ids: Iterable[Any]) -> None:
    """Delete rows nothing refers to, without looking again for what does."""
    table, key = connection.ops.quote_name(model._meta.db_table), _key(model).column
    keys = list(ids)
    with connection.cursor() as cursor:
        for first in range(0, len(keys), _ROWS):
            some = keys[first : first + _ROWS]
            marks = ", ".join(["%s"] * len(some))
            quoted = connection.ops.quote_name(key)
            cursor.execute(f"DELETE FROM {table} WHERE {quoted} IN ({marks})", some)  # noqa: S608
