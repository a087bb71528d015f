"""The one family of expected errors; each surface maps it once (API, page, fragment)."""

from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise


@dataclass(eq=False)  # exceptions are compared and hashed by identity
class DomainError(Exception):
    """An expected refusal, with a stable code for programs and a sentence for people.

    Parameters
    ----------
    message
        One translated sentence that says what to do.
    code
        Stable snake_case word.
    status
        The HTTP status with which every surface answers.
    fields
        Field name to sentence, for forms.
    """

    message: Text
    code: str = "invalid"
    status: int = 422
    fields: dict[str, Text] = field(default_factory=dict)

    def __str__(self) -> str:
        return str(self.message)


class Invalid(DomainError):
    """The input cannot be understood."""


class NotFound(DomainError):
    """There is no such thing, or it lies outside the actor's scope: the two look alike."""

    def __init__(self, message: Text = _("There is nothing here.")) -> None:
        super().__init__(message, code="not_found", status=404)


class NotAllowed(DomainError):
    """The actor's roles do not reach this act."""

    def __init__(
        self, message: Text = _("You may not do this."), code: str = "not_allowed"
    ) -> None:
        super().__init__(message, code=code, status=403)


class Conflict(DomainError):
    """The thing has changed, or exists already, in a way that contradicts the act."""

    def __init__(self, message: Text, code: str = "conflict") -> None:
        super().__init__(message, code=code, status=409)


class Unavailable(DomainError):
    """The database, or another part without which there is no answer, is away for a while."""

    def __init__(
        self,
        message: Text = _(
            "The service cannot reach its data at the moment. Please try again shortly."
        ),
    ) -> None:
        super().__init__(message, code="unavailable", status=503)
