"""The product a row of a stock list or a maker's report means."""

from collections.abc import Sequence

from imports.kinds import Row
from products.designation import search_key
from products.imports.named import BrandNames
from products.models import Product

MOST_NAMED = 3


class ProductFinder:
    """Finds products by designation, and by brand where the row or the file names one."""

    def __init__(self) -> None:
        self.brands = BrandNames()

    def find(self, rows: Sequence[Row]) -> None:
        """Set ``product_id`` of each row, or refuse it; one query."""
        keys = {search_key(row.values["designation"]) for row in rows if row.has("designation")}
        found: dict[str, list[tuple[int, int, str]]] = {}
        products = Product.objects.active().filter(search_key__in=keys)
        for pk, brand, code, key in products.order_by("pk").values_list(
            "pk", "brand_id", "brand__code", "search_key"
        ):
            found.setdefault(key, []).append((pk, brand, code))
        for row in rows:
            brand_name = row.values.pop("brand", None)
            if row.has("designation"):
                designation = row.values["designation"]
                self._choose(row, brand_name, found.get(search_key(designation), []))

    def _choose(
        self, row: Row, brand_name: str | None, products: list[tuple[int, int, str]]
    ) -> None:
        if brand_name:
            brand = self.brands.id_of(brand_name)
            if brand is None:
                row.refuse("brand", "unknown_brand", brand_name)
                return
            products = [product for product in products if product[1] == brand]
        if not products:
            row.refuse("designation", "unknown_product", row.values["designation"])
        elif len(products) > 1:
            codes = ", ".join(code for _pk, _brand, code in products[:MOST_NAMED])
            row.refuse("designation", "ambiguous_product", codes)
        else:
            row.values["product_id"] = products[0][0]
