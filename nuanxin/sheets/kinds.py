"""What a room says about the things its sheets bring: how to resolve, compare and write them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any, Final, Protocol, cast

from nuanxin.core.actors import Actor
from nuanxin.core.errors import Text
from nuanxin.core.policies import Decision
from nuanxin.sheets.readings import Accepted, Place

Values = dict[str, Any]
"""Field to value in plain JSON; the same fact always in the same form."""


@dataclass(frozen=True, slots=True)
class Note:
    """What is to be said about a row.

    Parameters
    ----------
    code
        Stable word; the room has a sentence for it.
    field
        The field it is about.
    detail
        What the row says there.
    choices
        What it may mean; a person picks one, or none.
    is_doubt
        Whether the row waits for a person because of it.
    """

    code: str
    field: str = ""
    detail: str = ""
    choices: tuple[str, ...] = ()
    is_doubt: bool = False


@dataclass(slots=True)
class Candidate:
    """A record with its words resolved: the key of the thing, and what the file says about it.

    A field that the file has no column for is absent from ``values``; a blank cell is None.
    ``defaults`` are what a new thing has where the file says nothing. ``refusal`` is the one note for
    which it cannot be taken. ``is_new`` says that the resolver has looked, and there is no such thing.
    """

    place: Place
    key: str = ""
    label: str = ""
    values: Values = field(default_factory=dict)
    defaults: Values = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)
    refusal: Note | None = None
    is_new: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """What has to be known about the whole file; an answer is one of ``choices``, or free text."""

    name: str
    label: Text
    choices: tuple[tuple[str, Text], ...] = ()
    is_date: bool = False
    hint: Text = ""


@dataclass(frozen=True, slots=True)
class Source:
    """Whose list a sheet may be: code, name, and the path of its union."""

    code: str
    label: str
    path: str


@dataclass(frozen=True, slots=True)
class Change:
    """A thing to be written: its fields as they shall be. ``before`` is None for a new one."""

    key: str
    before: Values | None
    after: Values


@dataclass(frozen=True, slots=True)
class Setting:
    """For whom a file is resolved."""

    source: str
    options: Mapping[str, str]
    by: Actor


class Resolver(Protocol):
    """Resolves the records of one file, some hundred at a time."""

    def resolve(self, records: Sequence[Accepted], foreseen: Any) -> list[Candidate]:
        """Return one candidate for each record, in order, with what its kind has foreseen of them."""

    def afterthoughts(self) -> dict[int, list[Note]]:
        """Return doubts that only the whole file shows, by the place in the order of records."""

    def open_questions(self) -> list[str]:
        """Return the names of questions without whose answer nothing may be applied."""


class PlainResolver:
    """What a resolver says that has no second thoughts and no questions."""

    def afterthoughts(self) -> dict[int, list[Note]]:
        """Return nothing."""
        return {}

    def open_questions(self) -> list[str]:
        """Return nothing."""
        return []


class ImportKind(Protocol):
    """What a room registers for one kind of sheet."""

    @property
    def name(self) -> str:
        """Return the kind's name."""

    @property
    def label(self) -> Text:
        """Return what the kind is called."""

    @property
    def fields(self) -> Mapping[str, Text]:
        """Return the fields a column may be mapped to, and what they are called, in order."""

    @property
    def words(self) -> Mapping[str, Text]:
        """Return the sentence for each code of a note."""

    @property
    def values(self) -> Mapping[str, Text]:
        """Return what the fields of a thing are called that no column is mapped to."""

    @property
    def sensitive(self) -> frozenset[str]:
        """Return the fields whose contents a page about an import shows masked: numbers of people."""

    @property
    def goes_by_key(self) -> bool:
        """Return whether rows are written by key, as suits keys that are digests, not in their order."""

    @property
    def ahead(self) -> str:
        """Return the module that is its `Ahead`; nothing when there is nothing to compute."""

    def names_of(self, codes: Collection[str]) -> Mapping[str, str]:
        """Return how things are called whose codes stand among the values of rows; others are absent."""

    def may_import(self, by: Actor, *, scope_path: str) -> Decision:
        """Decide whether somebody may bring such a sheet for a union."""

    def sources(self, by: Actor) -> list[Source]:
        """Return whose lists somebody may bring, the nearest first."""

    def questions(self, *, source: str) -> list[Question]:
        """Return what may be said about a whole file."""

    def resolver(self, setting: Setting) -> Resolver:
        """Return what resolves the records of one file."""

    def current(self, keys: Sequence[str]) -> dict[str, Values]:
        """Return how the things stand now, every field of theirs; unknown keys are absent."""

    def alike(self, name: str, stored: object, said: object) -> bool:
        """Return whether two values of a field mean the same although they differ."""

    def write(
        self,
        changes: Sequence[Change],
        *,
        by: Actor,
        is_undo: bool = False,
        prepared: Any = None,
    ) -> None:
        """Write things, in the transaction of the caller; an undo leaves nothing empty behind."""

    def withdraw(self, keys: Sequence[str], *, by: Actor) -> dict[str, str]:
        """Remove things that an import had made; return why some stay, by key."""


class Ahead(Protocol):
    """What is computed of rows without the tables: a module, imported also where there are none."""

    def foresee(self, records: Sequence[Accepted], /) -> Any:
        """Return what resolving records will take."""

    def prepare(self, said: Mapping[str, Values], /) -> Any:
        """Return what writing new things will take, by key."""


class _NothingAhead:
    def foresee(self, _records: Sequence[Accepted], /) -> Any:
        return None

    def prepare(self, _said: Mapping[str, Values], /) -> Any:
        return None


def ahead(module: str) -> Ahead:
    """Return what computes ahead, by the name of its module."""
    return cast("Ahead", import_module(module)) if module else _NothingAhead()


class PlainKind:
    """What a kind says that has no numbers of people and no codes among its values."""

    sensitive: frozenset[str] = frozenset()
    goes_by_key = False
    ahead = ""

    def names_of(self, codes: Collection[str]) -> Mapping[str, str]:
        """Return nothing. No query."""
        return {}


_kinds: Final[dict[str, ImportKind]] = {}


def register(kind: ImportKind) -> None:
    """Make a kind known; a room calls this in its ``AppConfig.ready``."""
    _kinds[kind.name] = kind


def kind_of(name: str) -> ImportKind:
    """Return a registered kind.

    Raises
    ------
    KeyError
        When no room has registered it.
    """
    return _kinds[name]


def registered() -> tuple[ImportKind, ...]:
    """Return the known kinds, in the order in which they were registered."""
    return tuple(_kinds.values())
