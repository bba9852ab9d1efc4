"""The company, its employees, partners and catalogue."""
# mypy: disable-error-code="no-untyped-call, untyped-decorator"

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, TypeVar

from django.contrib.auth.models import Group, Permission
from django.utils import timezone
from factory.declarations import (
    LazyAttribute,
    LazyFunction,
    SelfAttribute,
    Sequence,
    SubFactory,
)
from factory.helpers import post_generation

from accounts.models import ApiClient, Department, User
from accounts.services import sync_roles
from audit.models import AuditEntry
from customers.models import (
    Address,
    Contact,
    Customer,
    FollowUp,
    InvoiceProfile,
    Partner,
    Supplier,
)
from erp.core.models import (
    Attachment,
    Company,
    Currency,
    ExchangeRate,
    Export,
    PaymentTerm,
    Period,
    TaxRate,
    Unit,
)
from imports.models import Import
from inventory.models import Warehouse, WarehouseStaff
from messaging.models import Notification
from products.models import (
    Brand,
    Category,
    ForbiddenBrand,
    Interchange,
    PriceFact,
    Product,
    ProductCode,
    ProtectedItem,
    StopWord,
)
from tests.factories.base import PASSWORD, VAT, Factory
from tests.kinds import NameKind

P = TypeVar("P", bound=Partner)


class CurrencyFactory(Factory[Currency]):
    class Meta:
        model = Currency
        django_get_or_create = ("code",)

    code = "CNY"
    name = LazyAttribute(lambda c: "人民币" if c.code == "CNY" else c.code)


class ExchangeRateFactory(Factory[ExchangeRate]):
    class Meta:
        model = ExchangeRate

    currency = SubFactory(CurrencyFactory, code="EUR")
    on = Sequence(lambda n: date(2026, 1, 1) + timedelta(days=n))
    rate = Decimal("7.81230000")


class UnitFactory(Factory[Unit]):
    class Meta:
        model = Unit
        django_get_or_create = ("code",)

    code = "piece"
    name_zh = LazyAttribute(
        lambda u: {"piece": "个", "pair": "对", "set": "套", "box": "盒"}.get(u.code, u.code)
    )
    name_en = SelfAttribute("code")


class TaxRateFactory(Factory[TaxRate]):
    class Meta:
        model = TaxRate
        django_get_or_create = ("code", "valid_from")

    code = "general"
    name = "增值税"
    rate = VAT
    valid_from = date(2019, 4, 1)


class PaymentTermFactory(Factory[PaymentTerm]):
    class Meta:
        model = PaymentTerm
        django_get_or_create = ("code",)

    code = "net30"
    name = "30 天"
    rule = PaymentTerm.Rule.DAYS
    days = 30


class CompanyFactory(Factory[Company]):
    class Meta:
        model = Company
        django_get_or_create = ("singleton",)

    singleton = 1
    name = "远东轴承贸易有限公司"
    name_en = "Far East Bearing Trading Co., Ltd."
    address = "上海市静安区南京西路 1 号"
    tax_id = "91310000MA1FL0000X"
    bank_name = "中国银行上海分行"
    bank_account = "4500 0000 0000 0001"
    currency = SubFactory(CurrencyFactory)


class PeriodFactory(Factory[Period]):
    """An open month of the books; ``closed_at=…`` closes it."""

    class Meta:
        model = Period

    area = Period.Area.FINANCE
    starts_on = Sequence(lambda n: date(2020 + n // 12, n % 12 + 1, 1))
    ends_on = LazyAttribute(lambda p: p.starts_on + timedelta(days=27))


class AttachmentFactory(Factory[Attachment]):
    class Meta:
        model = Attachment

    kind: Any = Attachment.Kind.ISSUED
    name = Sequence(lambda n: f"QUO-{n}.pdf")
    content_type = "application/pdf"
    size = 4
    sha256: Any = "0" * 64
    file: Any = "issued/00/" + "0" * 64  # a name; no such file is written
    object_type = "quotations.quotation"
    object_id = 1


class UploadedFileFactory(AttachmentFactory):
    """A picture of a product; no such file is written."""

    kind = Attachment.Kind.UPLOADED
    name = Sequence(lambda n: f"{n}.png")
    content_type = "image/png"
    sha256 = Sequence(lambda n: f"{n:064x}")
    file = Sequence(lambda n: f"uploaded/00/{n:064x}")
    object_type = "products.product"


class ExportFactory(Factory[Export]):
    """A finished export; ``file`` is a name, no such file is written."""

    class Meta:
        model = Export

    owner = SubFactory("tests.factories.UserFactory")
    source = "products.product"
    title = "产品"
    format = "csv"
    language = "zh-hans"
    time_zone = "Asia/Shanghai"
    status = Export.Status.DONE
    file = "exports/none"
    expires_at = datetime(2100, 1, 1, tzinfo=UTC)


class DepartmentFactory(Factory[Department]):
    class Meta:
        model = Department
        django_get_or_create = ("name",)

    name = "销售部"


class UserFactory(Factory[User]):
    """An employee who may sign in with ``PASSWORD``.

    ``role`` puts him into that group; ``rights=["orders.view_salesorder"]`` grants single ones,
    ``warehouses=[...]`` keeps him to these.
    """

    class Meta:
        model = User

    username = Sequence(lambda n: f"user{n}")
    display_name = Sequence(lambda n: f"员工{n}")
    is_staff = True
    # Not the column's default, so that tests read English messages.
    language = "en"
    password = PASSWORD

    @classmethod
    def _create(cls, model_class: type[User], *args: Any, **kwargs: Any) -> User:
        user: User = User.objects.create_user(**kwargs)
        return user

    @post_generation
    def role(self: User, create: bool, extracted: str | None, **kwargs: Any) -> None:
        if create and extracted:
            if not Group.objects.filter(name=extracted).exists():
                sync_roles()
            self.groups.add(Group.objects.get(name=extracted))

    @post_generation
    def rights(self: User, create: bool, extracted: list[str] | None, **kwargs: Any) -> None:
        for right in extracted or []:
            app, codename = right.split(".")
            self.user_permissions.add(
                Permission.objects.get(content_type__app_label=app, codename=codename)
            )

    @post_generation
    def warehouses(self: User, create: bool, extracted: Any, **kwargs: Any) -> None:
        """Where he works: ``warehouses=[...]``; a storekeeper else in all there are.

        Single rights count everywhere, too, unless he is kept to some.
        """
        if create and extracted is None and self.user_permissions.exists():
            self.user_permissions.add(Permission.objects.get(codename="view_all_warehouse"))
        if create and extracted is None and self.groups.filter(name="storekeeper").exists():
            extracted = Warehouse.objects.all()
        for warehouse in extracted or ():
            WarehouseStaff.objects.create(user=self, warehouse=warehouse)


class AuditEntryFactory(Factory[AuditEntry]):
    class Meta:
        model = AuditEntry

    actor = SubFactory(UserFactory)
    action = "order.confirmed"
    object_type = "orders.salesorder"
    object_id = "1"
    object_label = "SO-2026-000001"


class ImportFactory(Factory[Import]):
    class Meta:
        model = Import

    kind = NameKind.name
    file_name = "names.csv"
    owner = SubFactory(UserFactory)
    status = "checked"


class ApiClientFactory(Factory[ApiClient]):
    """A program whose secret nobody knows; ``create_api_client`` makes one that can sign."""

    class Meta:
        model = ApiClient

    name = "Shop"
    key_id = Sequence(lambda n: f"key-{n}")
    user = SubFactory(UserFactory)
    scopes = LazyFunction(lambda: ["*"])


class NotificationFactory(Factory[Notification]):
    class Meta:
        model = Notification

    recipient = SubFactory(UserFactory)
    kind = "order.confirmed"
    object_type = "orders.salesorder"
    object_id = 1
    object_label = "SO-2026-000001"


class PartnerFactory(Factory[P]):
    """A partner; what it is found by follows its name, number and phone."""

    class Meta:
        abstract = True

    @classmethod
    def _build(cls, model_class: type[P], *args: Any, **kwargs: Any) -> P:
        partner = model_class(*args, **kwargs)
        partner.set_keys()
        return partner

    @classmethod
    def _create(cls, model_class: type[P], *args: Any, **kwargs: Any) -> P:
        partner = cls._build(model_class, *args, **kwargs)
        partner.save()
        return partner


class CustomerFactory(PartnerFactory[Customer]):
    class Meta:
        model = Customer

    code = Sequence(lambda n: f"C{n:05d}")
    name = Sequence(lambda n: f"客户{n}机械有限公司")
    owner = SubFactory(UserFactory)
    currency = SubFactory(CurrencyFactory)
    payment_term = SubFactory(PaymentTermFactory)


class SupplierFactory(PartnerFactory[Supplier]):
    class Meta:
        model = Supplier

    code = Sequence(lambda n: f"S{n:05d}")
    name = Sequence(lambda n: f"供应商{n}轴承有限公司")
    owner = SubFactory(UserFactory)
    currency = SubFactory(CurrencyFactory)
    payment_term = SubFactory(PaymentTermFactory)


class ContactFactory(Factory[Contact]):
    class Meta:
        model = Contact

    customer = SubFactory(CustomerFactory)
    name = "王经理"
    phone = "021-00000000"


class AddressFactory(Factory[Address]):
    class Meta:
        model = Address

    customer = SubFactory(CustomerFactory)
    text = "江苏省苏州市工业园区 1 号"


class InvoiceProfileFactory(Factory[InvoiceProfile]):
    class Meta:
        model = InvoiceProfile

    customer = SubFactory(CustomerFactory)
    title = "客户机械有限公司"
    tax_id = "91320000MA1FL0000X"


class FollowUpFactory(Factory[FollowUp]):
    class Meta:
        model = FollowUp

    customer = SubFactory(CustomerFactory)
    due_on = date(2026, 11, 2)
    note = "回访报价"
    owner = SubFactory(UserFactory)


class BrandFactory(Factory[Brand]):
    class Meta:
        model = Brand
        django_get_or_create = ("code",)

    code = "SKF"
    name_en = SelfAttribute("code")


class StopWordFactory(Factory[StopWord]):
    class Meta:
        model = StopWord
        django_get_or_create = ("word",)

    word = "报价"


class CategoryFactory(Factory[Category]):
    class Meta:
        model = Category
        django_get_or_create = ("code",)

    code = "deep-groove"
    name_en = "Deep groove ball bearings"
    name_zh = "深沟球轴承"


class ProductFactory(Factory[Product]):
    """A product of SKF; its search keys follow its designation."""

    class Meta:
        model = Product

    brand = SubFactory(BrandFactory)
    designation = Sequence(lambda n: f"{6200 + n}-2RS1/C3")
    name = "深沟球轴承"
    unit = SubFactory(UnitFactory)

    @classmethod
    def _build(cls, model_class: type[Product], *args: Any, **kwargs: Any) -> Product:
        product = model_class(*args, **kwargs)
        product.set_keys()
        return product

    @classmethod
    def _create(cls, model_class: type[Product], *args: Any, **kwargs: Any) -> Product:
        product = cls._build(model_class, *args, **kwargs)
        product.save()
        return product


class ProductCodeFactory(Factory[ProductCode]):
    class Meta:
        model = ProductCode

    product = SubFactory(ProductFactory)
    customer = SubFactory(CustomerFactory)
    code = Sequence(lambda n: f"MAT-{n}")
    search_key = LazyAttribute(lambda c: c.code.replace("-", ""))


class InterchangeFactory(Factory[Interchange]):
    class Meta:
        model = Interchange

    from_product = SubFactory(ProductFactory)
    to_product = SubFactory(ProductFactory, brand__code="NSK")
    grade = Interchange.Grade.IDENTICAL
    approved_at = LazyAttribute(lambda i: timezone.now() if i.approved_by else None)
    approved_by = None


class ForbiddenBrandFactory(Factory[ForbiddenBrand]):
    class Meta:
        model = ForbiddenBrand

    customer = SubFactory(CustomerFactory)
    brand = SubFactory(BrandFactory, code="NSK")


class ProtectedItemFactory(Factory[ProtectedItem]):
    class Meta:
        model = ProtectedItem

    product = SubFactory(ProductFactory)
    customer = SubFactory(CustomerFactory)
    since = date(2026, 1, 1)


class PriceFactFactory(Factory[PriceFact]):
    class Meta:
        model = PriceFact

    product = SubFactory(ProductFactory)
    kind = PriceFact.Kind.QUOTE
    customer = SubFactory(CustomerFactory)
    on = date(2026, 11, 2)
    quantity = Decimal(10)
    net_unit_price = Decimal("10.000000")
    currency = SubFactory(CurrencyFactory)
    source_type = "quotations.quotation"
    source_id = 1
    source_line_id = 1
