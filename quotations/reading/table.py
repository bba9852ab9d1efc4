"""Tables in pasted text: a header row in any order, or a header column (transposed).

A table gives every row as cells by role; the reader makes parts of them. Lines that do not split
like the header are left to the reader of free text, so that notes inside a table cost nothing.
"""

import csv
import re
from dataclasses import dataclass

MAX_CELLS = 300

# role -> header words, in capitals and without blanks and punctuation; the first match wins
_ROLES: tuple[tuple[str, str], ...] = (
    (
        "material",
        (
            r"物料(?:编码|编号|号|代码)?|编码|料号|物资编码|存货编码|商品编码|代码"
            r"|MATERIAL(?:NO|NUMBER|CODE)?|ITEMCODE|SAPNO"
            r"|SKU|STOCKCODE|MATNR|CODE|ERPCODE|客户料号|"
            r"CUST(?:OMER)?PN"
        ),
    ),
    (
        "price",
        (
            r".*(?:单价|价格|金额|价税|目标价|小计|合计|报价|含税|税率|税额).*|UNITPRICE"
            r"|PRICE|AMOUNT|TOTAL|.*PRICE.*"
            r"|VALUE|COST|PREIS|PRIX|PRECIO|PRE[ÇC]O|ЦЕНА.*|.*USD.*|.*RMB.*"
        ),
    ),
    ("date", r".*(?:日期|交期|货期|时间|到货|DATE|DELIVERY|LEADTIME).*|ETA|ETD"),
    ("stock", r".*(?:库存|STOCK|ONHAND|现有|重量|WEIGHT|尺码|体积).*"),
    ("bore", r"内径.*|孔径|D|ID|BORE|D\(?MM\)?|INNER.*"),
    ("outside", r"外径.*|OD|OUTER.*|OUTSIDE.*"),
    ("width", r"宽度?.*|厚度?.*|高度.*|B|T|H|WIDTH|THICKNESS|HEIGHT|B\(?MM\)?"),
    (
        "quantity",
        (
            r"(?:需求|订货|采购|订购|申请|询价|计划|需)?(?:总)?数量.*|数|需求|需要|需求量|用量"
            r"|QTY.*|.*QTY|QUANTITY.*|.*QUANTITY"
            r"|Q'?TY.*|PCS|REQ'?D|REQUIRED|NEEDED|数目|订量|需用量|ANZAHL|MENGE|CANTIDAD|CANT|QUANT|QUANTIT[ÉE]|QT[ÉE]|QUANTIDADE|ST(?:Ü|UE)CK(?:ZAHL)?"
            r"|КОЛ.?ВО|КОЛИЧЕСТВО|MIKTAR|ADET"
        ),
    ),
    (
        "unit",
        r"(?:主?计量|数量|采购|基本)?单位|主?计量|UNITS?|UOM|U/M|UM|OUN|BUN|EINHEIT|ЕД.*|UNIDAD|UNIT[ÉE]|BIRIM|ME",
    ),
    (
        "brand",
        (
            r".*品牌.*|厂家|厂商|厂牌|生产厂家|制造商|牌子|产地/?品牌"
            r"|BRAND.*|MAKER?|MFR|MFG|MANUFACTURER.*"
            r"|MARKE|PREFERREDBRAND|HERSTELLER|FABRIKAT|MARCA|MARQUE|FABRICANTE?|БРЕНД|ПРОИЗВОДИТЕЛЬ"
        ),
    ),
    ("suffix", r"后缀.*|SUFFIX|游隙|精度(?:等级)?|密封.*|SEAL|CLEARANCE"),
    (
        "part",
        (
            r".*(?:型号|规格|图号|牌号|件号).*|.*(?:PART|MODEL|ARTICLE|BEARING)(?:NO|NUMBER"
            r"|#|CODE|NR|NAME"
            r"|TYPE|S)?|P/?N|PART#?|PARTS|DESIGNATION|BEARINGS?|MODEL|TYPE|REFERENCE|REF|.*SPEC.*|"
            r"MPN|MFRPN|.*PARTN(?:O|UMBER).*|ARTIKEL.*|BEZEICHNUNG|TYP|R[ÉE]F[ÉE]RENCE|REFERENCIA|MODELO|ОБОЗНАЧЕНИЕ|АРТИКУЛ|МАРКИРОВКА"
        ),
    ),
    (
        "name",
        (
            r".*(?:名称|品名|描述|产品|货物|物资|物品|商品|轴承|名字|DESCRIPTION|DESC"
            r"|ITEMNAME|PRODUCT|NAME"
            r"|MATERIALTEXT|GOODS).*|ITEMDESCRIPTION"
        ),
    ),
    ("note", r"备注.*|说明|要求|用途|REMARKS?|NOTES?|COMMENTS?|其他|APPLICATION"),
    (
        "index",
        (
            r"序号?|序列|行号|行|NO|#|ITEM(?:NO)?|LINE(?:NO)?|POS|SN|SL(?:NO)?|SR(?:NO)?"
            r"|S/NO?|项次|项目|项|ID"
            r"|编号|L/?I"
        ),
    ),
)
_ROLE_FORMS = tuple((role, re.compile(form)) for role, form in _ROLES)
_PROSE = re.compile(r"[。!?:]\s*$|[或谢]|(?<!申)请(?!购)")  # 需采购下列物品, 品牌要求NSK或NTN
_RULER = re.compile(r"[\s|:+=_-]*[-=+_|]{3,}[\s|:+=_-]*")
_TOTAL = re.compile(
    r"(?:合计|总计|小计|共计|总数|总和|(?:GRAND|SUB)?\s?-?TOTAL|SUM|TTL)\b.*", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Row:
    """One record of a table: the cells by role, and the text it came from."""

    line: int
    raw: str
    cells: dict[str, str]

    @property
    def is_total(self) -> bool:
        texts = [text for role, text in self.cells.items() if role != "note" and text]
        return any(_TOTAL.fullmatch(re.sub(r"\s", "", text)) for text in texts[:4])


@dataclass(frozen=True, slots=True)
class Header:
    """Delimiter and roles of the columns."""

    delimiter: str
    roles: tuple[str, ...]

    def side_by_side(self) -> list["Header"]:
        """`型号 数量 型号 数量`: the lists that stand beside each other, as headers of their own.

        The columns of the others have no role in each of them.
        """
        first = next((role for role in self.roles if role), "")
        starts = [at for at, role in enumerate(self.roles) if role == first]
        ends = [*starts[1:], len(self.roles)]
        groups = [self.roles[a:b] for a, b in zip(starts, ends, strict=True)]
        complete = all({"part", "quantity"} <= set(group) for group in groups)
        if len(groups) < 2 or not complete:
            return [self]
        return [
            Header(
                self.delimiter,
                tuple(role if a <= at < b else "" for at, role in enumerate(self.roles)),
            )
            for a, b in zip(starts, ends, strict=True)
        ]

    def row(self, line: int, text: str) -> Row | None:
        """The line as a row, or None when it does not look like the header."""
        cells = split(text, self.delimiter)
        filled = sum(bool(cell) for cell in cells)
        commas = self.delimiter in ",;"
        wide = len(self.roles) - (2 if commas else 0)
        if filled < 2 or self._is_ragged(cells) or (commas and len(cells) < max(2, wide)):
            return None
        named: dict[str, str] = {}
        for role, cell in zip(self.roles, cells, strict=False):
            if role == "part" and cell and role in named:
                role = "part2"  # noqa: PLW2901 -- a maker's number beside one of the house
            if role and cell and role not in named:
                named[role] = cell
        return (
            Row(line, text, named)
            if named.keys() & {"part", "name", "bore"} or filled > 1
            else None
        )

    def _is_ragged(self, cells: list[str]) -> bool:
        """Columns kept apart by blanks only: all of them, but for an empty last remark."""
        missing = len(self.roles) - len(cells)
        allowed = (0, 1) if self.roles[-1] == "note" else (0,)
        return self.delimiter == "  " and missing not in allowed


def header_of(line: str) -> Header | None:
    """The header a line is, or None."""
    for delimiter in ("\t", "|", ";", ",", "  "):
        cells = split(line, delimiter)
        if not 2 <= len(cells) <= MAX_CELLS or (delimiter in ",;" and _PROSE.search(line)):
            continue
        roles = _assign(cells)
        known = [role for role in roles if role]
        said = sum(bool(cell) for cell in cells)
        names_part = {"part", "name"} & set(known) or {"bore", "outside"} <= set(known)
        if len(known) >= 2 and names_part and len(known) * 2 > said:
            return Header(delimiter, tuple(roles))
    return None


def transposed(lines: list[str], at: int) -> tuple[list[Row], int] | None:
    """Rows of a table whose header is its first column, and how many lines it takes."""
    for delimiter in ("\t", "|", ",", "  "):
        taken: list[list[str]] = []
        for line in lines[at : at + 12]:
            cells = split(line, delimiter)
            if len(cells) < 2 or not role_of(cells[0]) or (len(cells) > 2 and role_of(cells[1])):
                break
            taken.append(cells)
        roles = [role_of(cells[0]) for cells in taken]
        if len(taken) >= 2 and "part" in roles and len(set(roles)) == len(roles):
            if max(map(len, taken)) < 3 and delimiter in ", ":
                continue
            return _columns(taken, roles, at), len(taken)
    return None


def split(line: str, delimiter: str) -> list[str]:
    """Cells of a line, trimmed; borders of drawn tables are no cells."""
    if delimiter == "  ":
        return [cell.strip() for cell in re.split(r" {2,}|\t", line.strip()) if cell.strip()]
    if delimiter == "|":
        line = line.strip().strip("|").replace("¦", "|")
    if delimiter in ",;" and '"' in line:
        return _quoted(line, delimiter)
    return [cell.strip() for cell in line.split(delimiter, MAX_CELLS)]


def role_of(cell: str) -> str:
    """The role a header cell names, or an empty text."""
    if len(cell) > 30 or any(c.isdigit() for c in cell):
        return ""
    word = re.sub(r"[\s_.:：*\"'-]+|\(.*?\)|\[.*?\]", "", cell.upper())
    if not word:
        word = re.sub(r"\W", "", cell.upper())
    for role, form in _ROLE_FORMS:
        if word and form.fullmatch(word):
            return role
    return ""


def is_ruler(line: str) -> bool:
    return bool(_RULER.fullmatch(line)) and len(line) < 500


def is_total_line(line: str) -> bool:
    return bool(_TOTAL.match(line.strip(" \t|,;*-\"'")))


def _assign(cells: list[str]) -> list[str]:
    roles = [role_of(cell) for cell in cells]
    if "part" not in roles and "name" in roles:
        return roles
    if "part" not in roles and "material" in roles:
        roles[roles.index("material")] = "part"
    return roles


def _columns(taken: list[list[str]], roles: list[str], at: int) -> list[Row]:
    rows = []
    for column in range(1, max(map(len, taken))):
        cells = {
            role: line[column]
            for role, line in zip(roles, taken, strict=True)
            if column < len(line) and line[column]
        }
        if cells:
            rows.append(Row(at, " ".join(cells.values()), cells))
    return rows


def _quoted(line: str, delimiter: str) -> list[str]:
    try:
        return [cell.strip() for cell in next(csv.reader([line], delimiter=delimiter), [])]
    except csv.Error:
        return [cell.strip() for cell in line.split(delimiter, MAX_CELLS)]
