"""Forms of the desk: values typed by a keeper, cleaned for one service each."""

import datetime as dt
from typing import Any, Final

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from nuanxin.accounts.models import User
from nuanxin.core import clock
from nuanxin.core.errors import DomainError
from nuanxin.core.office_forms import DateField, MomentField
from nuanxin.stations import pictures
from nuanxin.stations.enums import ClosureReason

_LATE: Final = dt.timedelta(minutes=10)  # a form takes a while to fill in
# an absence of the keeper is told by locking up, not announced
_PLANNED: Final = [choice for choice in ClosureReason.choices if choice[0] != ClosureReason.AWAY]


class ClockInput(forms.TimeInput):
    """The browser's own picker of a time of day."""

    input_type = "time"

    def __init__(self) -> None:
        super().__init__(format="%H:%M")


class ClockField(forms.TimeField):
    """A time of day."""

    widget = ClockInput


class DeskForm(forms.Form):
    """What the forms of the desk share: big fields, and refusals shown beside them."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for field in self.fields.values():
            if not isinstance(field.widget, forms.CheckboxInput | forms.RadioSelect):
                field.widget.attrs.setdefault("class", "field")

    def refuse(self, error: DomainError) -> None:
        """Show an expected refusal beside its fields, or above them all."""
        own = {name: text for name, text in error.fields.items() if name in self.fields}
        for name, text in own.items():
            self.add_error(name, str(text))
        if not own:
            self.add_error(None, str(error.message))


class AwayForm(DeskForm):
    """Until when the door is locked: for some minutes, until a time of day, or neither."""

    minutes = forms.TypedChoiceField(
        choices=[("30", "30"), ("60", "60")], coerce=int, empty_value=None, required=False
    )
    until = ClockField(required=False)

    def back_at(self, *, now: dt.datetime) -> dt.datetime | None:
        """Return when the keeper is back, the next such time of day; None when nothing is said."""
        if (minutes := self.cleaned_data["minutes"]) is not None:
            return now + dt.timedelta(minutes=minutes)
        if (until := self.cleaned_data["until"]) is None:
            return None
        civil = now.astimezone(clock.CIVIL_ZONE)
        at = civil.replace(hour=until.hour, minute=until.minute, second=0, microsecond=0)
        return at if at > civil else at + dt.timedelta(days=1)


class LivePhotoForm(DeskForm):
    """A picture taken now, with the word of the day in it."""

    picture = forms.FileField(label=gettext_lazy("photo"))
    word = forms.CharField(label=gettext_lazy("the word in the photo"), max_length=20)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["picture"].widget.attrs |= {"accept": "image/*", "capture": "environment"}
        self.fields["word"].widget.attrs |= {"autocomplete": "off"}

    def clean_picture(self) -> bytes:
        """Return the bytes of the file, unless it is too big to be looked at."""
        picture: UploadedFile[bytes] = self.cleaned_data["picture"]
        if (picture.size or 0) > pictures.MAX_BYTES:  # before it is read into memory
            raise forms.ValidationError(str(pictures.too_big().message))
        content: bytes = picture.read()
        return content


class ClosureForm(DeskForm):
    """A closure that is announced before it begins."""

    starts_at = MomentField(label=gettext_lazy("from"))
    ends_at = MomentField(label=gettext_lazy("until"))
    reason = forms.TypedChoiceField(
        label=gettext_lazy("reason"), choices=_PLANNED, coerce=ClosureReason
    )
    note = forms.CharField(
        label=gettext_lazy("a word to riders, if you like"), max_length=120, required=False
    )

    def clean_starts_at(self) -> dt.datetime:
        """Refuse what has begun: it is told by locking up."""
        starts_at: dt.datetime = self.cleaned_data["starts_at"]
        if starts_at < clock.now() - _LATE:
            text = _("This has begun already. For now, lock up; here, announce what comes.")
            raise forms.ValidationError(text)
        return starts_at


class OtherHoursForm(DeskForm):
    """Other hours for some days: closed, or from one time to another, at most twice a day."""

    first_on = DateField(label=gettext_lazy("first day"))
    last_on = DateField(label=gettext_lazy("last day"))
    is_closed = forms.BooleanField(label=gettext_lazy("closed all day"), required=False)
    opens = ClockField(label=gettext_lazy("opens"), required=False)
    closes = ClockField(label=gettext_lazy("closes"), required=False)
    opens_again = ClockField(label=gettext_lazy("opens again after a break"), required=False)
    closes_again = ClockField(label=gettext_lazy("and closes"), required=False)

    def clean_first_on(self) -> dt.date:
        """Refuse days that are over."""
        first_on: dt.date = self.cleaned_data["first_on"]
        if first_on < clock.civil_date():
            raise forms.ValidationError(_("This day is over."))
        return first_on

    def clean(self) -> dict[str, Any]:
        """Join the times to an hours text."""
        values = super().clean() or {}
        if self.errors:
            return values
        spans = [
            span
            for names in (("opens", "closes"), ("opens_again", "closes_again"))
            if (span := self._span(*names))
        ]
        if values["is_closed"] == bool(spans):
            text = _("Give the times, or say that it is closed all day.")
            raise forms.ValidationError(text)
        if values["last_on"] < values["first_on"]:
            self.add_error("last_on", _("The last day comes before the first."))
        values["hours"] = ",".join(spans) or "off"
        return values

    def _span(self, first: str, last: str) -> str:
        opens, closes = self.cleaned_data[first], self.cleaned_data[last]
        if opens is None and closes is None:
            return ""
        if opens is None or closes is None or opens == closes:
            self.add_error(last, _("Give both times, one after the other."))
            return ""
        return f"{opens:%H:%M}-{closes:%H:%M}"


class SubstituteForm(DeskForm):
    """Who stands in, and until which day."""

    user = forms.ModelChoiceField(
        label=gettext_lazy("who stands in"), queryset=User.objects.none(), empty_label=None
    )
    last_on = DateField(label=gettext_lazy("last day"))

    def __init__(self, *args: Any, candidates: list[User], **options: Any) -> None:
        super().__init__(*args, **options)
        people: Any = self.fields["user"]
        people.queryset = User.objects.filter(pk__in=[user.pk for user in candidates])
        people.choices = [(user.pk, _named(user)) for user in candidates]

    def until(self) -> dt.datetime:
        """Return the end of the last day."""
        day = self.cleaned_data["last_on"] + dt.timedelta(days=1)
        return dt.datetime.combine(day, dt.time(), tzinfo=clock.CIVIL_ZONE)


def _named(user: Any) -> str:
    """Return a keeper's name with what they keep: two people may share a name."""
    kept = ", ".join(str(k.station or k.host) for k in user.kept_now[:2])
    return f"{user} · {kept}" if kept else str(user)
