"""Forms of the office: each is one act and calls one service."""

from collections.abc import Callable
from typing import IO, Any, ClassVar, NamedTuple

from django import forms
from django.db import models
from django.utils.translation import gettext as _
from unfold import widgets

from nuanxin.core.actors import Actor
from nuanxin.core.errors import DomainError, Text

_CLASSES = {
    forms.CheckboxInput: widgets.CHECKBOX_CLASSES,
    # not SELECT_CLASSES: they take the arrow away, which Unfold draws in a template of its own
    forms.Select: widgets.INPUT_CLASSES,
    forms.Textarea: widgets.TEXTAREA_CLASSES,
    forms.FileInput: widgets.INPUT_CLASSES,
    forms.widgets.Input: widgets.INPUT_CLASSES,
}


class DateInput(forms.DateInput):
    """The browser's own picker of dates, which needs no script."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class MomentInput(forms.DateTimeInput):
    """The browser's own picker of civil moments."""

    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M")


class DateField(forms.DateField):
    widget = DateInput


class MomentField(forms.DateTimeField):
    widget = MomentInput


def dress(form: forms.BaseForm, *, is_row: bool = False) -> None:
    """Give the fields of a form the looks of the office; a row of a table names its fields itself."""
    for field in form.fields.values():
        if is_row:
            field.widget.attrs.setdefault("aria-label", str(field.label or ""))
        for kind, classes in _CLASSES.items():
            if isinstance(field.widget, kind):
                field.widget.attrs.setdefault("class", " ".join(classes))
                break


class Download(NamedTuple):
    """A file that an act makes: its name, its media type, and its content, read from the beginning."""

    name: str
    media_type: str
    content: IO[bytes]


class OfficeForm(forms.Form):
    """One act of the office.

    Parameters
    ----------
    by
        Who acts.
    subject
        The row acted on; None for an act that concerns the whole table.
    """

    title: ClassVar[Text] = ""
    hint: ClassVar[Text] = ""
    page_template: ClassVar[str] = "core/office/act.html"
    leaves_subject: ClassVar[bool] = False  # the act takes its row away
    once_template: ClassVar[str] = ""  # a page of its own for what is shown once, never kept

    def __init__(
        self, data: Any = None, files: Any = None, *, by: Actor, subject: models.Model | None
    ) -> None:
        self.by = by
        self.subject: Any = subject
        self.made: Any = None  # a row of the same table that the act has made, to be looked at next
        self.status = 200
        super().__init__(data, files, initial=self.values_now() if subject else {})
        dress(self)

    def values_now(self) -> dict[str, Any]:
        """Return what the fields show first, from the row acted on."""
        return {}

    def perform(self) -> object:
        """Hand the cleaned values to the service."""
        raise NotImplementedError

    def report(self) -> str:
        """Return the sentence that says what has been done."""
        return _("%(act)s: done.") % {"act": self.title}

    def shown_once(self, absolute: Callable[[str], str]) -> dict[str, Any]:
        """Return what the page after the act shows; ``absolute`` makes an address of a path."""
        return {}

    def download(self) -> Download | None:
        """Return the file that the act has made, which is then the answer; None for a page."""
        return None

    def carry_out(self) -> bool:
        """Return whether the act was done; otherwise the form holds the reasons."""
        self.status = 422
        if not self.is_valid():
            return False
        try:
            self.perform()
        except DomainError as error:
            self.refuse(error)
            return False
        return True

    def refuse(self, error: DomainError) -> None:
        """Show an expected refusal beside its fields, or above them all."""
        self.status = error.status
        own = {name: text for name, text in error.fields.items() if name in self.fields}
        for name, text in own.items():
            self.add_error(name, str(text))
        if not own:
            self.add_error(None, str(error.message))
