"""Messy files as tables: encoding, delimiter, workbooks, numbers, headings (no Django, no models).

``open_sheets(path, name)`` returns the sheets of a csv, tsv, txt, xlsx, xlsm or xls file whose
guards passed; text is streamed, a workbook is held in memory within the limits of
``erp.core.uploads``.
"""

from erp.core.tables.cells import Day, Fault, Figure
from erp.core.tables.damage import damage_of
from erp.core.tables.heading import Layout, columns_of, layout_of, plain_heading
from erp.core.tables.numbers import NumberStyle, decimal_of, number_style
from erp.core.tables.opening import check_file, open_sheets
from erp.core.tables.sheet import Sheet, SheetRow

__all__ = [
    "Day",
    "Fault",
    "Figure",
    "Layout",
    "NumberStyle",
    "Sheet",
    "SheetRow",
    "check_file",
    "columns_of",
    "damage_of",
    "decimal_of",
    "layout_of",
    "number_style",
    "open_sheets",
    "plain_heading",
]
