from django.db import models
from django.utils.translation import gettext_lazy as _


class HostKind(models.TextChoices):
    BANK = "bank", _("bank")
    POST = "post", _("post office")
    TELECOM = "telecom", _("telecom hall")
    PETROL = "petrol", _("petrol station")
    SHOP = "shop", _("shop")
    PHARMACY = "pharmacy", _("pharmacy")
    COMMUNITY = "community", _("community centre")
    GOVERNMENT = "government", _("government office")
    UNION = "union", _("trade union")
    PARK = "park", _("park or public toilet")


class Tier(models.TextChoices):
    BASIC = "basic", _("basic")
    BENCHMARK = "benchmark", _("benchmark")
    SMART = "smart", _("24-hour smart")


class Lifecycle(models.TextChoices):
    PROPOSED = "proposed", _("proposed")
    BUILDING = "building", _("building")
    ACCEPTED = "accepted", _("accepted")
    SUSPENDED = "suspended", _("suspended")
    DELISTED = "delisted", _("delisted")


class Access(models.TextChoices):
    OPEN = "open", _("walk in")
    BUTTON = "button", _("press the door button")
    SCAN = "scan", _("scan the door code")
    REGISTER = "register", _("register once at the desk")


class Datum(models.TextChoices):
    WGS84 = "wgs84", "WGS 84 / CGCS2000"
    GCJ02 = "gcj02", "GCJ-02"
    BD09 = "bd09", "BD-09"


class Condition(models.TextChoices):
    WORKING = "working", _("working")
    BROKEN = "broken", _("broken")
    EXPIRED = "expired", _("expired")


class ClosureReason(models.TextChoices):
    HOLIDAY = "holiday", _("holiday")
    REPAIR = "repair", _("repair")
    HOST = "host", _("host closed")
    AWAY = "away", _("keeper away")
    OTHER = "other", _("other")


class EvidenceKind(models.TextChoices):
    """The kinds of `algorithms.openness`, with their names for people; a test holds them equal."""

    KEEPER_OPEN = "keeper_open", _("keeper opened")
    KEEPER_CLOSE = "keeper_close", _("keeper closed")
    INSIDE_SCAN = "inside_scan", _("somebody came in")
    VISIT = "visit", _("visit")
    SENSOR = "sensor", _("door sensor")
    INSPECTION = "inspection", _("inspection")
    DOOR_REPORT = "door_report", _("door found shut")
    REBUTTAL = "rebuttal", _("reports answered from inside")


class Source(models.TextChoices):
    RIDER = "rider", _("rider")
    KEEPER = "keeper", _("keeper")
    OFFICE = "office", _("office")
    PROGRAM = "program", _("program")


class Place(models.TextChoices):
    """The places of `algorithms.reports`, with their names for people; a test holds them equal."""

    INSIDE_CODE = "inside_code", _("code inside")
    DOOR_CODE = "door_code", _("code at the door")
    NEAR = "near", _("position at the door")
    FAR = "far", _("position elsewhere")
    UNKNOWN = "unknown", _("place not shown")


class Discount(models.TextChoices):
    """Why an answer counts for less; the reasons of `algorithms.reports`, held equal by a test."""

    KEEPERS_OWN = "keepers_own", _("a keeper's own device")
    FAR_AWAY = "far_away", _("given far from the door")
    TOO_FAST = "too_fast", _("too far from the last answer in too short a time")
    TOO_MANY = "too_many", _("too many answers in one day")
    OFTEN_WRONG = "often_wrong", _("contradicted several times before")
    NOT_POSTED_OPEN = "not_posted_open", _("outside the posted hours")
    YOUNG_DEVICE = "young_device", _("a device seen for the first time")
    NO_PLACE = "no_place", _("place not shown")
    ONCE_WRONG = "once_wrong", _("contradicted once before")
    KEEPERS_NETWORK = "keepers_network", _("from the keeper's network")


class Outcome(models.TextChoices):
    """What became of a word at a door."""

    WAITING = "waiting", _("not yet borne out")
    BORNE_OUT = "borne_out", _("borne out by others")
    CONTRADICTED = "contradicted", _("contradicted by others")
    OVERTAKEN = "overtaken", _("open again since")


class FaultKind(models.TextChoices):
    BROKEN = "broken", _("broken")
    EMPTY = "empty", _("used up")
    EXPIRED = "expired", _("out of date")


class FaultState(models.TextChoices):
    REPORTED = "reported", _("reported")
    ACCEPTED = "accepted", _("being seen to")
    MENDED = "mended", _("mended")
    REFUSED = "refused", _("not found")


class PhotoKind(models.TextChoices):
    ENTRANCE = "entrance", _("entrance")
    INSIDE = "inside", _("inside")
