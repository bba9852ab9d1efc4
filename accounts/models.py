"""Users, who are the company's employees, and the programs that act in their name.

Invariants: a user name is compared byte for byte, and no two differ only in case, width or
surrounding blanks; whoever has left is inactive.
"""

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from erp.core.fields import CodeField
from erp.core.policy import Scoped, ScopedQuerySet
from erp.core.twins import twin_key


def username_key(username: str) -> str:
    """Return what two user names may not share: neither case, width, accents nor blanks count."""
    return "".join(twin_key(username).split())


class Department(Scoped):
    name = models.CharField(_("name"), max_length=60, unique=True)
    archived_at = models.DateTimeField(_("archived at"), null=True, blank=True, editable=False)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("department")
        verbose_name_plural = _("departments")
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name


class UserQuerySet(ScopedQuerySet["User"]):
    def working(self) -> "UserQuerySet":
        """Employees who may sign in."""
        return self.filter(is_active=True)


class ErpUserManager(UserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    """Django's own user manager over our queryset; fills the twin key."""

    def _create_user(self, username: str, email: str, password: str, **extra: Any) -> "User":
        extra.setdefault("username_key", username_key(username))
        user: User = super()._create_user(username, email, password, **extra)
        return user


class User(AbstractUser, Scoped):
    username = CodeField(_("user name"), max_length=150, unique=True)
    username_key = models.CharField(max_length=150, unique=True, editable=False)
    display_name = models.CharField(_("name"), max_length=60, blank=True)
    employee_number = models.CharField(
        _("employee number"), max_length=20, unique=True, null=True, blank=True
    )
    department = models.ForeignKey(
        Department,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("department"),
    )
    title = models.CharField(_("title"), max_length=60, blank=True)
    mobile = models.CharField(_("mobile"), max_length=30, blank=True)
    language = models.CharField(
        _("language"),
        max_length=10,
        choices=[("zh-hans", "简体中文"), ("en", "English")],
        default="zh-hans",
    )
    time_zone = models.CharField(_("time zone"), max_length=40, default="Asia/Shanghai")
    left_on = models.DateField(_("left on"), null=True, blank=True)

    objects: ClassVar[ErpUserManager] = ErpUserManager()

    class Meta:
        verbose_name = _("employee")
        verbose_name_plural = _("employees")
        ordering: ClassVar = ["username"]
        permissions: ClassVar = [
            ("hand_over_user", _("Can hand an employee's work over to a colleague"))
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(left_on__isnull=True) | Q(is_active=False), name="left_is_inactive"
            )
        ]

    def __str__(self) -> str:
        return self.display_name or self.username

    def clean(self) -> None:
        super().clean()
        self.username_key = username_key(self.username)


class ApiClient(Scoped):
    """A program that calls the API in the name of an employee, by signed requests.

    The secret signs (HMAC), so it cannot be kept as a hash: it is kept encrypted under SECRET_KEY.
    """

    name = models.CharField(_("name"), max_length=60)
    key_id = CodeField(_("key id"), max_length=40, unique=True, editable=False)
    sealed_secret = models.TextField(editable=False)
    user = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="api_clients", verbose_name=_("acts as")
    )
    scopes = models.JSONField(_("scopes"), default=list)
    expires_at = models.DateTimeField(_("expires at"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True, editable=False)
    last_used_at = models.DateTimeField(_("last used at"), null=True, blank=True, editable=False)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("API client")
        verbose_name_plural = _("API clients")
        ordering: ClassVar = ["-pk"]

    def __str__(self) -> str:
        return self.name


class UsedNonce(models.Model):
    """A number a client signed a request with: it is accepted once (docs/adr/0022)."""

    client = models.ForeignKey(ApiClient, on_delete=models.CASCADE, related_name="+")
    nonce = CodeField(max_length=128)
    used_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["client", "nonce"], name="nonce_is_used_once")
        ]

    def __str__(self) -> str:
        return self.nonce
