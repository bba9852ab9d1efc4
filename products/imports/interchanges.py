"""Kind ``interchanges``: what may replace what, as proposals for somebody to approve.

A grade the designations contradict is refused, as everywhere. A pair that was decided on is left as
it is.
"""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from erp.core.bulk import insert, update
from erp.core.errors import DomainError
from imports.diffs import Diff
from imports.kinds import CHANGED, NEW, UNCHANGED, Column, Kind, Row, Run
from imports.parsing import choice, day, text, yes_or_no
from products.designation import search_key
from products.grading import check_grade, verdict_on
from products.imports.named import BrandNames
from products.imports.product_columns import designation
from products.models import Interchange, Product

_Grade = Interchange.Grade
_FIELDS = ("grade", "one_way", "source", "valid_until")
_GRADES = {
    **{grade.value: grade.value for grade in _Grade},
    **dict.fromkeys(
        ("完全相同", "相同", "等同", "完全互换", "互换", "same", "equal", "equivalent"), "identical"
    ),
    **dict.fromkeys(("尺寸相同", "尺寸互换", "same dimensions", "dimension"), "dimensional"),
    **dict.fromkeys(("升级", "高配", "better"), "upgrade"),
    **dict.fromkeys(("降级", "低配", "worse"), "downgrade"),
    **dict.fromkeys(("取代", "替代", "停产替代", "replaced by", "supersedes"), "superseded"),
}


class InterchangeKind(Kind):
    name = "interchanges"
    label = _("Interchanges")
    rights = ("products.add_interchange", "products.change_interchange")
    list_url = "admin:products_interchange_changelist"
    naming = "designation"
    columns: ClassVar = (
        Column(
            "brand",
            _("brand"),
            text(60, code="bad_brand"),
            "品牌|原品牌|from brand|brand a|厂家",
            required=True,
            missing="missing_brand",
            is_text=True,
        ),
        Column(
            "designation",
            _("designation"),
            designation,
            "型号|原型号|from designation|from|designation a|part number|part no|model",
            required=True,
            missing="missing_model",
            is_text=True,
        ),
        Column(
            "other_brand",
            _("brand of the replacement"),
            text(60, code="bad_brand"),
            "替代品牌|互换品牌|对应品牌|to brand|brand b|replacement brand",
            required=True,
            missing="missing_brand",
            is_text=True,
        ),
        Column(
            "other_designation",
            _("replacement"),
            designation,
            "替代型号|互换型号|对应型号|代用型号|to designation|to|designation b|replacement"
            "|interchange|equivalent",
            required=True,
            missing="missing_model",
            is_text=True,
        ),
        Column(
            "grade", _("grade"), choice(_GRADES, code="bad_grade"), "等级|互换等级|关系|relation"
        ),
        Column("one_way", _("one way"), yes_or_no(), "单向|仅单向"),
        Column("source", _("source"), text(120), "来源|依据|出处|basis"),
        Column("valid_until", _("valid until"), day(), "有效期|有效期至|截止日期|expires"),
    )
    messages: ClassVar = {
        "missing_brand": _("The brand is missing."),
        "bad_brand": _("“%(value)s” cannot be the name of a brand."),
        "unknown_brand": _("There is no brand “%(value)s”."),
        "missing_model": _("The designation is missing."),
        "suspicious_model": _("“%(value)s” holds characters no designation has."),
        "unknown_product": _("The catalogue has no “%(value)s” of this brand."),
        "bad_grade": _("“%(value)s” is no grade of interchange."),
        "same_product": _("A product does not replace itself."),
        # The reason is the value.
        **dict.fromkeys((f"not_{grade}" for grade in _Grade), "%(value)s"),
    }

    def __init__(self, run: Run) -> None:
        super().__init__(run)
        self.brands = BrandNames()

    def check(self, rows: Sequence[Row]) -> None:
        for row in rows:
            self.brands.settle(row)
            self.brands.settle(row, "other_brand")
        complete = [row for row in rows if _names(row.values)]
        products = _products(complete)
        for row in complete:
            ends = [products.get(name) for name in _names(row.values)]
            for column, found in zip(("designation", "other_designation"), ends, strict=True):
                if found is None:
                    row.refuse(column, "unknown_product", row.values[column])
            if not row.refused and ends[0] is not None and ends[1] is not None:
                self._settle(row, ends[0], ends[1])

    @staticmethod
    def _settle(row: Row, one: Product, other: Product) -> None:
        values = row.values
        if one.pk == other.pk:
            row.refuse("other_designation", "same_product")
            return
        verdict = verdict_on(one, other)
        grade = values.setdefault("grade", verdict.grade and str(verdict.grade))
        if grade is None:
            row.refuse("grade", "required")
            return
        try:
            check_grade(verdict, grade)
        except DomainError as refusal:
            row.refuse("grade", refusal.code, refusal.message)
            return
        row.spelling = f"{values.pop('designation')} → {values.pop('other_designation')}"
        values.update(from_id=one.pk, to_id=other.pk)
        if grade == _Grade.SUPERSEDED:
            values["one_way"] = True
        low, high = sorted((one.pk, other.pk))
        row.key = f"{low}:{high}"
        row.says = (grade, values.get("one_way", False), grade in _EVEN or one.pk < other.pk)

    def compare(self, rows: Sequence[Row], *, lock: bool) -> None:
        known = self._known(rows, lock=lock)
        for row in rows:
            row.existing = known.get(row.key)
            if row.existing is None:
                row.state = NEW
            elif row.existing.approved_at or row.existing.rejected_at:
                row.state = UNCHANGED  # decided on
            else:
                row.state = CHANGED if _changes(row) else UNCHANGED

    @staticmethod
    def _known(rows: Sequence[Row], *, lock: bool) -> dict[str, Interchange]:
        lows = {int(row.key.partition(":")[0]) for row in rows}
        found = Interchange.objects.filter(pair_low__in=lows)
        if lock:
            found = found.select_for_update()
        return {f"{one.pair_low}:{one.pair_high}": one for one in found}

    def write(self, rows: Sequence[Row], diff: Diff) -> None:
        created = [_new(row) for row in rows if row.state == NEW]
        insert(created)
        diff.created(created)
        changed = []
        for row in rows:
            if row.state == CHANGED:
                fields = _changes(row)
                for name, (_old, new) in fields.items():
                    setattr(row.existing, name, new)
                row.existing.version += 1
                changed.append(row.existing)
                diff.changed(row.existing, fields)
        update(changed, ["from_product_id", "to_product_id", *_FIELDS, "version"])


# Grades that say the same from either side.
_EVEN = frozenset({_Grade.IDENTICAL.value, _Grade.DIMENSIONAL.value})


def _names(values: Mapping[str, Any]) -> list[tuple[int, str]]:
    """Return (brand, key) of both ends; empty when something is missing."""
    names = []
    for brand, name in (("brand_id", "designation"), ("other_brand_id", "other_designation")):
        if brand not in values or name not in values:
            return []
        names.append((values[brand], search_key(values[name])))
    return names


def _products(rows: Sequence[Row]) -> dict[tuple[int, str], Product]:
    keys = {key for row in rows for _brand, key in _names(row.values)}
    found = Product.objects.filter(search_key__in=keys).select_related("brand").order_by()
    return {(one.brand_id, one.search_key): one for one in found}


def _new(row: Row) -> Interchange:
    values = {name: row.values[name] for name in _FIELDS if name in row.values}
    return Interchange(
        from_product_id=row.values["from_id"], to_product_id=row.values["to_id"], **values
    )


def _changes(row: Row) -> dict[str, tuple[Any, Any]]:
    old, values = row.existing, row.values
    wanted = {name: values[name] for name in _FIELDS if name in values}
    if values["grade"] not in _EVEN or values.get("one_way"):
        wanted.update(from_product_id=values["from_id"], to_product_id=values["to_id"])
    return {n: (getattr(old, n), new) for n, new in wanted.items() if getattr(old, n) != new}


def yes_if_one_way(interchange: Interchange) -> str:
    return "yes" if interchange.one_way else "no"
