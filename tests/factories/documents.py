"""Business documents and their lines."""
# mypy: disable-error-code="no-untyped-call, untyped-decorator"

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db import models
from factory.declarations import LazyAttribute, LazyFunction, SelfAttribute, Sequence, SubFactory
from factory.helpers import post_generation

from erp.core.periods import company_today
from orders.models import (
    Delivery,
    DeliveryLine,
    DeliveryTolerance,
    PurchaseOrder,
    PurchaseOrderLine,
    Receipt,
    ReceiptLine,
    Return,
    ReturnLine,
    SalesOrder,
    SalesOrderLine,
    SupplierReturn,
    SupplierReturnLine,
)
from quotations.models import (
    ApprovalLimit,
    Enquiry,
    EnquiryLine,
    OutcomeReason,
    Quotation,
    QuotationLine,
)
from tests.factories.base import VAT, Factory, M
from tests.factories.masters import (
    CurrencyFactory,
    CustomerFactory,
    ProductFactory,
    SupplierFactory,
    UnitFactory,
    UserFactory,
)
from tests.factories.stock import BinFactory, WarehouseFactory


class LineFactory(Factory[M]):
    """A line of 10 pieces at 11.30 with 13 % included: 100.00 + 13.00 = 113.00."""

    class Meta:
        abstract = True

    line_no = Sequence(lambda n: n + 1)
    product: Any = SubFactory(ProductFactory)
    quantity = Decimal(10)
    unit_price = Decimal("11.300000")
    price_includes_tax = True
    tax_rate = VAT

    @classmethod
    def _create(cls, model_class: Any, *args: Any, **kwargs: Any) -> Any:
        kwargs["quantity"] = Decimal(kwargs["quantity"])
        line = model_class(*args, **kwargs).describe(kwargs["product"]).compute_amounts()
        line.save()
        return line


# Which factory makes the lines of which document.
LINE_FACTORIES: dict[type[models.Model], Any] = {}


class DocumentFactory(Factory[M]):
    """A header whose totals are the sums of its lines."""

    class Meta:
        abstract = True

    owner = SubFactory(UserFactory)
    created_by = SelfAttribute("owner")
    dated_on = LazyFunction(company_today)
    currency = SubFactory(CurrencyFactory)

    @post_generation
    def lines(self: Any, create: bool, extracted: int | None, **kwargs: Any) -> None:
        if not create:
            return
        wanted = 1 if extracted is None else extracted
        made = [
            LINE_FACTORIES[type(self)](document=self, line_no=number, **_source(self), **kwargs)
            for number in range(1, wanted + 1)
        ]
        self.sum_lines(made)
        type(self).objects.filter(pk=self.pk).update(
            net_total=self.net_total, tax_total=self.tax_total, gross_total=self.gross_total
        )


def _source(document: Any) -> dict[str, Any]:
    """Return what a line of this document must come from."""
    if isinstance(document, Delivery):
        source: Any = SalesOrderLineFactory(
            document=document.sales_order, line_no=document.sales_order.lines.count() + 1
        )
        return {"source_line": source, "product": source.product}
    if isinstance(document, Receipt):
        source = PurchaseOrderLineFactory(
            document=document.purchase_order, line_no=document.purchase_order.lines.count() + 1
        )
        return {
            "source_line": source,
            "product": source.product,
            "bin": BinFactory(warehouse=document.warehouse),
        }
    if isinstance(document, Return):
        delivery = document.delivery
        source = delivery.lines.first()
        if source is None:
            ordered = SalesOrderLineFactory(document=delivery.sales_order)
            source = DeliveryLineFactory(document=delivery, source_line=ordered, line_no=1)
        return {
            "source_line": source,
            "product": source.product,
            "bin": BinFactory(warehouse=document.warehouse),
        }
    return {}


class EnquiryFactory(Factory[Enquiry]):
    class Meta:
        model = Enquiry

    customer = SubFactory(CustomerFactory)
    owner = SubFactory(UserFactory)
    text = "6205-2RS1/C3 SKF 10个"

    @post_generation
    def lines(self: Enquiry, create: bool, extracted: int | None, **kwargs: Any) -> None:
        for number in range(1, (1 if extracted is None else extracted) + 1 if create else 0):
            EnquiryLineFactory(document=self, line_no=number, **kwargs)


class EnquiryLineFactory(Factory[EnquiryLine]):
    class Meta:
        model = EnquiryLine

    document = SubFactory(EnquiryFactory, lines=0)
    line_no = Sequence(lambda n: n + 1)
    raw = "6205-2RS1/C3 SKF 10个"
    designation = "6205-2RS1/C3"
    brand_name = "SKF"
    quantity = Decimal(10)
    unit = SubFactory(UnitFactory)


class QuotationFactory(DocumentFactory[Quotation]):
    class Meta:
        model = Quotation

    customer = SubFactory(CustomerFactory, owner=SelfAttribute("..owner"))
    valid_until = LazyAttribute(lambda q: q.dated_on + timedelta(days=7))


class QuotationLineFactory(LineFactory[QuotationLine]):
    class Meta:
        model = QuotationLine

    document = SubFactory(QuotationFactory, lines=0)


class SalesOrderFactory(DocumentFactory[SalesOrder]):
    class Meta:
        model = SalesOrder

    customer = SubFactory(CustomerFactory, owner=SelfAttribute("..owner"))
    warehouse = SubFactory(WarehouseFactory)


class SalesOrderLineFactory(LineFactory[SalesOrderLine]):
    class Meta:
        model = SalesOrderLine

    document = SubFactory(SalesOrderFactory, lines=0)


class DeliveryFactory(DocumentFactory[Delivery]):
    """A draft delivery of an order of its own, one order line for each of its lines."""

    class Meta:
        model = Delivery

    sales_order = SubFactory(SalesOrderFactory, lines=0, owner=SelfAttribute("..owner"))
    customer = SelfAttribute("sales_order.customer")
    warehouse = SelfAttribute("sales_order.warehouse")


class DeliveryLineFactory(LineFactory[DeliveryLine]):
    class Meta:
        model = DeliveryLine

    document = SubFactory(DeliveryFactory, lines=0)
    source_line = SubFactory(SalesOrderLineFactory)
    product: Any = SelfAttribute("source_line.product")


class ReturnFactory(DocumentFactory[Return]):
    """A draft return of a delivery of its own, one delivery line for each of its lines."""

    class Meta:
        model = Return

    delivery = SubFactory(DeliveryFactory, lines=0, owner=SelfAttribute("..owner"))
    customer = SelfAttribute("delivery.customer")
    warehouse = SelfAttribute("delivery.warehouse")
    reason = "错发"


class ReturnLineFactory(LineFactory[ReturnLine]):
    class Meta:
        model = ReturnLine

    document = SubFactory(ReturnFactory, lines=0)
    source_line = SubFactory(DeliveryLineFactory)
    product: Any = SelfAttribute("source_line.product")
    bin = SubFactory(BinFactory)


class DeliveryToleranceFactory(Factory[DeliveryTolerance]):
    class Meta:
        model = DeliveryTolerance

    customer = SubFactory(CustomerFactory)
    over_rate = Decimal("0.05")
    under_rate = Decimal("0.02")


class PurchaseOrderFactory(DocumentFactory[PurchaseOrder]):
    class Meta:
        model = PurchaseOrder

    supplier = SubFactory(SupplierFactory, owner=SelfAttribute("..owner"))
    warehouse = SubFactory(WarehouseFactory)


class PurchaseOrderLineFactory(LineFactory[PurchaseOrderLine]):
    class Meta:
        model = PurchaseOrderLine

    document = SubFactory(PurchaseOrderFactory, lines=0)


class ReceiptFactory(DocumentFactory[Receipt]):
    """A draft receipt of a purchase order of its own, one order line for each of its lines."""

    class Meta:
        model = Receipt

    purchase_order = SubFactory(PurchaseOrderFactory, lines=0, owner=SelfAttribute("..owner"))
    supplier = SelfAttribute("purchase_order.supplier")
    warehouse = SelfAttribute("purchase_order.warehouse")


class SupplierReturnFactory(DocumentFactory[SupplierReturn]):
    """A draft return of goods of a receipt of its own."""

    class Meta:
        model = SupplierReturn

    receipt = SubFactory(ReceiptFactory, owner=SelfAttribute("..owner"))
    supplier = SelfAttribute("receipt.supplier")
    warehouse = SelfAttribute("receipt.warehouse")
    reason = "锈蚀"


class SupplierReturnLineFactory(LineFactory[SupplierReturnLine]):
    class Meta:
        model = SupplierReturnLine

    document = SubFactory(SupplierReturnFactory, lines=0)
    source_line: Any = LazyAttribute(lambda line: line.document.receipt.lines.first())
    product: Any = SelfAttribute("source_line.product")
    bin = SelfAttribute("source_line.bin")


class ReceiptLineFactory(LineFactory[ReceiptLine]):
    class Meta:
        model = ReceiptLine

    document = SubFactory(ReceiptFactory, lines=0)
    source_line = SubFactory(PurchaseOrderLineFactory)
    product: Any = SelfAttribute("source_line.product")
    bin = SubFactory(BinFactory)


LINE_FACTORIES.update(
    {
        Quotation: QuotationLineFactory,
        SalesOrder: SalesOrderLineFactory,
        Delivery: DeliveryLineFactory,
        Return: ReturnLineFactory,
        PurchaseOrder: PurchaseOrderLineFactory,
        Receipt: ReceiptLineFactory,
        SupplierReturn: SupplierReturnLineFactory,
    }
)


class OutcomeReasonFactory(Factory[OutcomeReason]):
    class Meta:
        model = OutcomeReason

    name_zh = Sequence(lambda n: f"原因{n}")
    name_en = Sequence(lambda n: f"reason {n}")


class ApprovalLimitFactory(Factory[ApprovalLimit]):
    """For everybody whose roles have no row of their own."""

    class Meta:
        model = ApprovalLimit
