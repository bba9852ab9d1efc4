"""Of several price columns one net price."""

from erp.core.money import net_unit_price
from erp.core.periods import standard_tax_rate
from imports.kinds import Row, Run
from products.imports.amounts import Unpriced

# The first of these that the file has counts; what is stored is net.
PRICES = ("price_net", "price_gross", "price", "price_list")
_WITH_TAX = "price_gross"


class Pricing:
    """Leaves ``net_price`` in a row's values, freed of the tax where the column includes it."""

    def __init__(self, run: Run) -> None:
        self.columns = [name for name in PRICES if name in run.columns]
        self.tax_rate = standard_tax_rate(run.on).rate if _WITH_TAX in run.columns else None

    def settle(self, row: Row) -> None:
        if not self.columns:
            return
        values = row.values
        given = {name: values.pop(name, None) for name in self.columns}
        rate = values.pop("vat_rate", self.tax_rate)
        name = self.columns[0]
        amount = given[name]
        if amount is None:
            row.refuse(name, "missing_price")
        elif isinstance(amount, Unpriced):
            row.refuse(name, "bad_price", amount)
        elif not amount:
            row.refuse(name, "zero_price")
        elif isinstance(given.get(_WITH_TAX), Unpriced):
            row.refuse(_WITH_TAX, "bad_price", given[_WITH_TAX])
        elif name == _WITH_TAX:
            values["net_price"] = net_unit_price(amount, rate, price_includes_tax=True)
        else:
            values["net_price"] = amount
