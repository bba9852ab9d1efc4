"""The stock documents as their edges offer them: which steps, whose right, which service, when."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from erp.core.policy import allowed, authorize_warehouses
from inventory import services
from inventory.models import Assembly, StockCount, StockEntry, Transfer
from inventory.models.documents import StockDocument


def _always(_document: Any) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Step:
    """``service(id, *, by, version[, reason])``, offered where the status is in ``statuses``."""

    name: str
    label: str | Promise
    done: str | Promise  # "TR-1 was shipped."
    right: str
    service: Callable[..., Any]
    statuses: tuple[str, ...] = ()  # empty: always
    when: Callable[[Any], bool] = _always
    takes_reason: bool = False
    is_primary: bool = False
    icon: str = ""
    copies: bool = False
    # At which ends one has to work to take it.
    at: tuple[str, ...] = ("warehouse",)

    def is_offered(self, document: Any) -> bool:
        return (not self.statuses or document.status in self.statuses) and self.when(document)

    def is_open(self, document: Any, user: User) -> bool:
        return self.is_offered(document) and allowed(user, self.right)

    def take(self, document: Any, *, by: User, version: int | None, reason: str = "") -> Any:
        """Return the document, of a copy the new one.

        Raises what the service raises, and DomainError foreign_warehouse.
        """
        authorize_warehouses(by, *(getattr(document, f"{name}_id") for name in self.at))
        if self.copies:
            return self.service(document.pk, by=by)
        options = {"reason": reason} if self.takes_reason else {}
        return self.service(document.pk, by=by, version=version, **options)


@dataclass(frozen=True, slots=True)
class Paper:
    """One type of stock document."""

    slug: str
    model: type[StockDocument]
    title: str | Promise
    new_title: str | Promise
    steps: dict[str, Step]
    # What a line of a draft says besides product, quantity and note.
    columns: tuple[str, ...] = ()
    replace: Callable[..., Any] | None = None

    def right(self, verb: str) -> str:
        return f"inventory.{verb}_{self.model._meta.model_name}"

    @property
    def page_name(self) -> str:
        return f"inventory:{self.slug}-page"

    @property
    def new_name(self) -> str:
        return f"inventory:{self.slug}-new"

    @property
    def pdf_name(self) -> str:
        return f"inventory:{self.slug}-pdf"

    @property
    def step_name(self) -> str:
        return f"inventory:{self.slug}-step"

    @property
    def rows_name(self) -> str:
        return f"inventory:{self.slug}-rows"

    def open_steps(self, document: Any, user: User) -> list[Step]:
        return [step for step in self.steps.values() if step.is_open(document, user)]


def _named(*steps: Step) -> dict[str, Step]:
    return {step.name: step for step in steps}


def _copy(name: str, service: Callable[..., Any]) -> Step:
    return Step(
        "copy",
        pgettext_lazy("verb", "Copy"),
        _("%(ref)s was drafted."),
        f"inventory.add_{name}",
        service,
        icon="content_copy",
        copies=True,
    )


def _cancel(name: str, service: Callable[..., Any], *statuses: str) -> Step:
    return Step(
        "cancel",
        _("Cancel the document"),
        _("%(ref)s was cancelled."),
        f"inventory.change_{name}",
        service,
        statuses,
        takes_reason=True,
        icon="block",
    )


def _reverse(
    name: str,
    service: Callable[..., Any],
    *statuses: str,
    at: tuple[str, ...] = ("warehouse",),
) -> Step:
    return Step(
        "reverse",
        pgettext_lazy("verb", "Reverse"),
        _("%(ref)s was reversed."),
        f"inventory.reverse_{name}",
        service,
        statuses,
        takes_reason=True,
        icon="undo",
        at=at,
    )


_T, _C, _E, _A = Transfer.Status, StockCount.Status, StockEntry.Status, Assembly.Status

TRANSFERS = Paper(
    "transfers",
    Transfer,
    _("Transfers"),
    _("New transfer"),
    _named(
        Step(
            "post",
            _("Move the goods"),
            _("%(ref)s was posted: the goods lie in their new bins."),
            "inventory.ship_transfer",
            services.post_transfer,
            (_T.DRAFT,),
            when=lambda transfer: transfer.is_within,
            is_primary=True,
            icon="move_down",
        ),
        Step(
            "reserve",
            _("Reserve the goods"),
            _("%(ref)s: the goods are reserved."),
            "inventory.change_transfer",
            services.reserve_transfer,
            (_T.DRAFT,),
            when=lambda transfer: not transfer.is_within,
            is_primary=True,
            icon="bookmark",
        ),
        Step(
            "ship",
            _("Ship"),
            _("%(ref)s is on its way."),
            "inventory.ship_transfer",
            services.ship_transfer,
            (_T.RESERVED,),
            is_primary=True,
            icon="local_shipping",
        ),
        Step(
            "unreserve",
            _("Back to draft"),
            _("%(ref)s is a draft again."),
            "inventory.change_transfer",
            services.unreserve_transfer,
            (_T.RESERVED,),
            takes_reason=True,
            icon="undo",
        ),
        _cancel("transfer", services.cancel_transfer, _T.DRAFT, _T.RESERVED),
        _reverse(
            "transfer",
            services.reverse_transfer,
            _T.IN_TRANSIT,
            _T.DONE,
            at=("warehouse", "to_warehouse"),
        ),
        _copy("transfer", services.copy_transfer),
    ),
    columns=("bin", "to_bin"),
    replace=services.replace_transfer_lines,
)

COUNTS = Paper(
    "stock-counts",
    StockCount,
    _("Stock counts"),
    _("New stock count"),
    _named(
        Step(
            "start",
            _("Start counting"),
            _("%(ref)s is being counted."),
            "inventory.change_stockcount",
            services.start_count,
            (_C.DRAFT,),
            is_primary=True,
            icon="checklist",
        ),
        Step(
            "review",
            _("Finish counting"),
            _("%(ref)s is counted; look the differences over."),
            "inventory.change_stockcount",
            services.review_count,
            (_C.COUNTING,),
            is_primary=True,
            icon="fact_check",
        ),
        Step(
            "post",
            _("Post the differences"),
            _("%(ref)s was posted."),
            "inventory.post_stockcount",
            services.post_count,
            (_C.REVIEWED,),
            is_primary=True,
            icon="inventory",
        ),
        Step(
            "recount",
            _("Go on counting"),
            _("%(ref)s is being counted again."),
            "inventory.change_stockcount",
            services.recount,
            (_C.REVIEWED,),
            takes_reason=True,
            icon="undo",
        ),
        _cancel("stockcount", services.cancel_count, _C.DRAFT, _C.COUNTING, _C.REVIEWED),
        _reverse("stockcount", services.reverse_count, _C.POSTED),
        _copy("stockcount", services.copy_count),
    ),
)

ENTRIES = Paper(
    "stock-entries",
    StockEntry,
    _("Other receipts and issues"),
    _("New receipt or issue"),
    _named(
        Step(
            "post",
            _("Post"),
            _("%(ref)s was posted."),
            "inventory.post_stockentry",
            services.post_entry,
            (_E.DRAFT, _E.SUBMITTED),
            is_primary=True,
            icon="inventory",
        ),
        Step(
            "submit",
            _("Submit for approval"),
            _("%(ref)s was submitted."),
            "inventory.change_stockentry",
            services.submit_entry,
            (_E.DRAFT,),
            icon="send",
        ),
        Step(
            "refuse",
            _("Give back"),
            _("%(ref)s was given back to its author."),
            "inventory.approve_stockentry",
            services.refuse_entry,
            (_E.SUBMITTED,),
            takes_reason=True,
            icon="undo",
        ),
        _cancel("stockentry", services.cancel_entry, _E.DRAFT, _E.SUBMITTED),
        _reverse("stockentry", services.reverse_entry, _E.POSTED),
        _copy("stockentry", services.copy_entry),
    ),
    columns=("bin", "unit_cost"),
    replace=services.replace_entry_lines,
)

ASSEMBLIES = Paper(
    "assemblies",
    Assembly,
    _("Assembly orders"),
    _("New assembly order"),
    _named(
        Step(
            "post",
            _("Post"),
            _("%(ref)s was posted."),
            "inventory.post_assembly",
            services.post_assembly,
            (_A.DRAFT,),
            is_primary=True,
            icon="build",
        ),
        _cancel("assembly", services.cancel_assembly, _A.DRAFT),
        _reverse("assembly", services.reverse_assembly, _A.POSTED),
        _copy("assembly", services.copy_assembly),
    ),
    columns=("bin",),
    replace=services.replace_components,
)

PAPERS = {paper.slug: paper for paper in (TRANSFERS, COUNTS, ENTRIES, ASSEMBLIES)}
