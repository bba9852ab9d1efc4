"""Sets made of components, and taken apart again: recipes and assembly orders."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from erp.core.documents import DocumentQuerySet, status_check
from erp.core.fields import AmountField, QuantityField
from erp.core.models import ArchivableQuerySet, Master
from erp.core.money import ZERO
from erp.core.workflow import Workflow
from inventory.models.documents import MovedLine, StockDocument, line_constraints
from inventory.models.places import Bin
from products.models import Product


class Recipe(Master):
    """What one set is made of, e.g. a matched pair of two bearings."""

    product = models.OneToOneField(
        Product, on_delete=models.PROTECT, related_name="+", verbose_name=_("set")
    )
    notes = models.CharField(_("notes"), max_length=200, blank=True)

    objects = ArchivableQuerySet.as_manager()

    class Meta:
        verbose_name = _("recipe")
        verbose_name_plural = _("recipes")
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return str(self.product)


class RecipeLine(models.Model):
    recipe = models.ForeignKey(Recipe, on_delete=models.CASCADE, related_name="lines")
    product = models.ForeignKey(
        Product, on_delete=models.PROTECT, related_name="+", verbose_name=_("component")
    )
    quantity = QuantityField(_("quantity of one set"), default=1)

    class Meta:
        verbose_name = _("component")
        verbose_name_plural = _("components")
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["recipe", "product"], name="recipe_component_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="recipe_quantity_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.product_id} × {self.quantity}"


class AssemblyStatus(models.TextChoices):
    DRAFT = "draft", _("draft")
    POSTED = "posted", _("posted")
    CANCELLED = "cancelled", _("cancelled")
    REVERSED = "reversed", _("reversed")


class AssemblyQuerySet(DocumentQuerySet["Assembly"]):
    def unfinished(self) -> Self:
        return self.filter(status=AssemblyStatus.DRAFT)


class Assembly(StockDocument):
    """One product made of its components, or taken apart into them, in one warehouse."""

    class Kind(models.TextChoices):
        ASSEMBLE = "assemble", _("assembly")
        DISASSEMBLE = "disassemble", _("disassembly")

    Status = AssemblyStatus
    WORKFLOW = Workflow(
        {
            AssemblyStatus.DRAFT: [AssemblyStatus.POSTED, AssemblyStatus.CANCELLED],
            AssemblyStatus.POSTED: [AssemblyStatus.REVERSED],
        }
    )
    number_series = "AS"

    status = models.CharField(
        _("status"),
        max_length=10,
        choices=AssemblyStatus.choices,
        default=AssemblyStatus.DRAFT,
        editable=False,
    )
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices, default=Kind.ASSEMBLE)
    product = models.ForeignKey(
        Product, on_delete=models.PROTECT, related_name="+", verbose_name=_("set")
    )
    bin = models.ForeignKey(
        Bin, on_delete=models.PROTECT, related_name="+", verbose_name=_("bin of the set")
    )
    quantity = QuantityField(_("quantity"))
    labour_amount = AmountField(_("labour"), default=ZERO)
    value = AmountField(_("value"), null=True, editable=False)

    objects = AssemblyQuerySet.as_manager()

    class Meta:
        verbose_name = _("assembly order")
        verbose_name_plural = _("assembly orders")
        ordering: ClassVar = ["-id"]
        permissions: ClassVar = [
            ("post_assembly", _("Can post assembly orders")),
            ("reverse_assembly", _("Can reverse assembly orders")),
        ]
        constraints: ClassVar = [
            status_check("assembly", AssemblyStatus),
            models.CheckConstraint(
                condition=Q(kind__in=["assemble", "disassemble"]), name="assembly_kind"
            ),
            models.CheckConstraint(
                condition=Q(quantity__gt=0) & Q(labour_amount__gte=0),
                name="assembly_figures",
            ),
        ]

    @property
    def takes_apart(self) -> bool:
        return self.kind == self.Kind.DISASSEMBLE


class AssemblyLine(MovedLine):
    """A component: how much of it in all, and from or into which bin."""

    document = models.ForeignKey(Assembly, on_delete=models.CASCADE, related_name="lines")
    bin = models.ForeignKey(Bin, on_delete=models.PROTECT, related_name="+", verbose_name=_("bin"))
    value = AmountField(_("value"), null=True, editable=False)

    class Meta(MovedLine.Meta):
        verbose_name = _("component of an assembly")
        verbose_name_plural = _("components of an assembly")
        constraints: ClassVar = line_constraints("assembly")
