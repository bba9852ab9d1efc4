"""Warehouses and the stock ledger."""
# mypy: disable-error-code="no-untyped-call, untyped-decorator"

from datetime import date
from decimal import Decimal
from typing import Any

from factory.declarations import LazyAttribute, Sequence, SubFactory

from erp.core.money import round_money
from inventory.models import (
    Bin,
    Inbound,
    InboundPromise,
    ReorderRule,
    Reservation,
    StockAge,
    StockBalance,
    StockDay,
    StockMove,
    StockValue,
    Warehouse,
    WarehouseStaff,
)
from tests.factories.base import Factory
from tests.factories.masters import (
    ProductFactory,
    UserFactory,
)


class WarehouseFactory(Factory[Warehouse]):
    class Meta:
        model = Warehouse
        django_get_or_create = ("code",)

    code = "MAIN"
    name = "主仓"


class BinFactory(Factory[Bin]):
    class Meta:
        model = Bin
        django_get_or_create = ("warehouse", "code")

    warehouse = SubFactory(WarehouseFactory)
    code = "A-010101"


class WarehouseStaffFactory(Factory[WarehouseStaff]):
    class Meta:
        model = WarehouseStaff

    user = SubFactory(UserFactory)
    warehouse = SubFactory(WarehouseFactory)


class StockMoveFactory(Factory[StockMove]):
    """A bare ledger row; balances do not follow. Real stock is ``StockFactory``."""

    class Meta:
        model = StockMove

    product = SubFactory(ProductFactory)
    to_bin = SubFactory(BinFactory)
    quantity = Decimal(10)
    unit_cost = Decimal("8.000000")
    value = LazyAttribute(lambda m: round_money(m.quantity * m.unit_cost))
    kind = StockMove.Kind.OPENING
    on = date(2026, 11, 2)
    source_type = "inventory.opening"
    source_id = 1
    source_line_id = 1


class StockValueFactory(Factory[StockValue]):
    class Meta:
        model = StockValue

    product = SubFactory(ProductFactory)
    warehouse = SubFactory(WarehouseFactory)
    quantity = Decimal(10)
    value = Decimal("80.00")


class StockFactory(Factory[StockBalance]):
    """Opening stock with its move, balance and value: ``StockFactory(on_hand=5, unit_cost=8)``."""

    class Meta:
        model = StockBalance

    product = SubFactory(ProductFactory)
    bin = SubFactory(BinFactory)
    on_hand = Decimal(10)
    unit_cost = Decimal("8.000000")

    @classmethod
    def _create(cls, model_class: type[StockBalance], *args: Any, **kwargs: Any) -> StockBalance:
        place, cost, quantity = kwargs["bin"], kwargs.pop("unit_cost"), Decimal(kwargs["on_hand"])
        balance: StockBalance = super()._create(model_class, *args, **kwargs)
        move = StockMoveFactory(
            product=balance.product, to_bin=place, quantity=quantity, unit_cost=cost
        )
        value, _created = StockValue.objects.get_or_create(
            product=balance.product, warehouse=place.warehouse
        )
        value.quantity += quantity
        value.value += round_money(quantity * cost)
        value.moved_on = move.on
        value.save()
        StockDay.objects.update_or_create(
            account=value,
            on=move.on,
            defaults={"quantity": value.quantity, "value": value.value},
        )
        return balance


class ReservationFactory(Factory[Reservation]):
    """A bare row; the balance's reserved quantity does not follow."""

    class Meta:
        model = Reservation

    product = SubFactory(ProductFactory)
    bin = SubFactory(BinFactory)
    quantity = Decimal(1)
    source_type = "orders.salesorder"
    source_id = 1
    source_line_id = Sequence(lambda n: n + 1)


class StockAgeFactory(Factory[StockAge]):
    class Meta:
        model = StockAge

    product = SubFactory(ProductFactory)
    warehouse = SubFactory(WarehouseFactory)
    quantity = Decimal(10)
    value = Decimal("80.00")
    young = Decimal(10)
    oldest_on = date(2026, 11, 2)
    idle_since = date(2026, 11, 2)
    counted_on = date(2026, 11, 24)


class ReorderRuleFactory(Factory[ReorderRule]):
    class Meta:
        model = ReorderRule

    product = SubFactory(ProductFactory)
    warehouse = SubFactory(WarehouseFactory)
    minimum = Decimal(10)


class InboundPromiseFactory(Factory[InboundPromise]):
    class Meta:
        model = InboundPromise

    product = SubFactory(ProductFactory)
    warehouse = SubFactory(WarehouseFactory)
    quantity = Decimal(20)
    confirmed_on = date(2026, 12, 1)
    noted_on = date(2026, 11, 1)
    source_type = "imports.import"
    source_id = 1
    source_line_id = Sequence(lambda n: n + 1)


class InboundFactory(Factory[Inbound]):
    class Meta:
        model = Inbound

    product = SubFactory(ProductFactory)
    warehouse = SubFactory(WarehouseFactory)
    quantity = Decimal(20)
    requested_on = date(2026, 12, 1)
    source_type = "orders.purchaseorder"
    source_id = 1
    source_line_id = Sequence(lambda n: n + 1)
