"""Forms that workers fill in on their phones."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from nuanxin.accounts.forms import RefusableForm
from nuanxin.accounts.models import ConsentText
from nuanxin.core import clock
from nuanxin.workers import sealing
from nuanxin.workers.documents import Document, document_of
from nuanxin.workers.enums import DocumentKind
from nuanxin.workers.models import Worker, WorkerGroup


class PhoneForm(RefusableForm):
    """A telephone, to which a code goes."""

    phone = forms.CharField(
        label=_("Mobile number"),
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel", "class": "code"}),
    )


class SentCodeForm(RefusableForm):
    """The code that was sent."""

    code = forms.CharField(
        label=_("Six-digit code"),
        max_length=40,
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "class": "code"}
        ),
    )


class TailForm(RefusableForm):
    """The end of a document: which of the people with this telephone."""

    tail = forms.CharField(
        label=_("Last four characters of your identity card"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "code"}),
    )


class WorkForm(RefusableForm):
    """What somebody does, and for whom."""

    group = forms.ModelChoiceField(
        label=_("Your work"),
        queryset=WorkerGroup.objects.order_by("rank", "code"),
        required=False,
        empty_label=_("Choose"),
    )
    platform = forms.CharField(
        label=_("Platform or employer"),
        max_length=80,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )


class OccupationForm(WorkForm):
    """What somebody does as well: here the group is what it is about."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["group"].required = True


class JoinForm(WorkForm):
    """Name, document, work, and what one agrees to."""

    name = forms.CharField(
        label=_("Full name"),
        max_length=80,
        help_text=_("As on the card."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    document_kind = forms.ChoiceField(
        label=_("Document"), choices=DocumentKind.choices, initial=DocumentKind.RESIDENT
    )
    number = forms.CharField(
        label=_("Number of the document"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )
    field_order = ("name", "document_kind", "number", "group", "platform")

    def __init__(self, *args: Any, texts: list[ConsentText], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.texts = texts
        for text in texts:
            self.fields[text.purpose] = forms.BooleanField(label=text.title, required=False)

    def agreed(self) -> list[ConsentText]:
        """Return the texts that were ticked."""
        return [text for text in self.texts if self.cleaned_data.get(text.purpose)]

    def consents(self) -> list[tuple[ConsentText, Any]]:
        """Return each text with its box."""
        return [(text, self[text.purpose]) for text in self.texts]

    def about(self) -> list[Any]:
        """Return the boxes about the person."""
        purposes = {text.purpose for text in self.texts}
        return [field for field in self if field.name not in purposes]

    def document(self) -> Document:
        """Return the document as typed.

        Raises
        ------
        Invalid
            As ``documents.document_of``.
        """
        values = self.cleaned_data
        kind = DocumentKind(values["document_kind"])
        return document_of(kind, values["number"], today=clock.civil_date())


class NameForm(RefusableForm):
    """One's name, as long as nobody compared it with a card."""

    name = forms.CharField(label=_("Full name"), max_length=80)


class ConfirmForm(RefusableForm):
    """The end of one's own document, typed once more before what cannot be undone."""

    tail = forms.CharField(
        label=_("Last four characters of your document"),
        max_length=4,
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "code"}),
    )

    def __init__(self, *args: Any, worker: Worker, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.worker = worker

    def clean_tail(self) -> str:
        """Compare it with the document."""
        typed = str(self.cleaned_data["tail"]).upper()
        if not sealing.opened(self.worker, "document_sealed").endswith(typed) or len(typed) != 4:
            raise forms.ValidationError(_("Your document ends otherwise."))
        return typed


class CardForm(RefusableForm):
    """A card, typed or scanned, for a phone without scripts."""

    card = forms.CharField(
        label=_("What the code says"),
        max_length=400,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )
