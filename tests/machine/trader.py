"""The random trader: every verb of stock and orders, by its parts."""

from tests.machine.costs import Costs
from tests.machine.counting import Counting
from tests.machine.roads import Roads
from tests.machine.shipping import Shipping


class Trader(Costs, Shipping, Roads, Counting):
    pass
