"""Names found by their sound: a column that always holds the pinyin and initials of others."""

from functools import lru_cache
from typing import Any, ClassVar

from django.db import connection, models

from nuanxin.algorithms.pinyin import pinyin_of
from nuanxin.core.sounds import INITIALS_LENGTH, PINYIN_LENGTH, person_columns

SEARCH_LENGTH = 900
_CACHED = 16_384
_LAST = "\U0010ffff"


def search_text(*names: str) -> str:
    """Return what some names are searched by: for each its full pinyin and its initials.

    Parameters
    ----------
    names
        As stored; empty ones are left out.

    Returns
    -------
    str
        Lower case, separated by spaces, at most ``SEARCH_LENGTH`` characters:
        ``"keqiaoqu kqq"`` for 柯桥区.
    """
    return " ".join(filter(None, map(_sounds, names)))[:SEARCH_LENGTH]


class ComputedText(models.CharField[str, str]):
    """A column computed from others of its row, whoever writes the row: a form, an import, a test.

    Like a generated column, it is never assigned: reading the attribute computes it, so that single
    and bulk writes store what the row says at that moment. A write that names its columns
    (``update_fields``, ``QuerySet.update``) must name this one beside its sources.

    Parameters
    ----------
    sources
        Names of the columns it is computed from.
    """

    length: ClassVar[int] = SEARCH_LENGTH

    def __init__(self, *args: Any, sources: tuple[str, ...] = (), **options: Any) -> None:
        fixed: dict[str, Any] = {
            "max_length": self.length,
            "blank": True,
            "default": "",
            "editable": False,
        }
        super().__init__(*args, **fixed | options)
        self.sources = tuple(sources)

    def compute(self, *texts: str) -> str:
        """Return the column from its sources."""
        raise NotImplementedError

    def deconstruct(self) -> Any:
        """Name the sources in migrations too."""
        name, path, args, options = super().deconstruct()
        return name, path, args, options | {"sources": self.sources}

    def contribute_to_class(
        self, cls: type[models.Model], name: str, private_only: bool = False
    ) -> None:
        """Put the computed attribute in the place of the stored one."""
        super().contribute_to_class(cls, name, private_only)
        setattr(cls, name, _Computed(name, self))


class SearchTextField(ComputedText):
    """What some names are searched by: pinyin and initials of each."""

    def compute(self, *texts: str) -> str:
        """Return ``search_text`` of the sources."""
        return search_text(*texts)


class PersonPinyinField(ComputedText):
    """The pinyin of a person's name, for look-ups by its beginning; surnames as people read them."""

    length = PINYIN_LENGTH

    def compute(self, *texts: str) -> str:
        """Return the syllables in one word."""
        return person_columns(texts[0])[0]


class PersonInitialsField(ComputedText):
    """The initials of a person's name, for look-ups by their beginning."""

    length = INITIALS_LENGTH

    def compute(self, *texts: str) -> str:
        """Return one letter for each syllable."""
        return person_columns(texts[0])[1]


class _Computed:
    """The attribute: what is loaded or assigned is noted, what is read is computed."""

    def __init__(self, name: str, field: ComputedText) -> None:
        self.name, self.field = name, field

    def __get__(self, instance: models.Model | None, owner: type[models.Model]) -> Any:
        if instance is None:
            return self
        return self.field.compute(*(str(getattr(instance, s)) for s in self.field.sources))

    def __set__(self, instance: models.Model, value: object) -> None:
        instance.__dict__[self.name] = value  # so that Django does not take it for deferred


def begins_with(field: str, text: str) -> models.Q:
    """Return the condition that a column begins with a text, in a form that its index answers.

    Parameters
    ----------
    field
        A column of text. Characters whose sound is unknown stand for themselves in it.
    text
        The beginning; empty matches every row.

    Notes
    -----
    PostgreSQL keeps a pattern index beside each indexed text; SQLite compares bytes, so that a range
    does the same, where its ``LIKE`` would read the whole table.
    """
    if not text or connection.vendor != "sqlite":
        return models.Q(**{f"{field}__startswith": text}) if text else models.Q()
    return models.Q(**{f"{field}__gte": text, f"{field}__lt": text + _LAST})


class InPatternOrder(models.OrderBy):
    """A column in the order of its code points, which is that of its pattern index.

    SQLite compares so anyhow. To PostgreSQL it is not the order of the site's language: asked for that, it
    would read and sort everybody of a surname to show the first fifty.
    """

    def __init__(self, field: str) -> None:
        super().__init__(models.F(field))

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        """Name the comparison that the index is of; Django takes no order without the word in the remark."""
        return self.as_sql(compiler, connection, template="%(expression)s USING ~<~ /* ASC */")


@lru_cache(maxsize=_CACHED)
def _sounds(name: str) -> str:
    full, initials = pinyin_of(name)
    return full if full == initials else f"{full} {initials}"
