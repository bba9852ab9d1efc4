"""The one place that decides who may do and see what; ``accounts`` implements it.

``authorize`` guards an action, ``visible_to`` a set of rows. Every edge (admin, page, API,
typeahead, search, export, print, import, socket, task) goes through these two and nothing else.
"""

from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, Self, TypeVar

from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404
from django.utils.translation import gettext as _

from erp.core.errors import DomainError

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser
    from django.contrib.auth.models import AnonymousUser

    AnyUser = AbstractBaseUser | AnonymousUser

M = TypeVar("M", bound=models.Model)


class Policy(Protocol):
    def allows(self, user: "AnyUser", permission: str) -> bool: ...

    def scope(self, user: "AnyUser", queryset: Any) -> Any: ...


_policy: Policy | None = None


def set_policy(policy: Policy) -> None:
    global _policy  # noqa: PLW0603
    _policy = policy


def _current() -> Policy:
    if _policy is None:
        raise RuntimeError("No policy: the accounts app is not installed.")
    return _policy


_warehouses: "Callable[[AnyUser], Collection[int] | None] | None" = None


def set_warehouses(warehouses: "Callable[[AnyUser], Collection[int] | None]") -> None:
    """Register who may use which warehouses; ``inventory`` keeps that table."""
    global _warehouses  # noqa: PLW0603
    _warehouses = warehouses


def warehouses_of(user: "AnyUser") -> Collection[int] | None:
    """Return the ids of the warehouses a user may use, None for all; read for each request."""
    if _warehouses is None:
        raise RuntimeError("Nobody says who may use which warehouse: inventory is not installed.")
    return _warehouses(user)


def may_use_warehouse(user: "AnyUser", warehouse_id: int) -> bool:
    mine = warehouses_of(user)
    return mine is None or warehouse_id in mine


def authorize_warehouses(user: "AnyUser", *warehouse_ids: int) -> None:
    """Refuse to move goods of a warehouse the user may not use, for a document he does see.

    Raises DomainError ``foreign_warehouse``; the API answers 403.
    """
    if not all(may_use_warehouse(user, one) for one in warehouse_ids):
        raise foreign_warehouse()


def foreign_warehouse() -> DomainError:
    return DomainError(_("This is none of your warehouses."), code="foreign_warehouse")


def allowed(user: "AnyUser", permission: str) -> bool:
    """Return whether the user holds ``app_label.codename``, read afresh for each request."""
    return _current().allows(user, permission)


def authorize(user: "AnyUser", permission: str, obj: models.Model | None = None) -> None:
    """Raise PermissionDenied without the right, Http404 when ``obj`` is out of the user's sight."""
    if not allowed(user, permission):
        raise PermissionDenied(_("You do not have the right to do this."))
    if obj is not None:
        manager: Any = type(obj)._default_manager
        if not manager.visible_to(user).filter(pk=obj.pk).exists():
            raise Http404


class ScopedQuerySet(models.QuerySet[M]):
    """A queryset that knows who may see its rows.

    The model says by which column it belongs to somebody: ``scope_owner = "owner"`` or a path such
    as ``"customer__owner"``; empty means that whoever may view the model sees every row. And it
    says in which warehouses a row is, ``scope_warehouse = ("warehouse",)`` or paths: of the rows
    in sight only those remain of which one end is in a warehouse the user may use.
    """

    def visible_to(self, user: "AnyUser") -> Self:
        """Rows this user may see; none without the right to view the model."""
        scoped: Self = _current().scope(user, self)
        return scoped

    def get_visible(self, user: "AnyUser", pk: Any) -> M:
        """Return one visible row; Http404 alike for a hidden and a missing one."""
        row = self.visible_to(user).filter(pk=pk).first()
        if row is None:
            raise Http404
        return row


class Scoped(models.Model):
    """A model whose rows are read through ``visible_to``."""

    scope_owner: ClassVar[str] = ""
    scope_warehouse: ClassVar[tuple[str, ...]] = ()

    class Meta:
        abstract = True
