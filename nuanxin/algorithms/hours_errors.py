"""Why an opening-hours text was refused."""

from enum import StrEnum

__all__ = ["HoursError", "HoursErrorCode"]


class HoursErrorCode(StrEnum):
    """Stable names of the reasons; pages translate them."""

    EMPTY = "empty"
    TOO_LONG = "too_long"
    UNEXPECTED = "unexpected"
    UNKNOWN_WORD = "unknown_word"
    UNCLOSED_COMMENT = "unclosed_comment"
    BAD_TIME = "bad_time"
    BAD_DATE = "bad_date"
    OPEN_ENDED = "open_ended"
    POINT_IN_TIME = "point_in_time"
    NO_TIMES = "no_times"
    AMBIGUOUS = "ambiguous"
    UNSUPPORTED = "unsupported"


class HoursError(ValueError):
    """An opening-hours text that cannot be read without guessing.

    Parameters
    ----------
    code
        The reason, for programs.
    position
        Index of the first character that cannot be accepted, 0 <= position <= len(text).
    reason
        The reason, for people, in English.
    """

    def __init__(self, code: HoursErrorCode, position: int, reason: str) -> None:
        super().__init__(f"{reason} (at character {position + 1})")
        self.code = code
        self.position = position
        self.reason = reason
