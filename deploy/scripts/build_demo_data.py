#!/usr/bin/env python3
"""Make the CSV files of the demo company from a folder of source files.

Usage: build_demo_data.py SOURCES [TARGET]   (TARGET defaults to erp/demo_data)

Deterministic: the same sources give the same bytes. "Random" choices are hashes of the row's own
text. Sizes come from the sources only: a size is written when two thirds of the sources that
speak about the same base number agree, and is left empty otherwise. Prices, stock, payment terms
and the brands' share of the stock are invented; see NOTICE and erp/demo_data/README.md.
"""

from __future__ import annotations

import csv
import hashlib
import re
import sys
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import ROUND_HALF_UP, Decimal
from itertools import combinations
from pathlib import Path
from statistics import median

Row = dict[str, str]
Key = tuple[str, str]
Size = tuple[float | None, float | None, float | None]

# --- categories ------------------------------------------------------------------------------

CATEGORIES = """
bearing,Bearings,轴承,
ball_bearing,Ball bearings,球轴承,bearing
deep_groove_ball,Deep groove ball bearings,深沟球轴承,ball_bearing
angular_contact_ball,Angular contact ball bearings,角接触球轴承,ball_bearing
angular_contact_ball_double_row,Double row angular contact bearings,双列角接触球轴承,ball_bearing
four_point_contact_ball,Four-point contact ball bearings,四点接触球轴承,ball_bearing
self_aligning_ball,Self-aligning ball bearings,调心球轴承,ball_bearing
thrust_ball,Thrust ball bearings,推力球轴承,ball_bearing
roller_bearing,Roller bearings,滚子轴承,bearing
cylindrical_roller,Cylindrical roller bearings,圆柱滚子轴承,roller_bearing
cylindrical_roller_double_row,Double row cylindrical roller bearings,双列圆柱滚子轴承,roller_bearing
spherical_roller,Spherical roller bearings,调心滚子轴承,roller_bearing
tapered_roller,Tapered roller bearings,圆锥滚子轴承,roller_bearing
tapered_roller_inch,Inch tapered roller bearings,英制圆锥滚子轴承,roller_bearing
needle_roller,Needle roller bearings,滚针轴承,roller_bearing
track_roller,Cam followers and track rollers,滚轮轴承,roller_bearing
thrust_roller,Cylindrical and needle roller thrust bearings,推力滚子轴承,roller_bearing
thrust_spherical_roller,Spherical roller thrust bearings,推力调心滚子轴承,roller_bearing
combined,Combined radial and axial bearings,组合轴承,roller_bearing
super_precision,Super-precision bearings,精密轴承,bearing
precision_angular_contact,Super-precision angular contact bearings,精密角接触球轴承,super_precision
precision_cylindrical_roller,Super-precision roller bearings,精密圆柱滚子轴承,super_precision
precision_double_direction,Double direction thrust bearings,双向推力角接触球轴承,super_precision
screw_support,Screw drive support bearings,丝杠支承轴承,super_precision
screw_support_unit,Screw drive support units,丝杠轴承单元,super_precision
mounted,Bearing units and inserts,带座轴承及外球面轴承,
housed_unit,Housed bearing units,带座轴承,mounted
insert,Insert bearings,外球面球轴承,mounted
spherical_plain,Spherical plain bearings and rod ends,关节轴承,
linear,Linear ball bearings,直线轴承,
accessory,Accessories,轴承附件,
sleeve,Adapter and withdrawal sleeves,紧定套及退卸套,accessory
nut,Lock nuts,锁紧螺母,accessory
lock_washer,Lock washers,止动垫圈,accessory
housing,Bearing housings,轴承座,accessory
grease,Greases,轴承润滑脂,accessory
other,Other bearings,其他轴承,
"""

# Country and full name of brands that the source's brand list lacks; empty = not known to us.
MORE_BRANDS = """
ADR,ADR,,FR,adr
BBC,BBC,,,bbc|BBC-R
CRAFT,CRAFT,,LV,craft|Craft Bearings
DKF,DKF,,DE,dkf
EER,EER,,,eer
FLT,FLT,,PL,flt
GPL,GPL,,,gpl|Gamet
HYA,Hyatt,,US,hya|Hyatt
MRC,MRC,,US,mrc
NDA,Nadella,,,nda|Nadella|纳德拉
NICE,NICE,,US,nice
PEER,PEER,,US,peer
RIV,RIV,,IT,riv
RWY,Rollway,,US,rwy|Rollway
STA,STAR,,DE,sta|STAR
TOR,Torrington,,US,tor|Torrington|托林顿
"""

# --- small tools -----------------------------------------------------------------------------

LOOKALIKES = str.maketrans("АВЕКМНОРСТУХаеорсух", "ABEKMHOPCTYXaeopcyx")
CYRILLIC = re.compile(r"[\u0400-\u04ff]")
CLASS_TAIL = re.compile(r"(?<!TV)P[24](?!\d)|EP7")  # without a slash: B7006C.TRA.P4, 7307X3EP7
CLASS_WORD = re.compile(r"HC|P4|P2|SP|UP")


def search_key(text: str) -> str:
    """NFKC, upper case, only A-Z and 0-9: what makes two spellings one product."""
    return re.sub(r"[^A-Z0-9]", "", unicodedata.normalize("NFKC", text).upper())


def fraction(*parts: str) -> float:
    """A number in [0, 1) that depends on the text alone."""
    digest = hashlib.sha256("|".join(parts).encode()).digest()
    return int.from_bytes(digest[:6], "big") / 2**48


def read(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def write(path: Path, header: str, rows: Iterable[Sequence[str]]) -> int:
    count = 0
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(header.split(","))
        for row in rows:
            writer.writerow(row)
            count += 1
    return count


def table(text: str) -> list[list[str]]:
    return [line.split(",") for line in text.strip().splitlines()]


def number(text: str) -> float | None:
    """The positive number in a cell, None for an empty or unreadable one."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if value > 0 else None


def plain(value: float | None) -> str:
    return "" if value is None else f"{value:.6f}".rstrip("0").rstrip(".")


# --- reading a designation -------------------------------------------------------------------

BORE_CODES = {"00": 10.0, "01": 12.0, "02": 15.0, "03": 17.0}


def bore_of(code: str) -> float | None:
    """Bore in mm of a two-digit code, a one-digit miniature code or "/nnn"."""
    if code.startswith("/"):
        return float(code[1:].replace(",", "."))
    if len(code) == 1:
        return float(code)
    return BORE_CODES.get(code, int(code) * 5.0) if int(code) < 97 else None


@dataclass(frozen=True)
class Base:
    """What the designation says by itself: family, base number, bore, the rest."""

    category: str
    number: str  # for example NU2208, 6205, 618/5
    size: str  # numbers of one size share this, for example CR2208 for NU2208 and NJ2208
    bore: float | None
    rest: str


PREFIX = r"(?:HR|4T-|E2\.|ADR\.|SS|SF|S|W|F|A|B|3X)?"
BORE = r"(?P<bore>\d\d(?!\d)|/\d+(?:[.,]\d+)?)"
FAMILIES: list[tuple[str, re.Pattern[str]]] = [
    (category, re.compile(rf"{PREFIX}(?P<series>{series}){bore}(?P<rest>(?![\d]).*)$"))
    for category, series, bore in (
        ("deep_groove_ball", r"6[0234]|160|161|6[0123]8|6[12][79]|62[23]|63[09]|639|6[89]", BORE),
        ("deep_groove_ball", r"6[0-9]", r"(?P<bore>[1-9](?!\d))"),
        ("angular_contact_ball", r"70|72|73|74|718|719|708|709", BORE),
        ("angular_contact_ball", r"70|72", r"(?P<bore>[6-9](?!\d))"),
        ("angular_contact_ball_double_row", r"32|33|52|53", BORE),
        ("four_point_contact_ball", r"QJF?1?[023]", BORE),
        ("self_aligning_ball", r"1[0234]|2[23]|112|113", BORE),
        ("self_aligning_ball", r"1[0-3]", r"(?P<bore>[1-9](?!\d))"),
        ("spherical_roller", r"213|22[23]|23[012389]|24[0189]|249", BORE),
        ("tapered_roller", r"30[23]|31[13]|32[0239]|33[012]", BORE),
        ("thrust_ball", r"51[01234]|52[234]|53[234]|54[234]", BORE),
        ("thrust_roller", r"81[12]|87[45]|89[34]", BORE),
        ("thrust_spherical_roller", r"29[234]", BORE),
        (
            "cylindrical_roller",
            r"(?:NUP|NU|NJ|NF|NH|N)(?:10|18|19|20|2[023]?|3|4|30|39|49)",
            BORE,
        ),
        ("cylindrical_roller_double_row", r"(?:NNU|NN)(?:30|31|40|41|48|49|60)", BORE),
        ("cylindrical_roller", r"(?:NCF|NJG|NCL|RNU|RNJ|RN|SL18|NUJ)(?:\d\d?)", BORE),
        ("cylindrical_roller_double_row", r"(?:NNCF|NNCL|NNC|NNF|SL0[0-9])(?:\d\d)", BORE),
    )
]

# Numbers whose letters name the kind; sizes only by the exact number.
LETTERS = [
    (category, re.compile(rf"(?P<number>(?:{letters})-?\d[\d./X]*)(?P<rest>.*)$"))
    for category, letters in (
        ("tapered_roller_inch", r"K-[A-Z]*\d+/K-[A-Z]*|JHM|JLM|JM|JL|HM(?=\d{5})|HH|LM|LL"),
        ("tapered_roller_inch", r"M(?=\d{5})|L(?=\d{5})|EE-?(?=\d{5})|H(?=\d{5,6})"),
        ("needle_roller", "RNAO|RNA|NAO|NA|NKIS|NKIB|NKIA|NKI|NKS|NK|HK|BK|KZK|KBK|KT|K|RHNA"),
        ("combined", "ZARN|ZARF|NKXR|NKX|NX|RAXZ|AXNB|YRT|NBI"),
        ("thrust_roller", r"AXK|AXW|NTA|AS|WS|GS|LS|T(?=-?[26]9\d{3})"),
        ("track_roller", "NATR|NATV|NUTR|NVTR|PWTR|NUKR|NUKRE|PWKR|KRVE|KRV|KRE|KR"),
        ("track_roller", "STO|RSTO|BVTR|JRM"),
        ("housed_unit", "UCP[AH]?|UCF[ABLC]?|UCT|UCHA|UCLP|UCFL|SYJ?|FYJ?|FYTB|TU"),
        ("housed_unit", "RASEY|RCJT?Y|RMEY|RTUEY"),
        ("insert", "UC|UK|SB|SC|SA(?=2)|YAR|YAJ|YET|YEL|YAT|YSA|YSP|GYE|GRAE|GAY"),
        ("insert", r"GE(?=\d+KRRB)"),
        ("spherical_plain", "SGE|GEH|GEG|GEEW|GE|SIQ?|SA|GAC|GX"),
        ("sleeve", r"AHX|AOHX|AOH|AH|OH|H(?=\d{3,4}$)|HE|HA"),
        ("nut", r"KMTA|KMT|KMFE|KMK|KML|KM|HME|HM(?=\d+$)"),
        ("lock_washer", "MBL|MB"),
        ("housing", "SNL|SNG|SD"),
        ("grease", "LG[A-Z]{2}"),
        ("screw_support", "BSA|BSD|BEAS|BEAM"),
        ("screw_support_unit", "FBSA"),
        ("precision_double_direction", "BTW|BTM|2344|2347"),
    )
]  # fmt: skip

GOST_TYPES = {
    "0": "deep_groove_ball",
    "1": "self_aligning_ball",
    "2": "cylindrical_roller",
    "3": "spherical_roller",
    "4": "needle_roller",
    "5": "cylindrical_roller",
    "6": "angular_contact_ball",
    "7": "tapered_roller",
    "8": "thrust_ball",
    "9": "thrust_roller",
}
SAME_SIZE = re.compile(r"(?:NUP|NU|NJ|NF|NH|N)(?=\d)")


def squeeze(text: str) -> str:
    """Upper case without blanks; a blank between two digits is a border: 3200 2RS, not 32002RS."""
    upper = unicodedata.normalize("NFKC", text).upper()
    return re.sub(r"\s+", "", re.sub(r"(?<=\d)\s+(?=\d)", "-", upper))


def parse(designation: str) -> Base | None:
    """Read family, base number and bore off a designation, None when it says nothing sure."""
    text = squeeze(designation)
    for category, pattern in FAMILIES:
        if hit := pattern.match(text):
            base = hit["series"] + hit["bore"].replace(",", ".")
            size = SAME_SIZE.sub("CR", base) if category == "cylindrical_roller" else base
            return Base(category, base, size, bore_of(hit["bore"]), hit["rest"])
    return None


def parse_letters(designation: str) -> tuple[str, str, str] | None:
    """Category, base number and rest of a number that begins with letters (NA4906, UCP205)."""
    text = squeeze(designation)
    for category, pattern in LETTERS:
        if hit := pattern.match(text):
            return category, hit["number"].rstrip("./"), hit["rest"]
    return None


OLD = re.compile(r"^(?:[0-9A-Z]{1,4}-)?(\d+(?:/\d+(?:[.,]\d+)?)?)(?![\d/])")


def old_base(text: str) -> str:
    """Base of an old (GOST, old GB) number: 6-180309К10 gives 180309; empty when none is sure."""
    hit = OLD.match(text.strip().upper().translate(LOOKALIKES).replace(" ", ""))
    found = hit[1].replace(",", ".") if hit else ""
    return found if re.search(r"[1-9]", found) and len(found) >= 2 else ""


def old_bore(digits: str) -> float | None:
    if "/" in digits:
        return float(digits.split("/")[1])
    if digits[-3:-2] == "0" or len(digits) == 2:
        return float(digits[-1]) or None
    return bore_of(digits[-2:])


def old_category(digits: str) -> str:
    head = digits.partition("/")[0]
    padded = head.rjust(7, "0")
    return GOST_TYPES[padded[-1 - 2 * ("/" not in digits) - 1]] if head else "other"


PAIR_OLD = re.compile(r"[234][346]6\d{3}$")
SINGLE_OLD = re.compile(r"(?:10)?[346]6\d{3}$")
PAIR_JP = re.compile(r"(?:D[BFT])(?:E?P\d|L|M|$)")
SET = re.compile(r"(?:TBT|TFT|/TT|P\dTT|QBC|QFC|QBT|\+)")


def unit_of(brand: str, designation: str, old: str, category: str) -> str:
    text = squeeze(designation)
    if SET.search(text) and category != "screw_support_unit":
        return "set"
    angular = category in {
        "angular_contact_ball",
        "precision_angular_contact",
        "precision_double_direction",
        "screw_support",
    }
    if angular and (PAIR_OLD.match(old) or pair_by_suffix(brand, text)):
        return "pair"
    if category == "tapered_roller" and re.search(r"/(?:.*[^A-Z])?Q?D[BFT]", text):
        return "pair"
    return "piece"


def pair_by_suffix(brand: str, text: str) -> bool:
    if brand in {"SKF", "FAG"}:
        tail = text.partition("/")[2]
        return bool(re.search(r"D[BFT][A-D]?$", tail)) or text.endswith("P4DU")
    return bool(PAIR_JP.search(text))


# --- sizes: every source has one vote per number ---------------------------------------------


@dataclass
class Sizes:
    """Sizes and masses by base number, by old number and by exact number, from all sources."""

    votes: dict[str, dict[str, Size]] = field(default_factory=lambda: defaultdict(dict))
    masses: dict[str, dict[str, float]] = field(default_factory=lambda: defaultdict(dict))
    numbers: dict[str, tuple[Size, float | None]] = field(default_factory=dict)
    ratings: dict[str, Row] = field(default_factory=dict)
    joints: dict[str, Row] = field(default_factory=dict)  # spherical plain, by old number

    def vote(self, base: Base, voter: str, size: Size, mass: float | None) -> None:
        bore, outside, width = size
        if bore is None or outside is None or outside <= bore:
            return
        if base.bore is not None and abs(bore - base.bore) > 0.01:
            return
        if base.number.startswith(("RN", "SL")):
            return
        self.votes[base.size][voter] = (bore, outside, width)
        if mass is not None:
            self.masses[base.number][voter] = mass

    def of_base(self, base: Base) -> Size:
        sizes = self.votes.get(base.size, {}).values()
        widths = [size[2] for size in sizes if base.size not in WRONG_WIDTHS]
        width = agreed(widths)
        if width is None and base.category == "tapered_roller":
            width = agreed(without_rounded(widths))
        return agreed([size[0] for size in sizes]), agreed([size[1] for size in sizes]), width

    def mass_of(self, base: Base) -> float | None:
        """The middle of the masses of one base number when most of them are near it."""
        found = list(self.masses.get(base.number, {}).values())
        middle = median(found) if found else 0.0
        near = [mass for mass in found if abs(mass - middle) <= 0.15 * middle]
        return round(median(near), 4) if near and 3 * len(near) >= 2 * len(found) else None


# Widths of the sources that their neighbours in the series show to be slips.
WRONG_WIDTHS = {"21310", "30217", "30221", "31321"}


def agreed(values: Sequence[float | None]) -> float | None:
    """The value that at least two thirds of the voters give, None without such a majority."""
    known = [value for value in values if value is not None]
    if not known:
        return None
    value, count = Counter(known).most_common(1)[0]
    return value if 3 * count >= 2 * len(known) else None


def without_rounded(values: Sequence[float | None]) -> list[float | None]:
    """Leave out whole numbers that only round a finer value beside them (29 for 28.75)."""
    known = [value for value in values if value is not None]
    fine = [value for value in known if value % 1]
    return [v for v in known if v % 1 or not any(abs(v - f) <= 0.5 for f in fine)]


def row_size(row: Row, width: str = "B_mm") -> Size:
    return number(row["d_mm"]), number(row["D_mm"]), number(row[width])


def joint_size(sizes: Sizes, designation: str, old: str) -> tuple[Size, float | None]:
    """Size of a spherical plain bearing: its number states the bore, the old number the rest."""
    stated = re.match(r"S?GE[HGW]?-?(\d+)[A-Z]", squeeze(designation))
    name = old.upper().strip()
    while name and name not in sizes.joints and not name[-1].isdigit():
        name = name[:-1]
    row = sizes.joints.get(name)
    if not stated or not row or number(row["d_mm"]) != float(stated[1]):
        return (None, None, None), None
    widths = [number(part) for part in row["B_note"].split("/")] or [None]
    inner = max((width for width in widths if width), default=number(row["B_mm"]))
    return (number(row["d_mm"]), number(row["D_mm"]), inner), number(row["mass_kg"])


def is_plain_row(designation: str) -> bool:
    return not re.search(r"[+(]", designation)


def load_sizes(bearings: Path) -> Sizes:
    sizes = Sizes()
    read_numbers(sizes, bearings)
    for name in ("bearing_dimensions_iso.csv", "brand_designations.csv"):
        for row in read(bearings / name):
            base = parse(row["designation"])
            if base and is_plain_row(row["designation"]):
                if "d_mm" in row:
                    mass = number(row["mass_kg"])
                    sizes.vote(base, row["designation"], row_size(row), mass)
                vote_by_old(sizes, base, old_base(row["old_designation"]))
    for row in read(bearings / "bearing_ratings_common.csv"):
        if base := parse(row["designation"]):
            sizes.ratings[base.number] = row
            voter = "ratings " + base.number
            sizes.vote(base, voter, row_size(row, "B_or_H_mm"), number(row["mass_kg"]))
    vote_super_precision(sizes, bearings)
    return sizes


def read_numbers(sizes: Sizes, bearings: Path) -> None:
    """Sizes by exact number; a number listed with two sizes is ambiguous and left out."""
    seen: dict[str, list[tuple[Size, float | None]]] = defaultdict(list)
    for row in read(bearings / "bearing_dimensions_all_numbers.csv"):
        if row["has_cyrillic"]:
            sizes.joints[row["number"].upper()] = row
        else:
            entry = row_size(row), number(row["mass_kg"])
            seen[squeeze(row["number"]).replace(",", ".")].append(entry)
    sizes.numbers = {
        name: found[0] for name, found in seen.items() if len({size for size, _ in found}) == 1
    }


def vote_by_old(sizes: Sizes, base: Base, old: str) -> None:
    """The old number's size votes when its kind and bore are those of the designation."""
    if old not in sizes.numbers or not same_kind(base.category, old):
        return
    if base.category == "angular_contact_ball" and not SINGLE_OLD.match(old):
        return
    size, mass = sizes.numbers[old]
    sizes.vote(base, "old " + old, size, mass)


def same_kind(category: str, old: str) -> bool:
    kind = old_category(old)
    return kind == category or (kind, category) in {
        ("angular_contact_ball", "angular_contact_ball_double_row"),
        ("angular_contact_ball", "four_point_contact_ball"),
        ("cylindrical_roller", "cylindrical_roller_double_row"),
        ("thrust_roller", "thrust_spherical_roller"),
    }


def vote_super_precision(sizes: Sizes, bearings: Path) -> None:
    for name, column, width in (
        ("skf_super_precision.csv", "designation", "B_mm"),
        ("skf_snfa_catalogue_zh.csv", "model", "width_mm"),
    ):
        for row in read(bearings / name):
            base = parse(row[column])
            if base and base.category != "deep_groove_ball":
                sizes.vote(base, name, row_size(row, width), None)


# --- products --------------------------------------------------------------------------------


@dataclass
class Product:
    brand: str
    designation: str
    category: str = ""
    size: Size = (None, None, None)
    mass: float | None = None
    dynamic: float | None = None
    static: float | None = None
    grease: float | None = None
    oil: float | None = None
    unit: str = "piece"
    old: str = ""
    official: bool = False  # spelled as the maker does; kept against other spellings

    @property
    def key(self) -> Key:
        return self.brand, search_key(self.designation)

    def numbers(self) -> list[float | None]:
        return [*self.size, self.mass, self.dynamic, self.static, self.grease, self.oil]

    def filled(self) -> int:
        return sum(value is not None for value in self.numbers()) + bool(self.old)


@dataclass
class Catalogue:
    sizes: Sizes
    products: dict[Key, Product] = field(default_factory=dict)
    common: set[Key] = field(default_factory=set)  # favoured for stock
    conflicts: int = 0
    dropped: list[str] = field(default_factory=list)

    def add(self, product: Product) -> Key | None:
        """Complete a product and keep it; of two with one key the better filled row stays."""
        designation = clean(product.designation)
        if not designation:
            self.dropped.append(f"{product.brand} {product.designation}")
            return None
        product = self.complete(replace(product, designation=designation))
        known = self.products.get(product.key)
        if known:
            product = merge(known, product)
        self.products[product.key] = product
        return product.key

    def complete(self, product: Product) -> Product:
        base = parse(product.designation)
        letters = None if base else parse_letters(product.designation)
        if not product.category:
            product.category = categorise(product, base, letters)
        product.unit = unit_of(product.brand, product.designation, product.old, product.category)
        if "+" in product.designation or "(" in product.designation:
            return product
        if product.size == (None, None, None):
            self.fill(product, base, letters)
        return product

    def fill(
        self, product: Product, base: Base | None, letters: tuple[str, str, str] | None
    ) -> None:
        if base:
            self.fill_from_base(product, base)
        elif letters:
            self.fill_from_letters(product, letters)
        if product.size == (None, None, None):
            self.fill_from_old(product, base)

    def fill_from_base(self, product: Product, base: Base) -> None:
        bore, outside, width = self.sizes.of_base(base)
        if base.number.startswith("RN"):
            return
        if product.unit != "piece":
            product.size = bore, outside, self.pair_width(product, outside)
            return
        if changes_width(base):
            width = None
        product.size = bore, outside, width
        product.mass = product.mass or self.sizes.mass_of(base)
        rating = self.sizes.ratings.get(base.number)
        if rating and plain_design(base):
            product.dynamic, product.static = number(rating["C_kN"]), number(rating["C0_kN"])
            if not re.search(r"RS|DDU|LLU|NSE", base.rest):
                product.grease = number(rating["limiting_speed_rpm"])

    def pair_width(self, product: Product, outside: float | None) -> float | None:
        size, _ = self.sizes.numbers.get(product.old, ((None, None, None), None))
        return size[2] if PAIR_OLD.match(product.old) and size[1] == outside else None

    def fill_from_letters(self, product: Product, letters: tuple[str, str, str]) -> None:
        category, name, rest = letters
        if category == "housed_unit":
            product.size = unit_bore(name), None, None
            return
        cage = re.fullmatch(r"K(\d+)X(\d+)X(\d+)", name)
        if cage:  # the number states the size
            product.size = float(cage[1]), float(cage[2]), float(cage[3])
            return
        whole = squeeze(product.designation)
        for candidate in (whole, whole.replace("-", "/"), name):
            if candidate in self.sizes.numbers and not candidate.isdigit():
                size, mass = self.sizes.numbers[candidate]
                wider = category == "needle_roller" and "RS" in rest
                product.size = (size[0], size[1], None if wider else size[2])
                product.mass = product.mass or (None if wider else mass)
                return
        if category == "insert":
            product.size = unit_bore(name), None, None

    def fill_from_old(self, product: Product, base: Base | None) -> None:
        """Take the old number's size where that number can mean only one bearing."""
        old = product.old
        if old not in self.sizes.numbers or (len(old.partition("/")[0]) < 6 and not base):
            return
        size, mass = self.sizes.numbers[old]
        expected = base.bore if base and base.bore else old_bore(old)
        if expected is None or size[0] is None or abs(expected - size[0]) > 0.01:
            self.conflicts += 1
            return
        if base and not same_kind(base.category, old):
            self.conflicts += 1
            return
        product.size, product.mass = size, product.mass or mass


def unit_bore(name: str) -> float | None:
    """Bore of a unit or insert: a code after UC, YAR and the like, else millimetres."""
    coded = re.fullmatch(r"(?:U[CK][A-Z]*|S[ABC]|Y[A-Z]+)[23](\d\d)(?:/(\d+))?", name)
    if coded:
        return float(coded[2]) if coded[2] else bore_of(coded[1])
    stated = re.fullmatch(r"(?:SYJ?|FYJ?|FYTB|TU|R[A-Z]+|G[A-Z]+)(\d\d)", name)
    return float(stated[1]) if stated else None


def merge(one: Product, two: Product) -> Product:
    best, other = (two, one) if two.filled() > one.filled() else (one, two)
    if None not in {one.size[0], two.size[0]} and one.size[0] != two.size[0]:
        return best  # two bearings with one key (62/22 and 6222): do not mix them
    best.designation = min(one, two, key=spelling_rank).designation
    best.official = one.official or two.official
    if best.size == (None, None, None):
        best.size = other.size
    best.mass = best.mass or other.mass
    best.old = best.old or other.old
    best.dynamic, best.static = best.dynamic or other.dynamic, best.static or other.static
    best.grease, best.oil = best.grease or other.grease, best.oil or other.oil
    return best


def spelling_rank(product: Product) -> tuple[bool, int, str]:
    return not product.official, len(product.designation), product.designation


def changes_width(base: Base) -> bool:
    """Seals or fits that make a bearing of the same base number wider or otherwise unlike it."""
    if base.category in {"self_aligning_ball", "spherical_roller"}:
        return bool(re.search(r"RS|E-2|CS|VS", base.rest))
    return base.category == "angular_contact_ball_double_row" and "E" in base.rest


def plain_design(base: Base) -> bool:
    """Only seals, shields, clearance: the sample load ratings hold for these alone."""
    seals = r"2?RS[HR1]?|2?RZ|2?Z|ZZE?|DDU|LLU|LLB|VV|2NSE|2NKE|2RU|2BRS|2RSR|J2?/Q|-A|JR?"
    return bool(re.fullmatch(rf"[-/]?(?:{seals})?[-/]?(?:C[234])?", base.rest))


def categorise(product: Product, base: Base | None, letters: tuple[str, str, str] | None) -> str:
    if base:
        tail = base.rest.partition("/")[2]
        precise = CLASS_WORD.search(tail) or CLASS_TAIL.search(base.rest)
        return precision_category(base.category) if precise else base.category
    if letters:
        return letters[0]
    known = BRAND_CATEGORIES.get(product.brand)
    if known and not product.designation.startswith("FJHTT"):
        return known
    if re.fullmatch(r"\d{5,6}[A-Z]*/\d{5,6}[A-Z]*", squeeze(product.designation)):
        return "tapered_roller_inch"
    return old_category(product.old) if product.old else "other"


# What the numbers of these brands in the sources are when they follow no common scheme.
BRAND_CATEGORIES = {
    "GPL": "tapered_roller_inch",
    "SNFA": "precision_angular_contact",
    "STA": "linear",
    "TIMKEN": "tapered_roller_inch",
    "TOR": "needle_roller",
}


def precision_category(category: str) -> str:
    return {
        "angular_contact_ball": "precision_angular_contact",
        "cylindrical_roller": "precision_cylindrical_roller",
        "cylindrical_roller_double_row": "precision_cylindrical_roller",
    }.get(category, category)


def clean(designation: str) -> str:
    """The source's spelling without blemishes; empty when it is no designation."""
    text = unicodedata.normalize("NFKC", designation).translate(LOOKALIKES)
    text = " ".join(re.sub(r"[`';?]", "", text).split()).strip(" .,-/_")
    text = text.replace("/ ", "/").replace(" /", "/")
    text = text.replace("p6q6", "P6Q6").replace("Sp", "SP")
    text = re.sub(r"^(ED\d+-\d)EC", r"\1CE", text)  # ED8-7EC1, a slip for ED8-7CE1
    bad = CYRILLIC.search(text) or "[" in text or len(text) > 60 or len(search_key(text)) < 2
    return "" if bad or not re.search(r"\d", text) else text


SOURCE_TYPES = {
    "angular_contact_ball": "precision_angular_contact",
    "thrust_angular_contact_double_direction": "precision_double_direction",
    "cylindrical_roller_super_precision": "precision_cylindrical_roller",
    "screw_drive_thrust_angular_contact": "screw_support",
    "角接触球轴承": "precision_angular_contact",
    "双列圆柱滚子轴承": "precision_cylindrical_roller",
    "单列圆柱滚子轴承": "precision_cylindrical_roller",
    "丝杠支承角接触推力球轴承": "screw_support",
    "带法兰滚珠丝杠轴承套筒单元": "screw_support_unit",
    "精密锁紧螺母": "nut",
    "双向角接触推力球轴承": "precision_double_direction",
    "双向角接触推力球轴承高速系列": "precision_double_direction",
    "E2能效型深沟球轴承": "deep_groove_ball",
}


@dataclass(frozen=True)
class Link:
    one: Key
    two: Key
    grade: str
    source: str


def add_super_precision(catalogue: Catalogue, bearings: Path) -> list[Link]:
    loads: dict[str, Row] = {}
    for row in read(bearings / "skf_super_precision.csv"):
        loads[search_key(row["designation"])] = row
        catalogue.add(
            Product(
                brand=row["brand"],
                designation=row["designation"],
                category=SOURCE_TYPES[row["type"]],
                size=row_size(row),
                dynamic=number(row["C_kN"]),
                static=number(row["C0_kN"]),
                grease=number(row["speed_grease_rpm"]),
                oil=number(row["speed_oil_rpm"]),
            )
        )
    links = []
    for row in read(bearings / "skf_snfa_catalogue_zh.csv"):
        same = loads.get(search_key(row["model"]).replace("GA", "", 1), {})
        new = Product(
            brand=row["brand"],
            designation=row["model"],
            category=SOURCE_TYPES[row["class_zh"]],
            size=row_size(row, "width_mm"),
            mass=number(row["mass_kg"]),
            dynamic=number(same.get("C_kN", "")),
            static=number(same.get("C0_kN", "")),
            grease=number(row["speed_grease_rpm"]),
            oil=number(row["speed_oil_rpm"]),
        )
        successor = catalogue.add(new)
        if successor:
            catalogue.common.add(successor)
        if successor and row["old_model"]:
            old = Product("SNFA", row["old_model"], new.category, size=new.size)
            if predecessor := catalogue.add(old):
                source = "SKF/SNFA trader's catalogue"
                links.append(Link(predecessor, successor, "superseded", source))
    return links


def add_brand_designations(catalogue: Catalogue, bearings: Path) -> None:
    for row in read(bearings / "brand_designations.csv"):
        if cut_off(row["designation"]):
            catalogue.dropped.append(row["designation"])
            continue
        size, mass = joint_size(catalogue.sizes, row["designation"], row["old_designation"])
        old = old_base(row["old_designation"])
        catalogue.add(Product(row["brand"], row["designation"], size=size, mass=mass, old=old))


def cut_off(designation: str) -> bool:
    """The source's field ends after 15 characters: a name that fills it may have lost its end."""
    text = squeeze(designation)
    whole = r"[A-Z]*(\d{5,6})[A-Z]*[/-][A-Z]*\d{5,6}[A-Z]*|.*/PA9AD[BFT][A-C]|.*\.P4U[LM]"
    if re.search(r"\+[A-Z]*\d?\d?$|/K-[A-Z]*$", text):
        return True
    if len(designation) != 15 or text.startswith("EE"):
        return False
    found = re.fullmatch(whole, text)
    return not found or text.startswith(("HM", "JM"))


DOMESTIC = ("HRB", "C&U")
SOLID_BRASS = re.compile(r"2[23][0-9]{3}EM")


def add_examples(catalogue: Catalogue, bearings: Path) -> list[Link]:
    groups: dict[str, list[Key]] = defaultdict(list)
    sources: dict[str, str] = {}
    for row in read(bearings / "interchange_examples.csv"):
        group = row["equivalence_group"]
        derived = row["basis"].startswith("derived")
        sources[group] = "suffix rule" if derived else "catalogue knowledge"
        for brand in DOMESTIC if row["brand"] == "GB/国产" else (row["brand"],):
            if key := catalogue.add(Product(brand, row["designation"], official=True)):
                groups[group].append(key)
                catalogue.common.add(key)
    links: list[Link] = []
    for group, keys in groups.items():
        grade = "dimensional" if group.startswith("UC") else "identical"
        links += (as_caged(one) for one in link(keys, grade, sources[group]))
    return links


def as_caged(one: Link) -> Link:
    """A solid brass cage on one side alone: the same dimensions, not the same part."""
    solid = {bool(SOLID_BRASS.match(key[1])) for key in (one.one, one.two)}
    return replace(one, grade="dimensional") if len(solid) == 2 else one


def link(keys: Sequence[Key], grade: str, source: str) -> Iterator[Link]:
    """One link per unordered pair, in large groups only those with the first member."""
    unique = list(dict.fromkeys(keys))
    pairs = combinations(unique, 2) if len(unique) <= 8 else ((unique[0], k) for k in unique[1:])
    for one, two in pairs:
        yield Link(one, two, grade, source)


def add_units(catalogue: Catalogue, bearings: Path) -> list[Link]:
    links: list[Link] = []
    for row in read(bearings / "unit_interchange.csv"):
        number_jis = row["jis_number_ntn_nsk_fyh_asahi"]
        wanted = [(brand, number_jis) for brand in ("FYH", "ASAHI", "NTN", "NSK")]
        bore = bore_of(number_jis[-2:])
        for brand, other in (("SKF", row["skf"]), ("INA", row["ina"])):
            if other and agrees(other, bore):
                wanted.append((brand, other))
        keys = [key for brand, name in wanted if (key := catalogue.add(Product(brand, name)))]
        catalogue.common.update(keys)
        links += link(keys, "dimensional", "table of housed units")
    return links


def agrees(other: str, bore: float | None) -> bool:
    """Drop pairs whose own numbers state different bores (source slips such as UCFC215/RMEY80)."""
    stated = re.search(r"(\d+)", other)
    if not stated or other.startswith("Y"):
        return True
    return bore is None or float(stated[1]) == bore


FEATURES = {  # brand: spellings of two rubber seals, two shields, two low-friction seals, and C3
    "SKF": ("-2RS1", "-2Z", "-2RZ", "/C3"),
    "FAG": ("-2RSR", "-2Z", "-2BRS", "-C3"),
    "NSK": ("DDU", "ZZ", "VV", "C3"),
    "NTN": ("LLU", "ZZ", "LLB", "C3"),
    "KOYO": ("-2RS", "ZZ", "-2RU", "C3"),
    "NACHI": ("-2NSE", "ZZE", "-2NKE", "C3"),
    "HRB": ("-2RS", "-2Z", "-2RZ", "/C3"),
    "C&U": ("-2RS", "-2Z", "-2RZ", "/C3"),
}


def add_common_types(catalogue: Catalogue) -> list[Link]:
    """Usual sizes in the spellings of usual brands, by the rule of the interchange examples."""
    links: list[Link] = []
    for series, bore in ((s, b) for s in ("60", "62", "63") for b in range(21)):
        base, old = f"{series}{bore:02d}", f"{'1' if series == '60' else series[1]}{bore:02d}"
        small = (catalogue.sizes.of_base(parse(base) or NO_BASE)[1] or 99) <= 52
        for feature, prefix in enumerate(("180", "80", None, "")):
            number_old = "" if prefix is None else prefix + old
            for c3 in (False,) if prefix is None else (False, True):
                keys = add_spellings(catalogue, base, feature, number_old, c3=c3, small=small)
                links += link(keys, "identical", "suffix rule")
        for mark, number_old in (("DDU", "180" + old), ("ZZ", "80" + old), ("VV", "")):
            catalogue.add(Product("NSK", f"{base}{mark}CM", old=number_old, official=True))
        if small:
            links += older_seal(catalogue, base, "180" + old)
        links += more_chinese(catalogue, base, old)
    links += add_common_rollers(catalogue)
    return links


def add_spellings(
    catalogue: Catalogue, base: str, feature: int, old: str, *, c3: bool, small: bool
) -> list[Key]:
    keys = []
    for brand, spellings in FEATURES.items():
        mark = spellings[feature] if feature < 3 else ""
        if mark == "-2RS1" and small:
            mark = "-2RSH"
        name = base + mark + (spellings[3] if c3 else "")
        if key := catalogue.add(Product(brand, name, old=old, official=True)):
            keys.append(key)
    catalogue.common.update(keys)
    return keys


NO_BASE = Base("other", "", "", None, "")


def older_seal(catalogue: Catalogue, base: str, old: str) -> Iterator[Link]:
    """Small SKF bearings: 2RSH follows 2RS1, and 2RS1 equals the other brands' sealed ones."""
    for tail, c3 in (("", False), ("/C3", True)):
        older = catalogue.add(Product("SKF", f"{base}-2RS1{tail}", old=old, official=True))
        if not older:
            continue
        catalogue.common.add(older)
        for key in add_spellings(catalogue, base, 0, old, c3=c3, small=True):
            yield Link(older, key, "superseded" if key[0] == "SKF" else "identical", "suffix rule")


def more_chinese(catalogue: Catalogue, base: str, old: str) -> Iterator[Link]:
    for brand in ("ZWZ", "LYC"):
        for mark, prefix in (("", ""), ("-2RS", "180"), ("-2Z", "80")):
            product = Product(brand, base + mark, old=prefix + old, official=True)
            key = catalogue.add(product)
            other = ("HRB", search_key(base + mark))
            if key and other in catalogue.products:
                catalogue.common.add(key)
                yield Link(key, other, "identical", "suffix rule")


ROLLERS: list[tuple[tuple[str, ...], Sequence[int], dict[str, str], str]] = [
    (("NU2", "NU3", "NU22"), range(5, 21), {
        "SKF": "{p} {n} ECP", "FAG": "{p}{n}-E-XL-TVP2", "NSK": "{p}{n}ET", "NTN": "{p}{n}ET2X",
    }, "identical"),
    (("NU2", "NU3", "NJ2", "NJ3"), range(5, 17), {
        "SKF": "{p} {n} ECM", "FAG": "{p}{n}-E-XL-M1", "NSK": "{p}{n}EM", "NTN": "{p}{n}EG1",
    }, "identical"),
    (("NJ2", "NJ3"), range(5, 17), {
        "SKF": "{p} {n} ECP", "FAG": "{p}{n}-E-XL-TVP2", "NSK": "{p}{n}ET", "NTN": "{p}{n}ET2X",
    }, "identical"),
    (("302", "322"), range(5, 19), {
        "SKF": "{n} J2/Q", "FAG": "{n}-A", "NSK": "HR{n}J", "NTN": "4T-{n}", "KOYO": "{n}JR",
        "HRB": "{n}", "ZWZ": "{n}", "LYC": "{n}",
    }, "identical"),
    (("222",), (*range(8, 21), 22, 24), {
        "SKF": "{n} E", "FAG": "{n}-E1-XL", "NSK": "{n}EAE4", "KOYO": "{n}RHRW33",
    }, "identical"),
    (("222",), (*range(8, 21), 22, 24), {
        "SKF": "{n} E", "FAG": "{n}-E1-XL", "ZWZ": "{n}CA/W33", "LYC": "{n}CA/W33",
    }, "dimensional"),
    (("222",), (*range(8, 21), 22, 24), {
        "SKF": "{n} EK", "FAG": "{n}-E1-XL-K", "NSK": "{n}EAKE4", "KOYO": "{n}RHRKW33",
    }, "identical"),
    (("222",), (*range(8, 21), 22, 24), {
        "SKF": "{n} EK", "FAG": "{n}-E1-XL-K", "ZWZ": "{n}CAK/W33", "LYC": "{n}CAK/W33",
    }, "dimensional"),
    (("223",), range(8, 21), {
        "SKF": "{n} E", "FAG": "{n}-E1-XL", "NSK": "{n}EAE4",
    }, "identical"),
    (("223",), range(8, 21), {
        "SKF": "{n} E", "FAG": "{n}-E1-XL", "ZWZ": "{n}CA/W33", "LYC": "{n}CA/W33",
    }, "dimensional"),
    (("511", "512"), range(4, 17), {
        "SKF": "{n}", "FAG": "{n}", "NSK": "{n}", "NTN": "{n}", "HRB": "{n}", "ZWZ": "{n}",
    }, "identical"),
    (("72", "73"), range(4, 15), {
        "SKF": "{n} BEP", "FAG": "{n}-B-XL-TVP", "NTN": "{n}BT2",
    }, "identical"),
    (("12", "13", "22"), range(5, 13), {
        "SKF": "{n} ETN9", "FAG": "{n}-TVH", "NSK": "{n}", "NTN": "{n}", "HRB": "{n}",
    }, "dimensional"),
]  # fmt: skip


WITH_C3 = {"NU2", "NJ2", "222", "223"}
C3 = {brand: spellings[3] for brand, spellings in FEATURES.items()}


def add_common_rollers(catalogue: Catalogue) -> Iterator[Link]:
    for series, bores, brands, grade in ROLLERS:
        for name, bore in ((s, b) for s in series for b in bores):
            letters = re.match(r"[A-Z]*", name)
            prefix = letters[0] if letters else ""
            digits = f"{name.removeprefix(prefix)}{bore:02d}"
            for c3 in (False, True) if series[0] in WITH_C3 else (False,):
                keys = []
                for brand, pattern in brands.items():
                    text = pattern.format(p=prefix, n=digits) + (C3.get(brand, "/C3") if c3 else "")
                    if key := catalogue.add(Product(brand, text, official=True)):
                        keys.append(key)
                catalogue.common.update(keys)
                yield from link(keys, grade, "suffix rule")


def add_sleeves(catalogue: Catalogue, bearings: Path) -> list[Link]:
    """Sleeves named in bearing-with-sleeve assemblies; their bore is the assembly's bore."""
    bores: dict[str, set[float]] = defaultdict(set)
    for row in read(bearings / "bearing_dimensions_iso.csv"):
        hit = re.search(r"\+\s*(AHX|AOH|AH|OH|H)\s*(\d{3,4})$", row["designation"])
        bore = number(row["d_mm"])
        if hit and bore and hit[1] in {"H", "OH"}:
            bores[hit[1] + " " + hit[2]].add(bore)
    links: list[Link] = []
    for name, found in sorted(bores.items()):
        size: Size = (found.pop() if len(found) == 1 else None, None, None)
        keys = []
        for brand, text in (
            ("SKF", name),
            ("FAG", name.replace(" ", "")),
            ("HRB", name.replace(" ", "")),
        ):
            if key := catalogue.add(Product(brand, text, "sleeve", size=size)):
                keys.append(key)
        catalogue.common.update(keys)
        links += link(keys, "dimensional", "same standard number")
    return links


SNL = (
    "505-205 506-605 507-606 508-607 509 510-608 511-609 512-610 513-611 515-612 516-613 517 "
    "518-615 519-616 520-617 522-619 524-620 526 528 530 532"
)
GREASES = ("LGMT 2", "LGMT 3", "LGEP 2", "LGHP 2", "LGLT 2", "LGWA 2")


def add_accessories(catalogue: Catalogue) -> list[Link]:
    """Nuts, washers, housings and greases a bearing trader keeps; numbers only, no sizes."""
    links: list[Link] = []
    for kind, category in (("KM", "nut"), ("MB", "lock_washer")):
        for step in range(41):
            keys = [
                key
                for brand, text in (("SKF", f"{kind} {step}"), ("FAG", f"{kind}{step}"))
                if (key := catalogue.add(Product(brand, text, category, official=True)))
            ]
            links += link(keys, "dimensional", "same standard number")
    for size in SNL.split():
        catalogue.add(Product("SKF", f"SNL {size}", "housing", official=True))
    for name in GREASES:
        for pack in ("1", "5", "18"):
            catalogue.add(Product("SKF", f"{name}/{pack}", "grease", official=True))
    return links


def shared_old_number(catalogue: Catalogue, bearings: Path) -> list[Link]:
    groups: dict[str, list[Key]] = defaultdict(list)
    for row in read(bearings / "interchange_shared_old_number.csv"):
        key = row["brand"], search_key(clean(row["designation"]))
        if key in catalogue.products:
            groups[row["old_number"]].append(key)
    links: list[Link] = []
    for keys in groups.values():
        links += (
            found
            for found in link(keys, "dimensional", "filed under one old number")
            if compatible(catalogue, found.one, found.two)
        )
    return links


def compatible(catalogue: Catalogue, one: Key, two: Key) -> bool:
    """False where the two numbers themselves state other series or sizes (slips of the source)."""
    first = parse(catalogue.products[one].designation)
    second = parse(catalogue.products[two].designation)
    if first and second:
        return first.size == second.size
    return True


def same_number(catalogue: Catalogue) -> list[Link]:
    """The same ISO number sold by several brands: same boundary dimensions."""
    groups: dict[str, list[Key]] = defaultdict(list)
    for key, product in catalogue.products.items():
        base = parse(product.designation)
        if base and search_key(base.number) == key[1] and product.category == base.category:
            groups[key[1]].append(key)
    links: list[Link] = []
    for _, keys in sorted(groups.items()):
        keys.sort(key=lambda key: (key[0] != "SKF", key[0]))
        links += link(keys, "dimensional", "same ISO number")
    return links


def ceramic_upgrades(catalogue: Catalogue) -> list[Link]:
    """Steel balls to ceramic balls of the same number: higher speed, same size."""
    links: list[Link] = []
    for key, product in catalogue.products.items():
        if product.brand != "SKF" or product.category != "precision_angular_contact":
            continue
        if "/P4" not in product.designation:
            continue
        other = (key[0], search_key(product.designation.replace("/P4", "/HCP4")))
        if other in catalogue.products and catalogue.products[other].size == product.size:
            links.append(Link(key, other, "upgrade", "derived: HC = ceramic balls"))
    return links


# --- invented: prices and stock --------------------------------------------------------------

TIERS = {"SKF": 1.0, "SNFA": 1.2, "FAG": 0.98, "INA": 0.95, "NSK": 0.9, "NTN": 0.88, "KOYO": 0.86}
TIERS |= {"NACHI": 0.84, "TIMKEN": 1.0, "FYH": 0.7, "ASAHI": 0.72, "CRAFT": 0.5, "BBC": 0.4}
TIERS |= {"HRB": 0.42, "ZWZ": 0.42, "LYC": 0.4, "C&U": 0.36}
KIND_FACTORS = {
    "angular_contact_ball": 1.7,
    "angular_contact_ball_double_row": 2.0,
    "four_point_contact_ball": 2.4,
    "self_aligning_ball": 1.5,
    "thrust_ball": 1.3,
    "cylindrical_roller": 1.8,
    "cylindrical_roller_double_row": 4.0,
    "spherical_roller": 2.2,
    "tapered_roller": 1.3,
    "needle_roller": 1.8,
    "precision_angular_contact": 14.0,
    "precision_cylindrical_roller": 12.0,
    "precision_double_direction": 13.0,
    "screw_support": 11.0,
    "screw_support_unit": 9.0,
    "nut": 3.0,
    "grease": 1.1,
    "housed_unit": 0.9,
    "housing": 0.7,
    "lock_washer": 1.0,
    "thrust_spherical_roller": 2.4,
}


def weight(product: Product) -> float | None:
    """Known mass, else an estimate from the ring's volume; only used to invent prices."""
    if product.mass:
        return product.mass
    bore, outside, width = product.size
    if bore and outside:
        return 3.7e-6 * (outside**2 - bore**2) * (width or (outside - bore) / 2)
    if product.category == "grease":
        return float(product.designation.partition("/")[2])
    factor = ACCESSORY_WEIGHTS.get(product.category)
    shaft = bore or shaft_of(product.designation)
    return factor * float(shaft**2.3) if factor and shaft else None


ACCESSORY_WEIGHTS = {"sleeve": 2.2e-5, "nut": 1.2e-5, "lock_washer": 2e-6, "housing": 4.5e-4}
ACCESSORY_WEIGHTS |= {"housed_unit": 4.2e-4, "insert": 1.15e-4}


def shaft_of(designation: str) -> float | None:
    """Shaft diameter that an accessory's size number means (KM 10: 50 mm); to invent prices."""
    hit = re.fullmatch(r"(?:KM|MB|SNL 5)\s?(\d+)(?:-\d+)?", designation)
    return 5.0 * int(hit[1]) if hit else None


CLASS = re.compile(r"(?<!TV)(?<!UC)P([2456])(?!\d\d)")
CLASS_FACTORS = {"2": 6.0, "4": 4.0, "5": 2.2, "6": 1.25}


def precision_factor(product: Product) -> float:
    text = squeeze(product.designation)
    if product.category in {"precision_angular_contact", "precision_cylindrical_roller"}:
        return (1.9 if "HC" in text else 1.0) * (1.3 if re.search(r"P2|/UP", text) else 1.0)
    if "screw" in product.category or parse(product.designation) is None:
        return 1.0
    hit = CLASS.search(text)
    return CLASS_FACTORS[hit[1]] if hit else 1.0


def cost_of(product: Product) -> Decimal | None:
    """Invented unit cost in CNY without tax: dearer when bigger, finer, of a dearer brand."""
    kilograms = weight(product)
    if kilograms is None:
        return None
    value = 4.0 + 70.0 * kilograms**0.8
    value *= KIND_FACTORS.get(product.category, 1.0) * TIERS.get(product.brand, 0.7)
    value *= precision_factor(product) * (1.12 if closed(product) else 1.0)
    value *= {"piece": 1.0, "pair": 2.05, "set": 3.0}[product.unit]
    value *= 0.94 + 0.12 * fraction("cost", *product.key)
    return max(Decimal("0.50"), cents(value))


def closed(product: Product) -> bool:
    return bool(re.search(r"2RS|DDU|LLU|2NSE|2Z|ZZ|2RZ|VV|LLB", squeeze(product.designation)))


def cents(value: float) -> Decimal:
    return Decimal(value).quantize(Decimal("0.01"), ROUND_HALF_UP)


def list_price(product: Product, cost: Decimal) -> Decimal:
    value = float(cost) * (1.38 + 0.25 * fraction("list", *product.key))
    step = Decimal("0.1") if value < 100 else Decimal(1) if value < 2000 else Decimal(10)
    return ((Decimal(value) / step).quantize(Decimal(1), ROUND_HALF_UP) * step).quantize(
        Decimal("0.01")
    )


WAREHOUSES = (
    ("SH", "上海总仓", "Shanghai main warehouse", "上海市"),
    ("GZ", "广州仓", "Guangzhou warehouse", "广州市"),
)
BINS = [
    f"{zone}-{row:02d}{column:02d}{level:02d}"
    for zone in "AB"
    for row in (1, 2)
    for column in range(1, 6)
    for level in (1, 2)
]


def stocked(catalogue: Catalogue, wanted: int) -> list[Product]:
    """The stocked range: four fifths common types, the rest any product of known, handy size."""
    handy = [p for p in catalogue.products.values() if 0 < (weight(p) or 0) < 60]

    def rank(product: Product) -> tuple[float, str]:
        base = parse(product.designation)
        small = bool(base and base.bore and base.bore <= 60)
        chance = fraction("stock", *product.key)
        return chance * (0.6 if small else 1.0), product.designation

    common = sorted((p for p in handy if p.key in catalogue.common), key=rank)
    rare = sorted((p for p in handy if p.key not in catalogue.common), key=rank)
    named = [p for p in handy if p.key in ALWAYS]
    picked = {p.key: p for p in named + common[: wanted * 4 // 5]}
    for product in rare:
        if len(picked) >= wanted:
            break
        picked.setdefault(product.key, product)
    return sorted(picked.values(), key=lambda p: p.key)


USUAL = """
SKF: NU 208 ECP, NU 2208 ECP, NU 310 ECP, NJ 312 ECM, 30206 J2/Q, 30208 J2/Q, 32210 J2/Q, 22212 E,
SKF: 22220 E, 22220 EK, 22220 EK/C3, 22316 E, 7208 BEP, 51108, 1208 ETN9, H 320, H 3124, KM 10,
SKF: SNL 512-610, LGMT 2/1, LGMT 3/1, 7008CEGA/P4A, 7010CEGA/P4A, 7014CDGA/P4A, SY 25 TF, FY 40 TF
FAG: NU208-E-XL-TVP2, NU2208-E-XL-TVP2, 22220-E1-XL, 22220-E1-XL-K-C3, 22316-E1-XL, 30206-A, H320
NSK: NU208ET, NU2208ET, HR30206J, HR30208J, HR32210J, 22220EAE4, 7208BEAT85, 51108, UCP205, UCF208
NTN: NU208ET2X, 4T-30206, 4T-32210, 7208BT2, UCP205, UCP206, UCF208, UC205
FYH: UCP204, UCP205, UCP206, UCP208, UCF205, UCF208, UCFL205, UC205, UC206
HRB: 30206, 32210, 51108, H320
ZWZ: 6205-2RS, 6308, 30206, 22220CA/W33
"""
ALWAYS = {
    (brand, search_key(name))
    for brand, names in (line.split(":") for line in USUAL.strip().splitlines())
    for name in names.split(",")
} | {
    (brand, search_key(base + mark))
    for base in ("6204", "6205", "6206", "6305", "6306", "6308", "6310")
    for brand, spellings in FEATURES.items()
    for mark in ("", *spellings[:2], "-2RSH", spellings[0] + spellings[3])
}


def quantity(product: Product, cost: Decimal, place: str) -> int:
    worth = (1500 if product.key in ALWAYS else 300) + 6000 * fraction(
        "worth", place, *product.key
    ) ** 2
    pieces = min(600, max(1, round(worth / float(cost))))
    return pieces if pieces < 20 else pieces // 5 * 5


def stock_rows(products: Sequence[Product]) -> Iterator[list[str]]:
    for product in products:
        cost = cost_of(product)
        if cost is None:
            continue
        share = fraction("place", *product.key)
        places = ["SH", "GZ"]
        if share < 0.62 and product.key not in ALWAYS:
            places = ["SH"] if share < 0.45 else ["GZ"]
        for place in places:
            here = cost if place == "SH" else cents(float(cost) * 1.02)
            first = int(fraction("bin", place, *product.key) * len(BINS))
            total = quantity(product, here, place)
            parts = [total] if total < 60 or share < 0.9 else [total - total // 3, total // 3]
            for offset, pieces in enumerate(parts):
                where = BINS[(first + 7 * offset) % len(BINS)]
                yield [place, where, product.brand, product.designation, str(pieces), str(here)]


def price_rows(
    catalogue: Catalogue, stock: Sequence[Product], wanted: int
) -> Iterator[tuple[str, str, str]]:
    chosen = {product.key: product for product in stock}
    others = sorted(
        (p for p in catalogue.products.values() if p.key not in chosen),
        key=lambda p: (p.key not in catalogue.common, fraction("priced", *p.key)),
    )
    for product in others:
        if len(chosen) >= wanted:
            break
        if cost_of(product) is not None:
            chosen[product.key] = product
    for _, product in sorted(chosen.items()):
        cost = cost_of(product)
        if cost is not None:
            yield product.brand, product.designation, str(list_price(product, cost))


# --- partners --------------------------------------------------------------------------------

LEGAL = r"(?:股份有限公司|有限责任公司|有限公司|商行|经营部|厂)$"
TRADES = (
    "轴承|泵业|机电设备|电机|传动机械|纺织机械|矿山机械|精密机械|冶金设备|造纸机械|工业设备|自动化设备|五金机电|"
    "物资供应|贸易|机床|减速机|风机制造|风机"
)
RESELLERS = re.compile("轴承|机电|五金|物资|贸易|商行|经营部|工业设备")
TERMS = (("prepaid", 0.12), ("cod", 0.22), ("net30", 0.55), ("eom30", 0.85), ("eom60", 1.0))
PARTNER = "code,name,short_name,tax_id,province,city,address,phone,contact_name,kind,payment_term"


def partner_row(code: str, row: Row, short: str, kind: str) -> list[str]:
    chance = fraction("term", row["uscc"])
    term = next(name for name, limit in TERMS if chance < limit)
    return [
        code, row["name"], short, row["uscc"], row["province"], row["city"], row["address"],
        row["phone"], row["contact"], kind, term,
    ]  # fmt: skip


def short_names(rows: Sequence[Row]) -> dict[str, str]:
    """City and name proper (沧州恒诚); with the trade where that alone is not unique."""
    middle = {row["name"]: re.sub(LEGAL, "", row["name"]) for row in rows}
    brief = {name: re.sub(f"(?:{TRADES})$", "", text) for name, text in middle.items()}
    seen = Counter(brief.values())
    return {name: text if seen[text] == 1 else middle[name] for name, text in brief.items()}


def partners(china: Path) -> tuple[list[list[str]], list[list[str]]]:
    """400 invented companies; of those in both roles every second one is filed as supplier."""
    rows = read(china / "companies_fictional.csv")
    short = short_names(rows)
    customers: list[list[str]] = []
    suppliers: list[list[str]] = []
    both = 0
    for row in rows:
        both += row["role"] == "both"
        if row["role"] == "supplier" or (row["role"] == "both" and both % 2 == 0):
            kind = "peer" if RESELLERS.search(row["name"]) else "maker"
            code = f"S{len(suppliers) + 1:04d}"
            suppliers.append(partner_row(code, row, short[row["name"]], kind))
        else:
            kind = "reseller" if RESELLERS.search(row["name"]) else "end_user"
            code = f"C{len(customers) + 1:04d}"
            customers.append(partner_row(code, row, short[row["name"]], kind))
    return customers, suppliers


# --- writing ---------------------------------------------------------------------------------


def brand_rows(bearings: Path, used: set[str]) -> list[list[str]]:
    rows = {
        row["code"]: [
            row["code"], row["name_en"], row["name_zh"], row["country"].partition("/")[0],
            row["aliases"],
        ]
        for row in read(bearings / "brands.csv")
    }  # fmt: skip
    for line in table(MORE_BRANDS):
        rows.setdefault(line[0], line)
    missing = used - rows.keys()
    if missing:
        sys.exit(f"brands without a row: {sorted(missing)}")
    return [rows[code] for code in sorted(rows)]


PRODUCT = (
    "brand,designation,name_zh,category,bore_mm,outside_mm,width_mm,mass_kg,"
    "dynamic_load_kn,static_load_kn,speed_grease_rpm,speed_oil_rpm,unit,old_designation"
)


def product_row(product: Product, names: dict[str, str]) -> list[str]:
    values = [plain(value) for value in product.numbers()]
    return [
        product.brand, product.designation, names[product.category], product.category, *values,
        product.unit, product.old,
    ]  # fmt: skip


RANK = {"superseded": 0, "identical": 1, "upgrade": 2, "downgrade": 2, "dimensional": 3}


def link_rows(catalogue: Catalogue, links: Iterable[Link]) -> list[list[str]]:
    """One row per unordered pair; of several statements the strongest stays."""
    best: dict[frozenset[Key], Link] = {}
    for found in links:
        pair = frozenset((found.one, found.two))
        if len(pair) == 2 and (pair not in best or RANK[found.grade] < RANK[best[pair].grade]):
            best[pair] = found
    rows = []
    for found in best.values():
        one, two = catalogue.products[found.one], catalogue.products[found.two]
        rows.append(
            [one.brand, one.designation, two.brand, two.designation, found.grade, found.source]
        )
    return sorted(rows)


def build(sources: Path, target: Path) -> Iterator[str]:
    bearings, china = sources / "bearings", sources / "china"
    catalogue = Catalogue(load_sizes(bearings))
    links = add_super_precision(catalogue, bearings)
    add_brand_designations(catalogue, bearings)
    links += add_examples(catalogue, bearings)
    links += add_units(catalogue, bearings)
    links += add_common_types(catalogue)
    links += add_sleeves(catalogue, bearings)
    links += add_accessories(catalogue)
    links += shared_old_number(catalogue, bearings)
    links += same_number(catalogue)
    links += ceramic_upgrades(catalogue)
    products = sorted(catalogue.products.values(), key=lambda p: p.key)
    names = {row[0]: row[2] for row in table(CATEGORIES)}
    stock = stocked(catalogue, 2500)
    customers, suppliers = partners(china)
    files: dict[str, tuple[str, Iterable[Sequence[str]]]] = {
        "brands.csv": (
            "code,name_en,name_zh,country,aliases",
            brand_rows(bearings, {p.brand for p in products}),
        ),
        "categories.csv": ("code,name_en,name_zh,parent", table(CATEGORIES)),
        "products.csv": (
            PRODUCT,
            (product_row(product, names) for product in products),
        ),
        "interchanges.csv": (
            "from_brand,from_designation,to_brand,to_designation,grade,source",
            link_rows(catalogue, links),
        ),
        "customers.csv": (PARTNER, customers),
        "suppliers.csv": (PARTNER, suppliers),
        "warehouses.csv": ("code,name_zh,name_en,city", WAREHOUSES),
        "bins.csv": ("warehouse,code", [[w[0], code] for w in WAREHOUSES for code in BINS]),
        "opening_stock.csv": (
            "warehouse,bin,brand,designation,quantity,unit_cost",
            stock_rows(stock),
        ),
        "list_prices.csv": ("brand,designation,net_price", price_rows(catalogue, stock, 6000)),
    }
    target.mkdir(parents=True, exist_ok=True)
    for name, (header, rows) in files.items():
        yield f"{name}: {write(target / name, header, rows)} rows"
    yield f"brands used: {len({p.brand for p in products})}"
    for label, index in (("bore", 0), ("outside", 1), ("width", 2)):
        share = sum(p.size[index] is not None for p in products) / len(products)
        yield f"{label} known: {share:.1%}"
    yield f"mass known: {sum(p.mass is not None for p in products) / len(products):.1%}"
    yield f"old number and designation disagreed: {catalogue.conflicts}"
    yield f"dropped: {catalogue.dropped}"


def main() -> None:
    if len(sys.argv) not in {2, 3}:
        sys.exit("usage: build_demo_data.py SOURCES [TARGET]")
    default = Path(__file__).resolve().parents[2] / "erp" / "demo_data"
    target = Path(sys.argv[2]) if len(sys.argv) == 3 else default
    for line in build(Path(sys.argv[1]), target):
        sys.stdout.write(line + "\n")


if __name__ == "__main__":
    main()
