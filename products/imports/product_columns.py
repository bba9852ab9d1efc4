"""The columns of kind ``products``: what they are called, what they hold, what may be wrong."""

import unicodedata
from decimal import ROUND_HALF_UP, Decimal

from django.utils.translation import gettext_lazy as _

from imports.kinds import Column, Run, Unfit
from imports.parsing import is_hostile, number, text
from products.designation import search_key
from products.imports.amounts import price, stock

MAX_DESIGNATION = 80
_MILLI = Decimal("0.001")
_size = number(most=Decimal(9_999_999))
_percent = number(most=Decimal(100))


def designation(cell: str, _run: Run) -> str:
    """A designation in plain letters (full-width ones become these), as the maker wrote it."""
    line = cell if cell.isascii() else unicodedata.normalize("NFKC", cell)
    line = line if line.isalnum() else " ".join(line.split())
    if len(line) > MAX_DESIGNATION:
        raise Unfit("too_long")
    if not line.isalnum() and (is_hostile(line) or "<" in line or ">" in line):
        raise Unfit("suspicious_model")
    if not search_key(line):
        raise Unfit("missing_model")
    return line


def millimetres(cell: str, run: Run) -> Decimal:
    value: Decimal = _size(cell, run)
    return value.quantize(_MILLI, rounding=ROUND_HALF_UP)


def percent(cell: str, run: Run) -> Decimal:
    """13, 13% and 0.13 are all 13 %."""
    value: Decimal = _percent(cell.rstrip("%％ ") if type(cell) is str else cell, run)
    return value / 100 if value >= 1 else value


COLUMNS = (
    Column(
        "brand",
        _("brand"),
        text(60, code="bad_brand"),
        "品牌|厂家|厂牌|品牌代码|品牌名称|牌子|制造商|生产厂家|maker|make|mfr|manufacturer"
        "|brand name|marke|hersteller",
        "品牌|brand|manufacturer",
        required=True,
        missing="missing_brand",
        is_text=True,
    ),
    Column(
        "designation",
        _("designation"),
        designation,
        "型号|规格型号|产品型号|轴承型号|货号|规格|part number|part no|part|p/n|pn|part#|model"
        "|model no|item|item no|item number|article|article no|sku"
        "|bezeichnung|artikel|artikelnummer",
        "型号|partno|partnumber|designation|model",
        required=True,
        missing="missing_model",
        is_text=True,
    ),
    Column(
        "name",
        _("name"),
        text(120),
        "名称|品名|产品名称|货物名称|商品名称|description|product name|benennung",
    ),
    Column("unit", _("unit"), text(20), "单位|计量单位|uom|unit of measure|einheit"),
    Column(
        "bore_mm",
        _("bore d (mm)"),
        millimetres,
        "内径|d|bore|inner diameter|内径d|id|bore d|innendurchmesser",
    ),
    Column(
        "outside_mm",
        _("outside diameter D (mm)"),
        millimetres,
        "外径|D|outside diameter|outer diameter|outer|od|外径D|aussendurchmesser",
    ),
    Column(
        "width_mm",
        _("width B (mm)"),
        millimetres,
        "宽度|宽|厚度|高度|B|H|T|width|宽度B|breite",
    ),
    Column(
        "mass_kg",
        _("mass (kg)"),
        millimetres,
        "重量|重量kg|单重|净重|weight|weight kg|mass|gewicht",
    ),
    Column(
        "old_designation",
        _("old designation"),
        text(80),
        "旧型号|老型号|原型号|old number|old model",
        is_text=True,
    ),
    Column(
        "price_net",
        _("price without tax"),
        price,
        "未税价|未税单价|不含税价|不含税单价|去税价|除税价|net price|price excl vat|price ex vat"
        "|price excl tax|price without tax|unit price excl vat|nettopreis",
        "未税|不含税|exvat|exclvat|excltax|withouttax|netto",
    ),
    Column(
        "price_gross",
        _("price with tax"),
        price,
        "含税价|含税单价|单价含税|价格含税|price incl vat|price incl tax|price with tax|gross price"
        "|unit price incl vat|bruttopreis",
        "含税|inclvat|incltax|withtax|brutto",
    ),
    Column(
        "price",
        _("price"),
        price,
        "单价|价格|净价|售价|销售价|报价|unit price|price each|list_price|preis"
        "|stückpreis|einzelpreis",
        "单价|unitprice",
    ),
    Column(
        "price_list",
        _("list price"),
        price,
        "面价|列表价|目录价|公布价|list price|catalogue price|listenpreis",
    ),
    Column(
        "vat_rate", _("tax rate"), percent, "税率|增值税率|vat|vat %|vat rate|tax|tax rate|mwst"
    ),
    Column(
        "stock",
        _("stock"),
        stock,
        "库存|库存数量|库存量|数量|现货|现货数量|可用库存|qty|quantity|stock qty|qty on hand"
        "|on hand|in stock|available|bestand|lagerbestand|menge",
        "库存",
    ),
)

MESSAGES = {
    "missing_brand": _("The brand is missing."),
    "bad_brand": _("“%(value)s” cannot be the name of a brand."),
    "unknown_brand": _("There is no brand “%(value)s”."),
    "missing_model": _("The designation is missing."),
    "suspicious_model": _("“%(value)s” holds characters no designation has."),
    "bad_price": _("“%(value)s” is no price."),
    "missing_price": _("The price is missing."),
    "zero_price": _("The price is zero."),
    "bad_stock": _("“%(value)s” is no stock."),
    "merged_product": _("“%(value)s” was merged into another product; the row was left out."),
    "bad_unit": _("There is no unit “%(value)s”."),
}
