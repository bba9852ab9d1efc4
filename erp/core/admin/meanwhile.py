"""Two tabs over one page: what another saved meanwhile, put together with what was entered.

The page carries what it showed (a hidden ``seen``): each field of the row and of the rows inside
it. When the row is not what was seen any more, what I left alone becomes theirs, what I changed
stays mine, and the page is shown again with the difference; nothing is saved unseen. Ticking "take
it" beside a difference puts theirs into the field.
"""

import json
from collections.abc import Iterable, Iterator
from copy import copy
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest, QueryDict
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from erp.core.meanwhile import Meanwhile, merge_fields

_SEPARATOR = "\x1f"
# Where a page does not say what it had shown: what differs was changed by both.
_UNKNOWN = "\0"
_OURS = {"seen_version", "similar_confirmed", "DELETE"}
_NO_TEXT = (forms.HiddenInput, forms.MultiWidget, forms.FileInput)
Wire = dict[str, str]


@dataclass(frozen=True, slots=True)
class Difference(Meanwhile):
    """With the input it stands in and their value for it, where theirs can be taken."""

    name: str = ""
    value: str = ""


# --- fields as their inputs say them -----------------------------------------------------------


def editable(form: Any) -> dict[str, Any]:
    """Return the fields of a form whose input holds one text or a choice of several."""
    return {
        name: field
        for name, field in form.fields.items()
        if name not in _OURS and not field.disabled and not isinstance(field.widget, _NO_TEXT)
    }


def shown(form: Any) -> Wire:
    """Return what the inputs of an unbound form hold."""
    return {
        name: _shown(field, form.get_initial_for_field(field, name))
        for name, field in editable(form).items()
    }


def _shown(field: Any, value: Any) -> str:
    value = field.prepare_value(value)
    if isinstance(field.widget, forms.CheckboxInput):
        return "on" if value else ""
    if _is_multiple(field):
        keys = [field.prepare_value(one) for one in value or ()]
        return _SEPARATOR.join(sorted(map(str, keys)))
    text = field.widget.format_value(value)
    if isinstance(text, list):
        text = text[0] if text else ""
    return _plain("" if text is None else str(text))


def entered(form: Any, data: QueryDict, prefix: str = "") -> Wire:
    """Return what was entered into the inputs of a form."""
    found = {}
    for name, field in editable(form).items():
        raw = field.widget.value_from_datadict(data, {}, f"{prefix}{name}")
        if isinstance(field.widget, forms.CheckboxInput):
            found[name] = "on" if raw else ""
        elif isinstance(raw, list | tuple):
            found[name] = _SEPARATOR.join(sorted(map(str, raw)))
        else:
            found[name] = _plain("" if raw is None else str(raw))
    return found


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n")


def _is_multiple(field: Any) -> bool:
    return bool(getattr(field.widget, "allow_multiple_selected", False))


def _put(data: QueryDict, field: Any, name: str, wire: str) -> None:
    if _is_multiple(field):
        data.setlist(name, [one for one in wire.split(_SEPARATOR) if one])
    elif isinstance(field.widget, forms.CheckboxInput) and not wire:
        data.pop(name, None)
    else:
        data[name] = wire


def _told(field: Any, wire: str) -> str:
    """Return a value as a person reads it."""
    if isinstance(field.widget, forms.CheckboxInput):
        return str(_("yes") if wire else _("no"))
    if isinstance(field, forms.ModelChoiceField) and wire:
        keys = wire.split(_SEPARATOR)
        offered: Any = field.queryset
        rows = {str(field.prepare_value(row)): row for row in offered.filter(pk__in=keys)}
        return ", ".join(field.label_from_instance(rows[k]) if k in rows else "…" for k in keys)
    names = {str(key): str(label) for key, label in getattr(field, "choices", ()) or ()}
    return names.get(wire, wire)


# --- putting together --------------------------------------------------------------------------


class Merger:
    """Puts a posted page together with what is stored now."""

    def __init__(self, data: QueryDict, seen: dict[str, Any]) -> None:
        self.data = data
        self.seen = seen
        self.differences: list[Difference] = []

    def form(self, form: Any, seen: Wire, prefix: str = "", of: str = "") -> None:
        """Merge one form, the row's own or that of a row inside it."""
        mine, theirs = entered(form, self.data, prefix), shown(form)
        for name, field in editable(form).items():
            label = str(field.label or capfirst(name))
            unknown = mine[name] if mine[name] == theirs[name] else _UNKNOWN
            base = {name: seen.get(name, unknown)}
            merged, told = merge_fields(base, mine, theirs, labels={name: label}, of=of)
            _put(self.data, field, f"{prefix}{name}", merged[name])
            for one in told:
                self.tell(field, one, f"{prefix}{name}", theirs[name])

    def tell(self, field: Any, one: Meanwhile, name: str, theirs: str) -> None:
        was = "" if one.seen == _UNKNOWN else _told(field, one.seen)
        mine = _told(field, one.mine) if one.is_conflict else ""
        keep = name if one.is_conflict else ""
        self.differences.append(
            Difference(one.label, was, _told(field, theirs), mine, keep, theirs if keep else "")
        )

    def rows(self, formset: Any) -> None:
        """Merge the rows inside a page; theirs that are new come before mine that are new."""
        prefix = formset.prefix
        stored = {str(form.instance.pk): form for form in formset.initial_forms}
        seen = {str(row.get("id")): row for row in self.seen.get("rows", {}).get(prefix, ())}
        mine = list(_posted_rows(self.data, prefix))
        kept: list[Wire] = []
        new: list[Wire] = [row for row in mine if not row.get("id")]
        for row in mine:
            if not row.get("id"):
                continue
            form = stored.get(row["id"])
            if form is None:
                self._removed(formset, row, seen.get(row["id"], {}), new)
            else:
                kept.append(self._changed(form, row, seen.get(row["id"], {})))
        named = {row.get("id") for row in mine}
        for key, form in stored.items():
            if key not in named and key not in seen:
                kept.append({"id": key, **shown(form), **_parent(formset)})
                self.differences.append(Difference(str(form.instance), "", _("added")))
        _write_rows(self.data, prefix, kept, new)

    def _changed(self, form: Any, row: Wire, seen: Wire) -> Wire:
        merged = QueryDict(mutable=True)
        merged.update(row)
        inner = Merger(merged, {})
        inner.form(form, {k: v for k, v in seen.items() if k != "id"}, of=str(form.instance))
        if inner.differences and row.get("DELETE"):
            merged.pop("DELETE", None)
            text = Difference(str(form.instance), "", _("changed"), _("removed, shown again"))
            self.differences.append(text)
        else:
            self.differences += [
                Difference(one.label, one.seen, one.theirs, one.mine) for one in inner.differences
            ]
        return {name: str(merged[name]) for name in merged}

    def _removed(self, formset: Any, row: Wire, seen: Wire, new: list[Wire]) -> None:
        """They removed it; what I had changed of it becomes a new row."""
        fields = editable(formset.empty_form)
        changed = any(row.get(name, "") != seen.get(name, "") for name in fields if seen)
        if changed and not row.get("DELETE"):
            new.append({**row, "id": ""})
        name = next((row[name] for name in fields if row.get(name)), "")
        self.differences.append(
            Difference(name, "", _("removed"), _("changed, kept") if changed else "")
        )


def _parent(formset: Any) -> Wire:
    return {formset.fk.name: str(formset.instance.pk)}


def _posted_rows(data: QueryDict, prefix: str) -> Iterator[Wire]:
    count = data.get(f"{prefix}-TOTAL_FORMS", "0")
    for place in range(min(int(count), 2000) if count.isascii() and count.isdigit() else 0):
        start = f"{prefix}-{place}-"
        yield {key[len(start) :]: str(data[key]) for key in data if key.startswith(start)}


def _write_rows(data: QueryDict, prefix: str, kept: list[Wire], new: list[Wire]) -> None:
    for key in [key for key in data if key.startswith(f"{prefix}-") and key.count("-") > 1]:
        if key[len(prefix) + 1 :].partition("-")[0].isdigit():
            del data[key]
    for place, row in enumerate([*kept, *new]):
        for name, value in row.items():
            data[f"{prefix}-{place}-{name}"] = value
    data[f"{prefix}-INITIAL_FORMS"] = str(len(kept))
    data[f"{prefix}-TOTAL_FORMS"] = str(len(kept) + len(new))


# --- what a page has shown ---------------------------------------------------------------------


def sealed_page(form: Any, formsets: Iterable[Any]) -> str:
    """Return what a page shows, for its hidden input."""
    rows = {
        formset.prefix: [
            {"id": str(one.instance.pk), **shown(one)} for one in formset.initial_forms
        ]
        for formset in formsets
    }
    return json.dumps({"fields": shown(form), "rows": rows}, ensure_ascii=False)


def unsealed_page(data: QueryDict) -> dict[str, Any]:
    """Return what the posted page had shown; nothing where it does not say."""
    try:
        told = json.loads(data.get("seen", ""))
        fields = {str(name): str(value) for name, value in told["fields"].items()}
        rows = {
            str(prefix): [{str(k): str(v) for k, v in row.items()} for row in found]
            for prefix, found in told["rows"].items()
        }
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return {}
    return {"fields": fields, "rows": rows}


def rows_differ(seen: dict[str, Any], formsets: Iterable[Any]) -> bool:
    """Return whether a row inside the page is not what the page had shown of it."""
    for formset in formsets:
        now = {str(one.instance.pk): shown(one) for one in formset.initial_forms}
        for row in seen.get("rows", {}).get(formset.prefix, ()):
            was = {name: value for name, value in row.items() if name != "id"}
            if now.get(row.get("id", "")) != was:
                return True
    return False


def take_theirs(data: QueryDict) -> None:
    """Put their value into each field it was chosen for."""
    for name in data.getlist("take"):
        wire = data.get(f"theirs-{name}", "")
        if _SEPARATOR in wire:
            data.setlist(name, wire.split(_SEPARATOR))
        elif wire:
            data[name] = wire
        else:
            data.pop(name, None)


def unbound(request: HttpRequest) -> HttpRequest:
    """Return the request as the page was asked for, so that forms show what is stored."""
    asked = copy(request)
    asked.method = "GET"
    asked.GET = QueryDict()
    return asked
