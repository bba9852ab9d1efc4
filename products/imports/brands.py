"""Kind ``brands``: codes, names in both languages, other names."""

import re
from collections.abc import Sequence
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from erp.core.bulk import insert, update
from imports.diffs import Diff
from imports.kinds import CHANGED, NEW, UNCHANGED, Column, Row, Run, Unfit
from imports.parsing import text
from products.imports.named import plain_name
from products.imports.worded import WordedKind
from products.models import Brand

_FIELDS = ("name_en", "name_zh", "country", "aliases")
_PARTS = re.compile(r"\s*[|;；、,，\n]\s*")
_COUNTRY = re.compile(r"[A-Za-z]{2}")
_MOST_ALIASES = 30


def country(cell: str, _run: Run) -> str:
    """Two letters, as ISO 3166 has them."""
    if not _COUNTRY.fullmatch(cell):
        raise Unfit("bad_country")
    return cell.upper()


def names(cell: str, run: Run) -> str:
    """Other names, parted by ``|``, ``;``, ``、`` or commas; staged as one text."""
    found = list(dict.fromkeys(filter(None, _PARTS.split(cell.strip()))))
    if len(found) > _MOST_ALIASES:
        raise Unfit("too_long")
    return "|".join(_name(one, run) for one in found)


_name = text(60)


class BrandKind(WordedKind):
    name = "brands"
    label = _("Brands")
    rights = ("products.add_brand", "products.change_brand")
    list_url = "admin:products_brand_changelist"
    naming = "code"
    columns: ClassVar = (
        Column(
            "code",
            _("code"),
            text(30),
            "品牌|品牌代码|代码|品牌编码|编码|brand|brand code|kürzel",
            required=True,
            missing="required",
            is_text=True,
        ),
        Column("name_en", _("English name"), text(60), "英文名|英文名称|name|english name|name en"),
        Column("name_zh", _("Chinese name"), text(60), "中文名|中文名称|名称|chinese name|name zh"),
        Column("country", _("country"), country, "国家|国别|产地|country code|land"),
        Column("aliases", _("other names"), names, "别名|其他名称|alias|other names|synonyms"),
    )
    messages: ClassVar = {
        "bad_country": _("“%(value)s” is no country code of two letters."),
        "name_taken": _("“%(value)s” is a name of another brand."),
    }

    def __init__(self, run: Run) -> None:
        super().__init__(run)
        self._brands: dict[str, Brand] = {}
        self._owners: dict[str, str] = {}
        for brand in Brand.objects.all():
            own = plain_name(brand.code)
            self._brands[own] = brand
            for name in (brand.code, brand.name_en, brand.name_zh, *brand.aliases):
                self._owners.setdefault(plain_name(str(name)), own)

    def check(self, rows: Sequence[Row]) -> None:
        for row in rows:
            if "code" not in row.values:
                continue
            row.key = plain_name(row.values["code"])
            row.spelling = row.values["code"]
            row.says = [(name, row.values.get(name)) for name in _FIELDS]
            self._claim(row)

    def _claim(self, row: Row) -> None:
        """One name leads to one brand, in the catalogue and in the file."""
        for column in ("code", "name_en", "name_zh", "aliases"):
            for name in row.values.get(column, "").split("|"):
                if name and self._owners.setdefault(plain_name(name), row.key) != row.key:
                    row.refuse(column, "name_taken", name)

    def compare(self, rows: Sequence[Row], *, lock: bool) -> None:
        if lock:
            list(Brand.objects.select_for_update().order_by("pk"))
        for row in rows:
            row.existing = self._brands.get(row.key)
            if row.existing is None:
                row.state = NEW
            else:
                row.state = CHANGED if _changes(row.existing, row) else UNCHANGED

    def write(self, rows: Sequence[Row], diff: Diff) -> None:
        created = [_new(row) for row in rows if row.state == NEW]
        insert(created)
        diff.created(created)
        self.words_changed |= bool(created)
        changed = []
        for row in rows:
            if row.state == CHANGED:
                brand, fields = row.existing, _changes(row.existing, row)
                for name, (_old, new) in fields.items():
                    setattr(brand, name, new)
                brand.version += 1
                changed.append(brand)
                self.words_changed |= bool(fields.keys() - {"country"})
                diff.changed(brand, fields)
        update(changed, [*_FIELDS, "version"])


def joined_names(brand: Brand) -> str:
    """Return the other names of a brand as the column of its import reads them."""
    return "|".join(map(str, brand.aliases))


def _given(row: Row) -> dict[str, Any]:
    values = {name: row.values[name] for name in _FIELDS if name in row.values}
    if "aliases" in values:
        values["aliases"] = values["aliases"].split("|")
    return values


def _new(row: Row) -> Brand:
    values = _given(row)
    return Brand(code=row.values["code"], **{"name_en": row.values["code"], **values})


def _changes(brand: Brand, row: Row) -> dict[str, tuple[Any, Any]]:
    """What the row says otherwise; other names are added to those there are."""
    fields = {}
    for name, new in _given(row).items():
        old = getattr(brand, name)
        wanted = [*old, *(one for one in new if one not in old)] if name == "aliases" else new
        if wanted != old:
            fields[name] = (old, wanted)
    return fields
