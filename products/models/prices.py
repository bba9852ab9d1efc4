"""Every price ever seen. Invariant: price facts are only ever added."""

from typing import Any, ClassVar, Self

from django.core.exceptions import EmptyResultSet
from django.db import connection, models
from django.db.models import F, Q, Window
from django.db.models.functions import RowNumber
from django.utils.translation import gettext_lazy as _

from customers.models import Customer, Supplier
from erp.core.fields import QuantityField, UnitPriceField
from erp.core.models import Currency
from erp.core.policy import Scoped, ScopedQuerySet
from products.models.catalogue import Product


class PriceFactQuerySet(ScopedQuerySet["PriceFact"]):
    def newest(self, *more: Self) -> list["PriceFact"]:
        """Return the newest fact of each product, here and in each further set (one query).

        Without what they refer to.
        """
        parts: list[str] = []
        parameters: list[Any] = []
        for number, facts in enumerate((self, *more)):
            try:
                found, values = facts.order_by().select_related(None).query.sql_with_params()
            except EmptyResultSet:
                continue
            parts.append(f"SELECT found.*, {number} AS part FROM ({found}) found")  # noqa: S608
            parameters.extend(values)
        if not parts:
            return []
        # Written out: as a Window the ORM spends more time on it than the database.
        on = connection.ops.quote_name("on")
        ranked = (
            "SELECT facts.*, ROW_NUMBER() OVER"  # noqa: S608 -- own queries
            f" (PARTITION BY part, product_id ORDER BY {on} DESC, id DESC) AS place"
            f" FROM ({' UNION ALL '.join(parts)}) facts"
        )
        statement = f"SELECT * FROM ({ranked}) ranked WHERE place = 1"  # noqa: S608
        return list(self.model.objects.raw(statement, parameters))

    def latest_by_product(self) -> dict[int, "PriceFact"]:
        """Return the newest of these facts for each product id (one query)."""
        rank = Window(
            RowNumber(), partition_by=F("product_id"), order_by=[F("on").desc(), F("id").desc()]
        )
        newest = self.order_by().annotate(rank=rank).filter(rank=1)
        return {fact.product_id: fact for fact in newest}


class PriceFact(Scoped):
    """A net unit price that was offered, agreed or paid. Append-only."""

    class Kind(models.TextChoices):
        QUOTE = "quote", _("quotation")
        SALE = "sale", _("sale")
        RFQ = "rfq", _("supplier's quotation")
        PURCHASE = "purchase", _("purchase")
        LIST = "list", _("list price")
        COST = "cost", _("standard cost")

    product = models.ForeignKey(Product, on_delete=models.PROTECT, verbose_name=_("product"))
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices)
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("customer")
    )
    supplier = models.ForeignKey(
        Supplier, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("supplier")
    )
    on = models.DateField(_("date"))
    quantity = QuantityField(_("quantity"))
    net_unit_price = UnitPriceField(_("net unit price"))
    currency = models.ForeignKey(Currency, on_delete=models.PROTECT, verbose_name=_("currency"))
    source_type = models.CharField(max_length=60)
    source_id = models.PositiveBigIntegerField()
    source_line_id = models.PositiveBigIntegerField()
    created_at = models.DateTimeField(auto_now_add=True)

    objects = PriceFactQuerySet.as_manager()

    class Meta:
        verbose_name = _("price")
        verbose_name_plural = _("prices")
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(net_unit_price__gte=0), name="price_not_negative"),
            models.CheckConstraint(
                condition=Q(kind__in=["quote", "sale", "rfq", "purchase", "list", "cost"]),
                name="price_kind",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["product", "kind", "customer", "on"], name="price_by_customer"),
            models.Index(fields=["source_type", "source_id"], name="price_source"),
        ]

    def __str__(self) -> str:
        return (
            f"{self.product_id} {self.get_kind_display()} {self.net_unit_price} {self.currency_id}"
        )


# What goods cost us: for those who may see it.
COST_KINDS = (PriceFact.Kind.PURCHASE, PriceFact.Kind.RFQ, PriceFact.Kind.COST)


def source_of(document: Any, line: Any) -> dict[str, Any]:
    """Return the three columns by which a ledger row names its source."""
    return {
        "source_type": document.source_type,
        "source_id": document.pk,
        "source_line_id": line.pk,
    }
