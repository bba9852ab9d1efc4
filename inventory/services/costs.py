"""What a piece costs now, for goods that turn up without a price."""

from collections.abc import Iterable
from decimal import Decimal

from erp.core.money import ZERO, round_money, round_price
from inventory.models import Bin
from inventory.services.figures import average_costs
from inventory.services.locked_stock import LockedStock


class CurrentCosts:
    """The moving average of the warehouse, or of all warehouses where it has none of the product.

    A product that lies nowhere costs nothing: nobody can say more.
    """

    def __init__(self, stock: LockedStock, product_ids: Iterable[int]) -> None:
        self.stock = stock
        self.elsewhere = average_costs(product_ids)

    def unit_cost(self, product_id: int, place: Bin) -> Decimal:
        account = self.stock.account(product_id, place)
        if account.quantity:
            return round_price(account.value / account.quantity)
        return self.elsewhere.get(product_id, ZERO)

    def value(self, product_id: int, place: Bin, quantity: Decimal) -> Decimal:
        account = self.stock.account(product_id, place)
        if account.quantity:
            return round_money(account.value * quantity / account.quantity)
        return round_money(quantity * self.elsewhere.get(product_id, ZERO))
