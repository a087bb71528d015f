"""Levels of divisions and kinds of calendar days, as they are stored."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from nuanxin.algorithms.calendars import DayKind


class Level(models.TextChoices):
    """Level of an administrative division; the order is from the whole to the part."""

    PROVINCE = "province", _("province")
    CITY = "city", _("city")
    COUNTY = "county", _("county")
    TOWN = "town", _("town")

    @property
    def code_length(self) -> int:
        """Number of digits of a code of this level."""
        return CODE_LENGTHS[self]

    @classmethod
    def of_code(cls, code: str) -> "Level":
        """Return the level to which a code belongs.

        Raises
        ------
        ValueError
            When the text is not 2, 4, 6 or 9 ASCII digits.
        """
        level = _LEVELS_BY_LENGTH.get(len(code))
        if level is None or not (code.isascii() and code.isdigit()):
            msg = f"{code!r} is not a code of 2, 4, 6 or 9 digits"
            raise ValueError(msg)
        return level


CODE_LENGTHS = {Level.PROVINCE: 2, Level.CITY: 4, Level.COUNTY: 6, Level.TOWN: 9}
_LEVELS_BY_LENGTH = {length: level for level, length in CODE_LENGTHS.items()}


class CalendarDayKind(models.TextChoices):
    """What a date is in the Chinese working calendar."""

    WORKDAY = "workday", _("working day")
    REST = "rest", _("day of rest")
    HOLIDAY = "holiday", _("holiday")
    MAKEUP = "makeup", _("make-up working day")

    @property
    def day_kind(self) -> DayKind:
        """The same kind in the terms of the algorithms."""
        return DayKind[self.name]
