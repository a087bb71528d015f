from collections.abc import Callable
from typing import Any, ClassVar

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from nuanxin.accounts.models import User
from nuanxin.core import clock
from nuanxin.core.catalogue import Named
from nuanxin.core.office_forms import DateField, MomentField, OfficeForm
from nuanxin.core.qr import qr_svg
from nuanxin.regions.office_forms import DivisionField
from nuanxin.stations import (
    catalogues,
    door_codes,
    keepers,
    keeping,
    listing,
    photos,
    pictures,
    services,
    withdrawals,
)
from nuanxin.stations.enums import ClosureReason, Lifecycle, PhotoKind
from nuanxin.stations.models import (
    Brand,
    Closure,
    DatedException,
    Facility,
    Fault,
    Keeping,
    Standard,
    StandardItem,
    Station,
    StationPhoto,
    WelcomedGroup,
)


def _own(subject: Any, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(subject, name) for name in names}


class ClosureForm(OfficeForm):
    title = _("File a closure")
    hint = _("Riders see the closure, its reason and the note on the station's page.")
    starts_at = MomentField(label=_("from"))
    ends_at = MomentField(label=_("until"))
    reason = forms.ChoiceField(label=_("reason"), choices=ClosureReason.choices)
    note = forms.CharField(label=_("note"), max_length=120, required=False)

    def perform(self) -> Closure:
        values = self.cleaned_data
        return services.file_closure(
            station=self.subject,
            **values | {"reason": ClosureReason(values["reason"])},
            by=self.by,
        )


class WithdrawClosureForm(OfficeForm):
    title = _("Withdraw a closure")
    hint = _("One that has not begun is taken back; one that runs ends now.")
    closure = forms.ModelChoiceField(
        label=_("planned closure"), queryset=Closure.objects.none(), empty_label=None
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field: Any = self.fields["closure"]
        coming = self.subject.closures.filter(ends_at__gt=clock.now())
        field.queryset = coming.select_related("station__union").order_by("starts_at", "id")
        field.label_from_instance = _closure_words

    def perform(self) -> None:
        withdrawals.withdraw_closure(closure=self.cleaned_data["closure"], by=self.by)


def _closure_words(closure: Closure) -> str:
    first, last = (
        f"{moment.astimezone(clock.CIVIL_ZONE):%Y-%m-%d %H:%M}"
        for moment in (closure.starts_at, closure.ends_at)
    )
    return f"{first} – {last} {ClosureReason(closure.reason).label}"


class ExceptionForm(OfficeForm):
    title = _("Set other hours for some days")
    hint = _("They are stronger than the weekly hours; the same days again replace them.")
    first_on = DateField(label=_("first day"))
    last_on = DateField(label=_("last day"))
    hours = forms.CharField(label=_("hours"), max_length=300, help_text=_("OSM text, or off."))

    def perform(self) -> DatedException:
        return services.set_exception(station=self.subject, **self.cleaned_data, by=self.by)


class CoordinatesForm(OfficeForm):
    title = _("Check coordinates")
    hint = _(
        "Degrees in WGS 84, as satellites and the national map give them; points of other Chinese "
        "maps are shifted by some hundred metres. Saving confirms the point, moved or not."
    )
    lat_wgs84 = forms.FloatField(label=_("latitude (WGS 84)"))
    lon_wgs84 = forms.FloatField(label=_("longitude (WGS 84)"))

    def values_now(self) -> dict[str, Any]:
        return _own(self.subject, ("lat_wgs84", "lon_wgs84"))

    def perform(self) -> Station:
        return listing.check_coordinates(station=self.subject, **self.cleaned_data, by=self.by)


class LifecycleForm(OfficeForm):
    title = _("Accept, suspend or delist")
    hint = _("The public map lists a station that is accepted and whose coordinates are checked.")
    lifecycle = forms.ChoiceField(label=_("lifecycle"), choices=Lifecycle.choices)
    accepted_on = DateField(label=_("accepted on"), required=False)

    def values_now(self) -> dict[str, Any]:
        return _own(self.subject, ("lifecycle", "accepted_on"))

    def perform(self) -> Station:
        return listing.set_lifecycle(
            station=self.subject,
            lifecycle=Lifecycle(self.cleaned_data["lifecycle"]),
            accepted_on=self.cleaned_data["accepted_on"],
            by=self.by,
        )


class PhotoForm(OfficeForm):
    title = _("Add a photo")
    hint = _(
        "JPEG, PNG or WebP. The picture is made small; place and camera are removed. Faces and "
        "number plates have no place in it."
    )
    picture = forms.FileField(label=_("picture"))
    kind = forms.ChoiceField(label=_("shows"), choices=PhotoKind.choices)
    caption = forms.CharField(label=_("caption"), max_length=80, required=False)
    taken_on = DateField(label=_("taken on"), required=False)

    def clean_picture(self) -> bytes:
        picture = self.cleaned_data["picture"]
        if picture.size > pictures.MAX_BYTES:  # before it is read into memory
            raise forms.ValidationError(str(pictures.too_big().message))
        content: bytes = picture.read()
        return content

    def clean_taken_on(self) -> Any:
        taken_on = self.cleaned_data["taken_on"]
        if taken_on and taken_on > clock.civil_date():
            raise forms.ValidationError(_("A photo cannot come from the future."))
        return taken_on

    def perform(self) -> StationPhoto:
        values = self.cleaned_data
        return photos.add_photo(
            station=self.subject,
            content=values["picture"],
            kind=PhotoKind(values["kind"]),
            caption=values["caption"],
            taken_on=values["taken_on"],
            by=self.by,
        )


class WithdrawPhotoForm(OfficeForm):
    title = _("Withdraw this photo")
    hint = _("The photo is deleted for good; the audit trail keeps that it was there.")
    leaves_subject = True

    def perform(self) -> None:
        photos.withdraw_photo(photo=self.subject, by=self.by)


class NameKeeperForm(OfficeForm):
    title = _("Name a keeper")
    hint = _("Grant the keeper's role first, on the page of the user.")
    username = forms.CharField(label=_("user name"), max_length=60)

    def clean_username(self) -> User:
        name = self.cleaned_data["username"].casefold()
        user = User.objects.visible_to(self.by).filter(username=name).first()
        if user is None:
            raise forms.ValidationError(_("Nobody of your unions has this user name."))
        return user

    def perform(self) -> Keeping:
        user = self.cleaned_data["username"]
        return keepers.name_keeper(station=self.subject, user=user, by=self.by)


class EnterKeeperForm(OfficeForm):
    title = _("New keeper")
    hint = _(
        "Somebody new who keeps this station. They get a personal link to the desk and choose a PIN; "
        "there is no password."
    )
    once_template = "accounts/office/desk_link.html"
    display_name = forms.CharField(label=_("name"), max_length=60)
    phone = forms.CharField(
        label=_("phone"), max_length=20, required=False, help_text=_("For notices about the door.")
    )

    def perform(self) -> Keeping:
        keeping, self.path = keepers.enter_keeper(
            station=self.subject, **self.cleaned_data, by=self.by
        )
        return keeping

    def shown_once(self, absolute: Callable[[str], str]) -> dict[str, Any]:
        link = absolute(self.path)
        return {"link": link, "qr": qr_svg(link)}


class NameHostKeeperForm(NameKeeperForm):
    title = _("Name a keeper of all outlets")

    def perform(self) -> Keeping:
        user = self.cleaned_data["username"]
        return keepers.name_keeper(host=self.subject, user=user, by=self.by)


class EndKeepingForm(OfficeForm):
    title = _("End this keeping")
    hint = _("It ends now; the row stays as history.")

    def perform(self) -> Keeping:
        return keepers.end_keeping(keeping=self.subject, by=self.by)


class SignsForm(OfficeForm):
    title = _("Door signs")
    hint = _("Shows the two codes of this station: one for outside the door, one for inside.")
    once_template = "stations/office/signs.html"

    def perform(self) -> Station:
        station: Station = self.subject
        return station

    def shown_once(self, absolute: Callable[[str], str]) -> dict[str, Any]:
        outside, inside = (absolute(path) for path in door_codes.sign_paths(self.subject))
        return {
            "pdf_href": reverse("stations:desk_signs", args=(self.subject.code,)),
            "outside": {"link": outside, "qr": qr_svg(outside)},
            "inside": {"link": inside, "qr": qr_svg(inside)},
        }


class VoidCodesForm(OfficeForm):
    title = _("Void the door codes")
    hint = _(
        "Every sign printed so far stops counting as a place at the door; print new ones and put "
        "them up."
    )

    def perform(self) -> Station:
        return withdrawals.void_door_codes(station=self.subject, by=self.by)


class EndFaultForm(OfficeForm):
    title = _("End this fault")
    hint = _("The facility counts as working again, with everything else told about it.")
    mended = forms.ChoiceField(
        label=_("what was found"),
        choices=[("yes", _("it was mended")), ("no", _("nothing was wrong"))],
    )

    def perform(self) -> Fault:
        is_mended = self.cleaned_data["mended"] == "yes"
        return keeping.end_fault(fault=self.subject, is_mended=is_mended, by=self.by)


class _WordForm(OfficeForm):
    """A word of a catalogue: entered when nothing is acted on, changed otherwise."""

    model: ClassVar[type[Named]]
    code = forms.SlugField(label=_("code"), max_length=24)
    name_zh = forms.CharField(label=_("name (Chinese)"), max_length=40)
    name_en = forms.CharField(label=_("name (English)"), max_length=60)
    rank = forms.IntegerField(label=_("order"), min_value=0, max_value=9_999, initial=100)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.subject is not None:
            del self.fields["code"]  # a code is what everything else points to

    def values_now(self) -> dict[str, Any]:
        return _own(self.subject, tuple(self.base_fields))

    def perform(self) -> Named:
        values = dict(self.cleaned_data)
        code = self.subject.code if self.subject else values.pop("code")
        return catalogues.keep_word(model=self.model, code=code, values=values, by=self.by)


class BrandForm(_WordForm):
    title = _("Enter or change a brand")
    model = Brand


class GroupForm(_WordForm):
    title = _("Enter or change a group")
    model = WelcomedGroup


class FacilityForm(_WordForm):
    title = _("Enter or change a facility")
    model = Facility
    is_basic = forms.BooleanField(label=_("one of the nine basics"), required=False)
    is_filter = forms.BooleanField(label=_("offered as a filter"), required=False)


class StandardForm(_WordForm):
    title = _("Enter or change a standard")
    model = Standard
    division = DivisionField(label=_("division"), required=False)

    def values_now(self) -> dict[str, Any]:
        return super().values_now() | {"division": self.subject.division_id}


class StandardItemForm(OfficeForm):
    title = _("Enter or change a requirement")
    hint = _("The code of a requirement already there changes that one.")
    code = forms.SlugField(label=_("code"), max_length=24)
    name_zh = forms.CharField(label=_("name (Chinese)"), max_length=60)
    name_en = forms.CharField(label=_("name (English)"), max_length=90)
    rank = forms.IntegerField(label=_("order"), min_value=0, max_value=9_999)

    def values_now(self) -> dict[str, Any]:
        return {"rank": self.subject.items.count() + 1}

    def perform(self) -> StandardItem:
        return catalogues.keep_standard_item(standard=self.subject, **self.cleaned_data, by=self.by)
