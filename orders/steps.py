"""The steps of a sales order as its page offers them: which right, which service, when."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from erp.core.policy import allowed, warehouses_of
from orders import services
from orders.models import SalesOrder, SalesOrderStatus


@dataclass(frozen=True, slots=True)
class Step:
    name: str
    label: Any
    done: Any  # "SO-1 was confirmed."
    right: str
    when: frozenset[str]
    service: Callable[..., Any]
    takes_reason: bool = False
    is_main: bool = False
    is_placed: bool = False  # only in the user's warehouses
    options: dict[str, Any] = field(default_factory=dict)

    def take(self, order_id: int, *, by: User, version: int | None, reason: str) -> Any:
        """Raises what the service raises."""
        more: dict[str, Any] = {"reason": reason} if self.takes_reason else {}
        if self.is_placed:
            more["within"] = warehouses_of(by)
        return self.service(order_id, by=by, version=version, **self.options, **more)

    def is_open(self, order: SalesOrder, user: User) -> bool:
        if self.name == "allow-credit" and order.credit_override:
            return False
        return order.status in self.when and allowed(user, self.right)


_S = SalesOrderStatus
_DRAFT = frozenset({_S.DRAFT})
_OPEN = frozenset({_S.CONFIRMED, _S.IN_PROGRESS})
STEPS = {
    step.name: step
    for step in (
        Step(
            "confirm",
            _("Confirm"),
            _("%(ref)s was confirmed."),
            "orders.confirm_salesorder",
            _DRAFT,
            services.confirm_order,
            is_main=True,
        ),
        Step(
            "confirm-part",
            _("Confirm, the rest waits"),
            _("%(ref)s was confirmed with what there is."),
            "orders.confirm_salesorder",
            _DRAFT,
            services.confirm_order,
            options={"partial": True},
        ),
        Step(
            "reserve",
            _("Reserve what waits"),
            _("Stock was reserved for %(ref)s."),
            "orders.confirm_salesorder",
            _OPEN,
            services.reserve_waiting,
        ),
        Step(
            "deliver",
            _("Make delivery"),
            _("Deliveries of %(ref)s were planned."),
            "orders.add_delivery",
            _OPEN,
            services.create_deliveries,
            is_main=True,
            is_placed=True,
        ),
        Step(
            "allow-credit",
            _("Allow over the credit limit"),
            _("%(ref)s may go over the credit limit."),
            "orders.override_credit",
            _DRAFT | _OPEN,
            services.allow_credit,
            takes_reason=True,
        ),
        Step(
            "close",
            _("Close the remainder"),
            _("The remainder of %(ref)s was closed."),
            "orders.close_salesorder",
            _OPEN,
            services.close_order,
            takes_reason=True,
        ),
        Step(
            "unreserve",
            _("Give up reserved stock"),
            _("The stock reserved for %(ref)s was given up."),
            "orders.confirm_salesorder",
            _OPEN,
            services.unreserve_order,
        ),
        Step(
            "reopen",
            _("Draft again"),
            _("%(ref)s is a draft again."),
            "orders.confirm_salesorder",
            frozenset({_S.CONFIRMED}),
            services.reopen_order,
        ),
        Step(
            "cancel",
            _("Cancel order"),
            _("%(ref)s was cancelled."),
            "orders.cancel_salesorder",
            frozenset({_S.DRAFT, _S.CONFIRMED}),
            services.cancel_order,
            takes_reason=True,
        ),
    )
}


def open_steps(order: SalesOrder, user: User) -> list[Step]:
    """Return the steps this user may take now."""
    return [step for step in STEPS.values() if step.is_open(order, user)]
