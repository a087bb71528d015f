"""Who acts: the protocol by which lower rooms know a user without knowing `accounts`."""

import enum
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Protocol


class Role(enum.StrEnum):
    """What an actor may be; the order is that of the route table's columns."""

    ANONYMOUS = "anonymous"
    WORKER = "worker"
    KEEPER = "keeper"
    OFFICER = "officer"
    AUDITOR = "auditor"
    ADMIN = "admin"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Scope:
    """A role held over one union and everything below it.

    Parameters
    ----------
    role
        The role.
    path
        Materialised path of the union, ending in ``/``; the empty path is the whole tree.
    on_behalf, on_behalf_label
        Key and name of whoever has lent the role; empty for a role of one's own.
    """

    role: Role
    path: str = ""
    on_behalf: str = field(default="", compare=False)
    on_behalf_label: str = field(default="", compare=False)

    def covers(self, path: str) -> bool:
        """Return whether a union with this path lies inside the scope."""
        return path.startswith(self.path)


class Actor(Protocol):
    """Who acts; the audit row keeps the key and the label."""

    @property
    def actor_key(self) -> str:
        """Return the stable key of the actor, e.g. ``user:<uuid>`` or ``system:import``."""

    @property
    def actor_label(self) -> str:
        """Return how the actor is shown to an auditor; no personal data beyond a staff name."""

    @property
    def scopes(self) -> Collection[Scope]:
        """Return the roles and how far down the union tree each reaches."""


@dataclass(frozen=True, slots=True)
class SystemActor:
    """A command, an import or the tick: acts everywhere, under its own name."""

    name: str
    scopes: tuple[Scope, ...] = field(default=(Scope(Role.SYSTEM),))

    @property
    def actor_key(self) -> str:
        """Return ``system:<name>``."""
        return f"system:{self.name}"

    @property
    def actor_label(self) -> str:
        """Return the name of the program that acts."""
        return self.name


@dataclass(frozen=True, slots=True)
class AnonymousActor:
    """Somebody on a public page."""

    actor_key: str = "anonymous"
    actor_label: str = "anonymous"
    scopes: tuple[Scope, ...] = (Scope(Role.ANONYMOUS),)
