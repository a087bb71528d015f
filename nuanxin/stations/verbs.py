"""How the acts of this room are said in the audit trail."""

from django.utils.translation import gettext_lazy as _

VERBS = {
    "catalogue.stored": _("catalogue stored"),
    "catalogue.word_changed": _("word of a catalogue changed"),
    "catalogue.word_entered": _("word of a catalogue entered"),
    "keeping.ended": _("keeping ended"),
    "keeping.named": _("keeper named"),
    "outlet.hours_changed": _("hours of an outlet changed"),
    "station.closure_ended": _("closure ended early"),
    "station.closure_filed": _("closure filed"),
    "station.closure_withdrawn": _("closure withdrawn"),
    "station.coordinates_checked": _("coordinates checked"),
    "station.described": _("description changed"),
    "station.door_codes_voided": _("door codes voided"),
    "station.exception_set": _("other hours posted"),
    "station.exception_withdrawn": _("other hours withdrawn"),
    "station.exported": _("stations exported"),
    "station.facility_set": _("facility set"),
    "station.fault_ended": _("fault ended"),
    "station.groups_set": _("groups welcomed changed"),
    "station.hours_changed": _("weekly hours changed"),
    "station.lifecycle_set": _("lifecycle set"),
    "station.photo_added": _("photo added"),
    "station.photo_withdrawn": _("photo withdrawn"),
    "station.rehomed": _("stations moved to another union"),
    "station.report_contested": _("report contested"),
    "station.shown_live": _("shown open by a photo"),
}
