"""What is said to people about station lists: fields, notes, and what is asked about a whole file."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_lazy as _

from nuanxin.core.errors import Text
from nuanxin.sheets.kinds import Question
from nuanxin.stations.enums import Datum, Lifecycle
from nuanxin.stations.models import Brand

LABEL: Final = _("station list")
FIELDS: Final[Mapping[str, Text]] = {
    "code": _("station number"),
    "name": _("name"),
    "brand": _("brand"),
    "district": _("district or county"),
    "county": _("county"),
    "town": _("town"),
    "address": _("address"),
    "street": _("street"),
    "union": _("union"),
    "host": _("host"),
    "host_kind": _("kind of host"),
    "outlet": _("outlet"),
    "outlet_hours": _("hours of the outlet"),
    "outlet_self_service_hours": _("self-service hours of the outlet"),
    "open_hours": _("opening hours"),
    "self_service_hours": _("self-service hours"),
    "tier": _("tier"),
    "lifecycle": _("lifecycle"),
    "accepted_on": _("accepted on"),
    "built": _("built on"),
    "kind": _("kind of station"),
    "floor": _("floor"),
    "floors_count": _("floors"),
    "area_m2": _("floor area (m²)"),
    "entrance": _("way in"),
    "parking": _("parking"),
    "access": _("access"),
    "contact": _("station keeper, as posted"),
    "phone": _("telephone, as posted"),
    "lng": _("longitude"),
    "lat": _("latitude"),
    "coords": _("both coordinates"),
    "datum": _("datum"),
    "facilities": _("facilities"),
    "groups": _("groups welcomed"),
    "remark": _("remark"),
    "seq": _("serial number"),
}
# names of values that no column has
VALUES: Final[Mapping[str, Text]] = {
    "division": _("town"),
    "staffed_hours": _("opening hours"),
    "manager_name": _("station keeper, as posted"),
    "manager_phone": _("telephone, as posted"),
    "point": _("position"),
    "is_checked": _("coordinates checked"),
}
WORDS: Final[Mapping[str, Text]] = {
    "code_bad": _("a number has letters, digits, - and _ only"),
    "too_long": _("this text is too long"),
    "brand_unknown": _("no brand is called that"),
    "brand_missing": _("the brand is missing"),
    "division_unknown": _("no district of this union's area is called that"),
    "town_unknown": _("no town of this district is called that; the station stands in the district"),
    "union_unknown": _("no union of yours is called that"),
    "station_elsewhere": _("this station belongs to another union"),
    "outlet_of_others": _("stations of other unions stand in this outlet; its hours stay as they are"),
    "accepted_on_missing": _("an accepted station needs its date"),
    "host_kind_unknown": _("no kind of host is called that"),
    "tier_unknown": _("no tier is called that"),
    "lifecycle_unknown": _("it is not clear whether the station is in use"),
    "access_unknown": _("no way of access is called that"),
    "facilities_unknown": _("not in the catalogue of facilities"),
    "groups_unknown": _("not in the catalogue of groups"),
    "hours_unclear": _("these hours can be read in several ways"),
    "hours_unreadable": _("these hours cannot be read; taken as it is the row leaves them blank"),
    "area_out_of_range": _("an area lies between 0 and 100,000 square metres"),
    "point_unreadable": _("these coordinates cannot be read; taken as it is the row has no position"),
    "point_outside": _("this point lies outside China; taken as it is the row has no position"),
    "point_far": _("this point lies where no other station of its district does"),
    "point_moved": _("the position has been checked, and the list puts it elsewhere"),
}  # fmt: skip


def questions() -> list[Question]:
    """Return what may be said about a whole list. One query."""
    brands = Brand.objects.order_by("rank", "code")
    in_use = (Lifecycle.PROPOSED, Lifecycle.BUILDING, Lifecycle.ACCEPTED)
    return [
        Question(
            "datum",
            _("Coordinates come from"),
            (
                (Datum.GCJ02.value, _("Gaode, Tencent (GCJ-02)")),
                (Datum.BD09.value, _("Baidu (BD-09)")),
                (Datum.WGS84.value, _("GPS, Tianditu (WGS 84, CGCS2000)")),
            ),
            hint=_(
                "Where neither column nor heading says it. The maps differ by half a kilometre."
            ),
        ),
        Question(
            "brand",
            _("Brand of rows without one"),
            tuple((brand.code, str(brand)) for brand in brands),
        ),
        Question(
            "lifecycle",
            _("New stations without a state are"),
            tuple((state.value, state.label) for state in in_use),
        ),
        Question("accepted_on", _("Accepted on, where the row has no date"), is_date=True),
    ]
