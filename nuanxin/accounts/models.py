import uuid
from functools import cached_property
from typing import Any, ClassVar, Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from nuanxin.accounts.consent_models import ConsentText as ConsentText
from nuanxin.accounts.delegation_models import Delegation as Delegation
from nuanxin.accounts.enums import GrantedRole
from nuanxin.accounts.key_models import AttemptCount as AttemptCount
from nuanxin.accounts.key_models import KeeperKey as KeeperKey
from nuanxin.accounts.key_models import PhoneCode as PhoneCode
from nuanxin.accounts.key_models import RecoveryCode as RecoveryCode
from nuanxin.accounts.key_models import SecondFactor as SecondFactor
from nuanxin.core import clock
from nuanxin.core.actors import Actor, Role, Scope
from nuanxin.core.scopes import reach, reaches_all
from nuanxin.core.storage import ReferenceModel
from nuanxin.unions.models import Union

STAFF_ROLES = frozenset({Role.OFFICER, Role.AUDITOR, Role.ADMIN})


class UserQuerySet(models.QuerySet["User"]):
    def visible_to(self, actor: Actor) -> Self:
        """Return the people who hold, or held, a role inside the actor's scopes."""
        if reaches_all(actor):
            return self.all()
        held = Grant.objects.visible_to(actor).filter(user=models.OuterRef("pk"))
        return self.filter(models.Exists(held))


class UserManager(BaseUserManager["User"]):
    def get_queryset(self) -> UserQuerySet:
        return UserQuerySet(self.model, using=self._db)

    def visible_to(self, actor: Actor) -> UserQuerySet:
        return self.get_queryset().visible_to(actor)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(username=(username or "").casefold())


class User(AbstractBaseUser, ReferenceModel):
    """Somebody who signs in. Rights come from grants alone, never from flags on this row."""

    # no last_login: a column written at every sign-in does not belong into a table on every node
    last_login = None

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    username = models.CharField(_("user name"), max_length=60, unique=True)
    display_name = models.CharField(_("name"), max_length=60)
    is_active = models.BooleanField(_("may sign in"), default=True)
    joined_at = models.DateTimeField(_("joined at"), auto_now_add=True)
    phone_sealed = models.TextField(_("phone, sealed"), blank=True)
    phone_index = models.CharField(
        _("phone, fingerprint"), max_length=64, blank=True, db_index=True
    )

    notice_url_sealed = models.TextField(_("address for notices, sealed"), blank=True)
    # part of what a session is checked against: counting it up ends every session of the user
    sessions_version = models.PositiveIntegerField(_("version of the sessions"), default=1)

    # the roles of the door they came in by; None is the staff door, with all of them
    door_roles: frozenset[Role] | None = None

    objects: ClassVar[UserManager] = UserManager()
    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["display_name"]

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        ordering = ["username"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(phone_sealed="", phone_index="")
                | (~models.Q(phone_sealed="") & ~models.Q(phone_index="")),
                name="%(app_label)s_%(class)s_phone_sealed_with_index",
            ),
        ]

    def __str__(self) -> str:
        return self.display_name or self.username

    @property
    def actor_key(self) -> str:
        return f"user:{self.pk}"

    @property
    def actor_label(self) -> str:
        return self.display_name or self.username

    @cached_property
    def scopes(self) -> tuple[Scope, ...]:
        """What the user may do by the door they came in by; nothing while they may not sign in."""
        if not self.is_active:
            return ()
        roles = self.door_roles
        return tuple(held for held in self.held if roles is None or held.role in roles)

    @cached_property
    def held(self) -> tuple[Scope, ...]:
        """Grants in force and roles lent for today, read once for each request; also of somebody switched off.

        What an officer was lent counts while they are one in their own right. One query.
        """
        lent = Delegation.objects.in_force_on(clock.civil_date()).filter(to_user=self)
        own = Grant.objects.in_force().filter(user=self).order_by()
        keys = own.values("pk").union(lent.order_by().values("grant_id"))
        grants = Grant.objects.filter(pk__in=keys).select_related("union", "user").order_by("pk")
        scopes = [_scope_of(grant, self) for grant in grants]
        is_officer = any(s.role == Role.OFFICER and not s.on_behalf for s in scopes)
        return tuple(scope for scope in scopes if is_officer or not scope.on_behalf)

    def has_role(self, *roles: Role) -> bool:
        return any(scope.role in roles for scope in self.scopes)

    def _get_session_auth_hash(self, secret: Any = None) -> str:
        """Return what a session is checked against at each request: password and version."""
        key = "nuanxin.accounts.User.session"
        value = f"{self.password}\x1f{self.sessions_version}"
        return salted_hmac(key, value, secret=secret, algorithm="sha256").hexdigest()

    # what Django's admin asks of a user
    @property
    def is_staff(self) -> bool:
        return self.has_role(*STAFF_ROLES)

    @property
    def is_superuser(self) -> bool:
        return False

    def has_perm(self, perm: str, obj: models.Model | None = None) -> bool:
        """Officers read; only administrators change reference data by hand."""
        action = perm.rpartition(".")[2].partition("_")[0]
        return self.has_role(Role.ADMIN) or (action == "view" and self.is_staff)

    def has_perms(self, perm_list: Any, obj: models.Model | None = None) -> bool:
        return all(self.has_perm(perm, obj) for perm in perm_list)

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_staff


def _scope_of(grant: "Grant", user: User) -> Scope:
    path = grant.union.path if grant.union else ""
    if grant.user_id == user.pk:
        return Scope(Role(grant.role), path)
    holder = grant.user
    return Scope(
        Role(grant.role), path, on_behalf=holder.actor_key, on_behalf_label=holder.actor_label
    )


class GrantQuerySet(models.QuerySet["Grant"]):
    def in_force(self) -> "GrantQuerySet":
        """Return grants that nobody has ended."""
        return self.filter(ended_at__isnull=True)

    def visible_to(self, actor: Actor) -> Self:
        """Return the grants over unions inside the actor's scopes."""
        return self.filter(reach(actor, "union__path"))


class Grant(ReferenceModel):
    """A role held over one union and everything below it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="grants", verbose_name=_("user"))
    role = models.CharField(_("role"), max_length=10, choices=GrantedRole.choices)
    union = models.ForeignKey(
        Union,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="grants",
        verbose_name=_("union"),
        help_text=_(
            "Only an administrator's role may stand without a union: it covers the whole tree."
        ),
    )
    granted_at = models.DateTimeField(_("granted at"), auto_now_add=True)
    granted_by = models.CharField(_("granted by"), max_length=80)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    ended_by = models.CharField(_("ended by"), max_length=80, blank=True)

    objects = GrantQuerySet.as_manager()

    class Meta:
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        ordering = ["user_id", "granted_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(union__isnull=False) | models.Q(role=GrantedRole.ADMIN),
                name="%(app_label)s_%(class)s_scope_or_admin",
            ),
            models.CheckConstraint(
                condition=models.Q(role__in=GrantedRole.values),
                name="%(app_label)s_%(class)s_known_role",
            ),
            models.CheckConstraint(
                condition=models.Q(ended_at__isnull=True, ended_by="")
                | (models.Q(ended_at__isnull=False) & ~models.Q(ended_by="")),
                name="%(app_label)s_%(class)s_ended_when_and_by",
            ),
            models.UniqueConstraint(
                fields=["user", "role", "union"],
                condition=models.Q(ended_at__isnull=True),
                nulls_distinct=None,
                name="%(app_label)s_%(class)s_once_in_force",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} {self.user_id}"
