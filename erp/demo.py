"""The demo company: a bearing trader with a real catalogue and invented people, prices and stock.

Loading is idempotent: what is there is kept, only what is missing is added.
"""

import csv
import secrets
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User, username_key
from accounts.services import sync_roles
from customers.models import Contact, Customer, InvoiceProfile, Partner, Supplier
from erp.core.models import Company, Currency, ExchangeRate, PaymentTerm, TaxRate, Unit
from erp.core.periods import company_today
from erp.core.record import record
from erp.core.service import service
from erp.demo_stock import load_rules, load_staff, opening_days
from finance.models import Account, BankAccount
from inventory.models import Bin, StockMove, Warehouse
from inventory.services import Movement, Source, post_movements
from products import words
from products.designation import search_key
from products.models import Brand, Category, Interchange, PriceFact, Product

DATA = Path(__file__).parent / "demo_data"
BATCH = 2000

COMPANY = {
    "name": "申衡轴承贸易（上海）有限公司",
    "name_en": "Shenheng Bearing Trading (Shanghai) Co., Ltd.",
    "address": "上海市嘉定区曹安公路5550号",
    "phone": "021-55500100",
    "email": "sales@shenheng.example",
    "tax_id": "91310114MA5550100X",
    "bank_name": "中国工商银行上海嘉定支行",
    "bank_account": "1001 5550 0100 0555 001",
    "quotation_clauses": (
        "1. 以上价格含13%增值税，不含运费。\n"
        "2. 质量标准：按制造厂标准，原厂原装。\n"
        "3. 现货售完为止，订货期自合同生效之日起计算。"
    ),
}
UNITS = [
    ("piece", "个", "piece"),
    ("pair", "对", "pair"),
    ("set", "套", "set"),
    ("box", "盒", "box"),
]
TERMS = [
    ("prepaid", "款到发货", "prepaid", 0),
    ("cod", "货到付款", "cod", 0),
    ("net30", "开票后30天", "days", 30),
    ("eom30", "月结30天", "month_end", 30),
    ("eom60", "月结60天", "month_end", 60),
]
TAX_RATES = [
    ("general", "一般税率", "0.16", "2018-05-01", "2019-03-31"),
    ("general", "一般税率", "0.13", "2019-04-01", None),
    ("simplified", "简易征收", "0.03", "2014-07-01", None),
    ("zero", "零税率", "0", "2014-07-01", None),
]
CURRENCIES = [("CNY", "人民币", "1"), ("USD", "美元", "7.1"), ("EUR", "欧元", "8.2")]
ACCOUNTS = [
    ("1002", "银行存款", "bank"),
    ("1122", "应收账款", "receivable"),
    ("1405", "库存商品", "inventory"),
    ("2202", "应付账款", "payable"),
    ("220202", "暂估应付账款", "received_not_invoiced"),
    ("22210106", "应交税费-销项税额", "tax_output"),
    ("22210101", "应交税费-进项税额", "tax_input"),
    ("4104", "期初余额", "opening"),
    ("6001", "主营业务收入", "revenue"),
    ("6401", "主营业务成本", "cost_of_goods"),
    ("6402", "采购价格差异", "price_difference"),
    ("6601", "存货盘盈盘亏", "stock_adjustment"),
    ("220203", "暂估运费关税", "landed_cost"),
    ("6602", "样品费用", "samples"),
    ("6603", "存货报废损失", "stock_loss"),
]
PEOPLE = [
    ("admin", "系统管理员", "administrator"),
    ("manager", "陈经理", "manager"),
    ("sales", "王晓销售", "sales"),
    ("sales2", "李敏销售", "sales"),
    ("purchaser", "赵采购", "purchaser"),
    ("storekeeper", "钱库管", "storekeeper"),
    ("storekeeper2", "周库管", "storekeeper"),
    ("accountant", "孙会计", "accountant"),
]


def rows(name: str) -> Iterator[dict[str, str]]:
    """Yield the rows of one shipped file."""
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _number(text: str) -> Decimal | None:
    return Decimal(text) if text else None


def load_base() -> None:
    """Company, currencies, units, rates, terms and accounts."""
    for code, name, rate in CURRENCIES:
        Currency.objects.get_or_create(code=code, defaults={"name": name})
        if code != "CNY":
            ExchangeRate.objects.get_or_create(
                currency_id=code,
                on=date(2026, 1, 1),
                defaults={"rate": Decimal(rate), "source": "demo"},
            )
    Company.objects.get_or_create(singleton=1, defaults={**COMPANY, "currency_id": "CNY"})
    for code, zh, en in UNITS:
        Unit.objects.get_or_create(code=code, defaults={"name_zh": zh, "name_en": en})
    for code, name, rule, days in TERMS:
        PaymentTerm.objects.get_or_create(
            code=code, defaults={"name": name, "rule": rule, "days": days}
        )
    for code, name, rate, start, end in TAX_RATES:
        TaxRate.objects.get_or_create(
            code=code,
            valid_from=date.fromisoformat(start),
            defaults={
                "name": name,
                "rate": Decimal(rate),
                "valid_to": date.fromisoformat(end) if end else None,
            },
        )
    for code, name, role in ACCOUNTS:
        Account.objects.get_or_create(code=code, defaults={"name": name, "role": role})
    BankAccount.objects.get_or_create(
        code="ICBC",
        defaults={
            "name": "工行基本户",
            "bank_name": COMPANY["bank_name"],
            "number": COMPANY["bank_account"],
            "currency_id": "CNY",
        },
    )


def load_people(logins: Path) -> list[tuple[str, str]]:
    """Create the demo users with random passwords; return (user name, password) of the new ones.

    The passwords are appended to ``logins``, a file only its owner can read.
    """
    sync_roles()
    made = []
    for username, name, role in PEOPLE:
        if User.objects.filter(username_key=username_key(username)).exists():
            continue
        password = secrets.token_urlsafe(9)
        user = User.objects.create_user(
            username, f"{username}@shenheng.example", password, display_name=name
        )
        user.is_staff = True
        user.is_superuser = role == "administrator"
        user.save(update_fields=["is_staff", "is_superuser"])
        user.groups.add(Group.objects.get(name=role))
        made.append((username, password))
    if made:
        logins.touch(mode=0o600)
        logins.chmod(0o600)
        with logins.open("a", encoding="utf-8") as file:
            file.writelines(f"{username}\t{password}\n" for username, password in made)
    return made


def load_catalogue() -> int:
    """Brands, categories, products and interchanges; return the number of products added."""
    Brand.objects.bulk_create(
        [
            Brand(
                code=row["code"],
                name_en=row["name_en"],
                name_zh=row["name_zh"],
                country=row["country"],
                aliases=[a for a in row["aliases"].split("|") if a],
            )
            for row in rows("brands")
        ],
        ignore_conflicts=True,
    )
    categories: dict[str, Category] = {}
    for row in rows("categories"):
        categories[row["code"]], _created = Category.objects.get_or_create(
            code=row["code"],
            defaults={
                "name_en": row["name_en"],
                "name_zh": row["name_zh"],
                "parent": categories.get(row["parent"]),
            },
        )
    brands = {brand.code: brand for brand in Brand.objects.all()}
    present = set(product_ids())
    missing = [
        _product(row, brands, categories)
        for row in rows("products")
        if (row["brand"], search_key(row["designation"])) not in present
    ]
    Product.objects.bulk_create(missing, batch_size=BATCH)
    _load_interchanges()
    if missing:
        words.changed()
    return len(missing)


def _product(
    row: dict[str, str], brands: dict[str, Brand], categories: dict[str, Category]
) -> Product:
    product = Product(
        brand=brands[row["brand"]],
        designation=row["designation"],
        name=row["name_zh"],
        category=categories.get(row["category"]),
        old_designation=row["old_designation"],
        unit_id=row["unit"],
        speed_grease_rpm=row["speed_grease_rpm"] or None,
        speed_oil_rpm=row["speed_oil_rpm"] or None,
    )
    for name in (
        "bore_mm",
        "outside_mm",
        "width_mm",
        "mass_kg",
        "dynamic_load_kn",
        "static_load_kn",
    ):
        setattr(product, name, _number(row[name]))
    product.set_keys()
    return product


def product_ids() -> dict[tuple[str, str], int]:
    """Return product id by (brand code, search key)."""
    keys = Product.objects.values_list("brand__code", "search_key", "pk")
    return {(brand, key): pk for brand, key, pk in keys.iterator()}


def _load_interchanges() -> None:
    if Interchange.objects.exists():
        return
    ids = product_ids()
    approver = User.objects.filter(groups__name="manager").first()
    Interchange.objects.bulk_create(
        (
            Interchange(
                from_product_id=ids[row["from_brand"], search_key(row["from_designation"])],
                to_product_id=ids[row["to_brand"], search_key(row["to_designation"])],
                grade=row["grade"],
                one_way=row["grade"] == Interchange.Grade.SUPERSEDED,
                source=row["source"],
                approved_by=approver,
                approved_at=timezone.now() if approver else None,
            )
            for row in rows("interchanges")
        ),
        batch_size=BATCH,
        ignore_conflicts=True,
    )


def load_partners() -> int:
    """Customers, shared between the sales people, and suppliers; return how many were added."""
    sellers = list(User.objects.filter(groups__name="sales").order_by("pk"))
    buyer = User.objects.filter(groups__name="purchaser").first() or sellers[0]
    added = 0
    for number, row in enumerate(rows("customers")):
        customer, created = Customer.objects.get_or_create(
            code=row["code"],
            defaults={
                **_partner(row),
                "owner": sellers[number % len(sellers)],
                "kind": row["kind"],
            },
        )
        added += _add_details(customer, row) if created else 0
    for row in rows("suppliers"):
        supplier, created = Supplier.objects.get_or_create(
            code=row["code"],
            defaults={
                **_partner(row),
                "owner": buyer,
                "lead_time_days": 14,
                "price_includes_tax": False,
            },
        )
        added += _add_details(supplier, row) if created else 0
    return added


def _partner(row: dict[str, str]) -> dict[str, Any]:
    return {
        "name": row["name"],
        "short_name": row["short_name"],
        "tax_id": row["tax_id"],
        "phone": row["phone"],
        "currency_id": "CNY",
        "payment_term_id": row["payment_term"],
    }


def _add_details(partner: Partner, row: dict[str, str]) -> int:
    mine = {"customer" if isinstance(partner, Customer) else "supplier": partner}
    Contact.objects.create(name=row["contact_name"], phone=row["phone"], is_default=True, **mine)
    InvoiceProfile.objects.create(
        title=row["name"],
        tax_id=row["tax_id"],
        address_phone=f"{row['address']} {row['phone']}",
        is_default=True,
        **mine,
    )
    return 1


@service("demo.opening_stock")
def load_stock(*, by: User | None = None) -> int:
    """Warehouses, bins, opening stock and list prices; return the number of stock lines posted."""
    warehouses = {}
    for row in rows("warehouses"):
        warehouses[row["code"]], _created = Warehouse.objects.get_or_create(
            code=row["code"], defaults={"name": row["name_zh"]}
        )
    Bin.objects.bulk_create(
        [Bin(warehouse=warehouses[r["warehouse"]], code=r["code"]) for r in rows("bins")],
        ignore_conflicts=True,
    )
    if StockMove.objects.filter(kind=StockMove.Kind.OPENING).exists():
        return 0
    ids = product_ids()
    _load_list_prices(ids)
    bins = {(b.warehouse.code, b.code): b for b in Bin.objects.select_related("warehouse")}
    movements = [
        Movement(
            line_id=number,
            product_id=ids[row["brand"], search_key(row["designation"])],
            quantity=Decimal(row["quantity"]),
            to_bin=bins[row["warehouse"], row["bin"]],
            value=Decimal(row["quantity"]) * Decimal(row["unit_cost"]),
        )
        for number, row in enumerate(rows("opening_stock"), 1)
    ]
    source = Source(type="opening", id=1)
    for day, part in opening_days(movements):
        post_movements(part, source=source, kind=StockMove.Kind.OPENING, on=day, by=by)
    record("stock.opened", by=by, object_ref=("opening", "1", _("Opening stock")))
    return len(movements)


def _load_list_prices(ids: dict[tuple[str, str], int]) -> None:
    today = company_today()
    PriceFact.objects.bulk_create(
        (
            PriceFact(
                product_id=ids[row["brand"], search_key(row["designation"])],
                kind=PriceFact.Kind.LIST,
                on=today,
                quantity=1,
                net_unit_price=Decimal(row["net_price"]),
                currency_id="CNY",
                source_type="opening",
                source_id=1,
                source_line_id=number,
            )
            for number, row in enumerate(rows("list_prices"), 1)
        ),
        batch_size=BATCH,
    )


def load_demo() -> dict[str, Any]:
    """Load whatever of the demo company is missing; return what was added."""
    logins = Path(settings.DATA_DIR) / "demo-logins.txt"
    with transaction.atomic():
        load_base()
        made = load_people(logins)
        products = load_catalogue()
        partners = load_partners()
        stock_lines = load_stock(by=None)
        load_staff()
        load_rules()
    return {
        "logins": made,
        "logins_file": str(logins),
        "products": products,
        "partners": partners,
        "stock_lines": stock_lines,
    }
