"""Documents that move goods and nothing else."""
# mypy: disable-error-code="no-untyped-call, untyped-decorator"

from decimal import Decimal
from typing import Any

from factory.declarations import LazyFunction, SelfAttribute, Sequence, SubFactory
from factory.helpers import post_generation

from erp.core.periods import company_today
from inventory.models import (
    Assembly,
    AssemblyLine,
    Recipe,
    RecipeLine,
    StockCount,
    StockCountLine,
    StockEntry,
    StockEntryLine,
    Transfer,
    TransferLine,
    UsualBin,
)
from tests.factories.base import Factory
from tests.factories.masters import ProductFactory, UserFactory
from tests.factories.stock import BinFactory, WarehouseFactory


class TransferFactory(Factory[Transfer]):
    """A draft from MAIN to EAST with one line; ``lines=0`` for none."""

    class Meta:
        model = Transfer

    warehouse = SubFactory(WarehouseFactory)
    to_warehouse = SubFactory(WarehouseFactory, code="EAST", name="东仓")
    created_by = SubFactory(UserFactory)
    dated_on = LazyFunction(company_today)

    @post_generation
    def lines(self: Transfer, create: bool, extracted: int | None, **kwargs: Any) -> None:
        if create:
            for number in range(1, (1 if extracted is None else extracted) + 1):
                TransferLineFactory(document=self, line_no=number, **kwargs)


class TransferLineFactory(Factory[TransferLine]):
    class Meta:
        model = TransferLine

    document = SubFactory(TransferFactory, lines=0)
    line_no = Sequence(lambda n: n + 1)
    product = SubFactory(ProductFactory)
    quantity = Decimal(3)


class StockCountFactory(Factory[StockCount]):
    class Meta:
        model = StockCount

    warehouse = SubFactory(WarehouseFactory)
    created_by = SubFactory(UserFactory)
    dated_on = LazyFunction(company_today)

    @post_generation
    def lines(self: StockCount, create: bool, extracted: int | None, **kwargs: Any) -> None:
        if create:
            for number in range(1, (1 if extracted is None else extracted) + 1):
                StockCountLineFactory(document=self, line_no=number, **kwargs)


class StockCountLineFactory(Factory[StockCountLine]):
    class Meta:
        model = StockCountLine

    document = SubFactory(StockCountFactory, lines=0)
    line_no = Sequence(lambda n: n + 1)
    product = SubFactory(ProductFactory)
    bin = SubFactory(BinFactory)


class StockEntryFactory(Factory[StockEntry]):
    class Meta:
        model = StockEntry

    kind = StockEntry.Kind.SCRAP
    reason = "锈蚀报废"
    warehouse = SubFactory(WarehouseFactory)
    created_by = SubFactory(UserFactory)
    dated_on = LazyFunction(company_today)

    @post_generation
    def lines(self: StockEntry, create: bool, extracted: int | None, **kwargs: Any) -> None:
        if create:
            for number in range(1, (1 if extracted is None else extracted) + 1):
                StockEntryLineFactory(document=self, line_no=number, **kwargs)


class StockEntryLineFactory(Factory[StockEntryLine]):
    class Meta:
        model = StockEntryLine

    document = SubFactory(StockEntryFactory, lines=0)
    line_no = Sequence(lambda n: n + 1)
    product = SubFactory(ProductFactory)
    bin = SubFactory(BinFactory)
    quantity = Decimal(1)


class RecipeFactory(Factory[Recipe]):
    """A pair of two pieces; ``lines=0`` for none."""

    class Meta:
        model = Recipe

    product = SubFactory(ProductFactory)

    @post_generation
    def lines(self: Recipe, create: bool, extracted: int | None, **kwargs: Any) -> None:
        if create and extracted != 0:
            RecipeLineFactory(recipe=self, **kwargs)


class RecipeLineFactory(Factory[RecipeLine]):
    class Meta:
        model = RecipeLine

    recipe = SubFactory(RecipeFactory, lines=0)
    product = SubFactory(ProductFactory)
    quantity = Decimal(2)


class AssemblyFactory(Factory[Assembly]):
    class Meta:
        model = Assembly

    product = SubFactory(ProductFactory)
    quantity = Decimal(1)
    bin = SubFactory(BinFactory)
    warehouse: Any = SelfAttribute("bin.warehouse")
    created_by = SubFactory(UserFactory)
    dated_on = LazyFunction(company_today)

    @post_generation
    def lines(self: Assembly, create: bool, extracted: int | None, **kwargs: Any) -> None:
        if create:
            for number in range(1, (1 if extracted is None else extracted) + 1):
                AssemblyLineFactory(document=self, line_no=number, bin=self.bin, **kwargs)


class AssemblyLineFactory(Factory[AssemblyLine]):
    class Meta:
        model = AssemblyLine

    document = SubFactory(AssemblyFactory, lines=0)
    line_no = Sequence(lambda n: n + 1)
    product = SubFactory(ProductFactory)
    bin = SubFactory(BinFactory)
    quantity = Decimal(2)


class UsualBinFactory(Factory[UsualBin]):
    class Meta:
        model = UsualBin

    product = SubFactory(ProductFactory)
    bin = SubFactory(BinFactory)
    warehouse: Any = SelfAttribute("bin.warehouse")
