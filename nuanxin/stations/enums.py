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


class PhotoKind(models.TextChoices):
    ENTRANCE = "entrance", _("entrance")
    INSIDE = "inside", _("inside")
