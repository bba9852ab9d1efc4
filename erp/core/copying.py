"""What becomes of every column when a document is copied; a column nobody decided on fails a test.

A copy is a new draft made by the same service as any other: whoever may not make one by hand may
not copy one, and what is refused there is refused here. Number, status, dates, approvals and
progress never come along. docs/copying.md shows the plans as tables.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from erp.core.errors import DomainError

# Of every document and of every line with a price.
DOCUMENT_RESET = ("id", "number", "version", "status", "partner_snapshot", "partner_reference")
DOCUMENT_ANEW = (
    *("owner", "created_by", "created_at", "updated_at", "dated_on"),
    *("currency", "exchange_rate", "net_total", "tax_total", "gross_total"),
)
LINE_RESET = ("id", "source_line")
LINE_ANEW = (
    *("document", "line_no", "brand_name", "designation", "description", "unit"),
    *("tax_rate", "net_amount", "tax_amount", "gross_amount"),
)
LINE_COPIED = ("product", "quantity", "unit_price", "price_includes_tax", "partner_wording")


@dataclass(frozen=True, slots=True)
class CopyPlan:
    """``copied`` is taken over, ``anew`` is worked out as for a new one, ``reset`` starts empty."""

    model: type[models.Model]
    copied: tuple[str, ...]
    anew: tuple[str, ...]
    reset: tuple[str, ...]

    def undecided(self) -> set[str]:
        """Return the columns nobody decided on, and names that are no columns any more."""
        there = {field.name for field in self.model._meta.concrete_fields if not field.generated}
        return there ^ {*self.copied, *self.anew, *self.reset}

    def said_twice(self) -> set[str]:
        names = [*self.copied, *self.anew, *self.reset]
        return {name for name in names if names.count(name) > 1}

    def as_table(self) -> str:
        """Return the rows of docs/copying.md."""

        def listed(names: Iterable[str]) -> str:
            return ", ".join(f"`{name}`" for name in sorted(names)) or "–"

        label = self.model._meta.label
        return f"| {label} | {listed(self.copied)} | {listed(self.anew)} | {listed(self.reset)} |"


_plans: dict[type[models.Model], CopyPlan] = {}


def copies(
    model: type[models.Model],
    *,
    copied: Iterable[str] = (),
    anew: Iterable[str] = (),
    reset: Iterable[str] = (),
) -> CopyPlan:
    """Register what becomes of the columns of a table when a document is copied."""
    plan = CopyPlan(model, tuple(copied), tuple(anew), tuple(reset))
    _plans[model] = plan
    return plan


def plan_of(model: type[models.Model]) -> CopyPlan:
    return _plans[model]


def plans() -> dict[type[models.Model], CopyPlan]:
    return dict(_plans)


def check_in_sight(partner: Any, *, by: Any) -> None:
    """Refuse a copy for a partner whoever copies does not see: he could make none by hand."""
    if not type(partner)._default_manager.visible_to(by).filter(pk=partner.pk).exists():
        raise DomainError(_("You do not see this partner."), code="out_of_sight", field="partner")
