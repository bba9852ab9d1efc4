"""The people who ask, and one row of every table for two of them."""

from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.models import Group
from django.test import Client

from accounts.models import User
from tests import factories as f
from tests.matrix.expected import ROLES

# Two of one role: what belongs to one is out of the other's sight.
SELLERS = ("sales", "sales2")
PEOPLE = ("anonymous", *SELLERS, *ROLES[1:])
MISSING = 987_654_321
# Far from any other number on a page, so that an id can be told from it.
_FIRST_OWN, _FIRST_OTHER, _FIRST_FOREIGN = 710_000_001, 720_000_001, 730_000_001
# Kept to one warehouse; rows of the other are out of his sight.
KEEPER = "storekeeper"


def role_of(person: str) -> str:
    return "sales" if person in SELLERS else person


@dataclass
class World:
    users: dict[str, User] = field(default_factory=dict)
    clients: dict[str, Client] = field(default_factory=dict)
    # label → row, or the rows of the two sellers
    shared: dict[str, Any] = field(default_factory=dict)
    owned: dict[str, dict[str, Any]] = field(default_factory=dict)
    # label → row in a warehouse that is not the storekeeper's
    foreign: dict[str, Any] = field(default_factory=dict)

    def own(self, label: str, person: str) -> Any:
        """Return the person's own row, or for those who own none the first seller's."""
        if label in self.shared:
            return self.shared[label]
        return self.owned[label].get(person) or self.owned[label]["sales"]

    def other(self, label: str, person: str) -> Any:
        """Return a row that is not the person's; None where rows belong to nobody."""
        if label in self.shared:
            return None
        return self.owned[label]["sales2" if person == "sales" else "sales"]


def build() -> World:
    world = World()
    f.CompanyFactory()
    f.TaxRateFactory()
    for person in PEOPLE:
        world.clients[person] = Client()
        if person != "anonymous":
            user = f.UserFactory(username=person, role=role_of(person))
            world.users[person] = user
            world.clients[person].force_login(user)
    _share(world)
    for person, first in zip(SELLERS, (_FIRST_OWN, _FIRST_OTHER), strict=True):
        for label, row in _rows_of(world, world.users[person], first).items():
            world.owned.setdefault(label, {})[person] = row
    f.WarehouseStaffFactory(user=world.users[KEEPER])  # of the warehouse all rows above are in
    world.foreign = _rows_elsewhere(_FIRST_FOREIGN)
    return world


def _share(world: World) -> None:
    """Rows that belong to nobody."""
    entry, product = f.JournalEntryFactory(), f.ProductFactory()
    stock = f.StockFactory(product=product)
    world.shared = {
        "core.company": f.CompanyFactory(),
        "core.currency": f.CurrencyFactory(),
        "core.exchangerate": f.ExchangeRateFactory(),
        "core.taxrate": f.TaxRateFactory(),
        "core.unit": f.UnitFactory(),
        "core.paymentterm": f.PaymentTermFactory(),
        "core.period": f.PeriodFactory(),
        "audit.auditentry": f.AuditEntryFactory(),
        "accounts.department": f.DepartmentFactory(),
        "accounts.user": f.UserFactory(username="colleague"),
        "auth.group": Group.objects.get(name="sales"),
        "product-picture": f.UploadedFileFactory(object_id=product.pk),
        "products.brand": f.BrandFactory(),
        "products.category": f.CategoryFactory(),
        "products.product": product,
        "products.stopword": f.StopWordFactory(),
        "products.interchange": f.InterchangeFactory(),
        "products.pricefact": f.PriceFactFactory(),
        "inventory.warehouse": f.WarehouseFactory(),
        "inventory.bin": f.BinFactory(),
        "inventory.stockbalance": stock,
        "inventory.stockmove": f.StockMoveFactory(product=product),
        "inventory.stockvalue": f.StockValueFactory(),
        "inventory.reservation": f.ReservationFactory(source_line_id=MISSING),
        "inventory.inbound": f.InboundFactory(),
        "inventory.inboundpromise": f.InboundPromiseFactory(),
        "inventory.reorderrule": f.ReorderRuleFactory(),
        "inventory.stockage": f.StockAgeFactory(),
        "inventory.transfer": f.TransferFactory(to_warehouse__code="MAIN", lines__product=product),
        "inventory.stockcount": f.StockCountFactory(lines__product=product),
        "inventory.stockentry": f.StockEntryFactory(lines__product=product, lines__quantity=999),
        "inventory.assembly": f.AssemblyFactory(lines__product=product, lines__quantity=999),
        "inventory.recipe": f.RecipeFactory(),
        "inventory.usualbin": f.UsualBinFactory(product=product),
        "orders.deliverytolerance": f.DeliveryToleranceFactory(),
        "finance.account": f.AccountFactory(),
        "finance.bankaccount": f.BankAccountFactory(),
        "finance.journalentry": entry,
    }


def _rows_of(world: World, owner: User, first: int) -> dict[str, Any]:
    """One row of every table whose rows belong to somebody, with ids from ``first`` on."""
    product = world.shared["products.product"]
    customer = f.CustomerFactory(pk=first, owner=owner)
    supplier = f.SupplierFactory(pk=first, owner=owner)
    quotation = f.QuotationFactory(pk=first, owner=owner, customer=customer, lines=0)
    f.QuotationLineFactory(document=quotation, product=product, line_no=1)
    enquiry = f.EnquiryFactory(pk=first, owner=owner, customer=customer, lines=0)
    f.EnquiryLineFactory(document=enquiry, product=product, line_no=1)
    rfq = f.RfqFactory(pk=first, owner=owner, lines=0)
    f.RfqLineFactory(document=rfq, product=product, line_no=1, pk=first)
    f.RfqSupplierFactory(document=rfq, supplier=supplier, pk=first)
    order = f.SalesOrderFactory(pk=first, owner=owner, customer=customer, lines__product=product)
    delivery = f.DeliveryFactory(pk=first, owner=owner, sales_order=order)
    purchase = f.PurchaseOrderFactory(pk=first, owner=owner, supplier=supplier)
    receipt = f.ReceiptFactory(pk=first, owner=owner, purchase_order=purchase)
    paper = f.UploadedFileFactory(
        pk=first + 1, object_type="quotations.enquiry", object_id=enquiry.pk
    )
    return {
        "file": paper,
        "customers.customer": customer,
        "customers.supplier": supplier,
        "products.protecteditem": f.ProtectedItemFactory(pk=first, customer=customer),
        "customers.invoiceprofile": f.InvoiceProfileFactory(pk=first, customer=customer),
        "customers.followup": f.FollowUpFactory(pk=first, customer=customer, owner=owner),
        "messaging.notification": f.NotificationFactory(pk=first, recipient=owner),
        "core.attachment": f.AttachmentFactory(pk=first, object_id=quotation.pk),
        "imports.import": f.ImportFactory(pk=first, owner=owner),
        "core.export": f.ExportFactory(pk=first, owner=owner),
        "quotations.enquiry": enquiry,
        "quotations.quotation": quotation,
        "quotations.rfq": rfq,
        "orders.salesorder": order,
        "orders.delivery": delivery,
        "orders.return": f.ReturnFactory(pk=first, owner=owner, delivery=delivery),
        "orders.purchaseorder": purchase,
        "orders.receipt": receipt,
        # Of another receipt: the lines of one that is counted are still replaced.
        "orders.supplierreturn": f.SupplierReturnFactory(
            pk=first, owner=owner, receipt=f.ReceiptFactory(owner=owner, purchase_order=purchase)
        ),
        "finance.invoice": f.InvoiceFactory(pk=first, owner=owner, customer=customer),
        "finance.payment": f.PaymentFactory(pk=first, owner=owner, customer=customer),
    }


def _rows_elsewhere(pk: int) -> dict[str, Any]:
    """One row of every table that says in which warehouse its rows are."""
    place = f.BinFactory(
        pk=pk, warehouse=f.WarehouseFactory(pk=pk, code="EAST", name="东仓"), code="B-010101"
    )
    product, warehouse = f.ProductFactory(), place.warehouse
    order = f.SalesOrderFactory(pk=pk, warehouse=warehouse, lines__product=product)
    delivery = f.DeliveryFactory(pk=pk, sales_order=order, warehouse=warehouse)
    purchase = f.PurchaseOrderFactory(pk=pk, warehouse=warehouse)
    receipt = f.ReceiptFactory(pk=pk, purchase_order=purchase, warehouse=warehouse)
    return {
        "inventory.warehouse": warehouse,
        "inventory.bin": place,
        "inventory.stockbalance": f.StockFactory(pk=pk, product=product, bin=place),
        "inventory.stockmove": f.StockMoveFactory(pk=pk, product=product, to_bin=place),
        "inventory.stockvalue": f.StockValueFactory(pk=pk, warehouse=warehouse),
        "inventory.reservation": f.ReservationFactory(
            pk=pk, product=product, bin=place, source_line_id=MISSING
        ),
        "inventory.inbound": f.InboundFactory(pk=pk, product=product, warehouse=warehouse),
        "inventory.inboundpromise": f.InboundPromiseFactory(
            pk=pk, product=product, warehouse=warehouse
        ),
        "inventory.reorderrule": f.ReorderRuleFactory(pk=pk, warehouse=warehouse),
        "inventory.stockage": f.StockAgeFactory(pk=pk, warehouse=warehouse),
        "inventory.transfer": f.TransferFactory(
            pk=pk, warehouse=warehouse, to_warehouse=f.WarehouseFactory(code="WEST")
        ),
        "inventory.stockcount": f.StockCountFactory(pk=pk, warehouse=warehouse, lines__bin=place),
        "inventory.stockentry": f.StockEntryFactory(pk=pk, warehouse=warehouse, lines__bin=place),
        "inventory.assembly": f.AssemblyFactory(pk=pk, bin=place),
        "inventory.usualbin": f.UsualBinFactory(pk=pk, bin=place),
        "orders.delivery": delivery,
        "orders.return": f.ReturnFactory(pk=pk, delivery=delivery, warehouse=warehouse),
        "orders.purchaseorder": purchase,
        "orders.receipt": receipt,
        "orders.supplierreturn": f.SupplierReturnFactory(
            pk=pk, receipt=receipt, warehouse=warehouse
        ),
    }
