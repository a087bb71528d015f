"""What the API takes and gives."""

from typing import Literal

from ninja import Field, Schema

STATE = Literal["confirmed", "expected", "doubtful", "unknown", "closed"]


class Problem(Schema):
    """An RFC 9457 problem."""

    type: str
    title: str
    status: int
    code: str
    fields: dict[str, str] | None = None


class NearbyQuery(Schema):
    """Where one is, how one travels, what one needs."""

    lat: float = Field(ge=-90, le=90, description="Latitude, WGS 84; rounded to four decimals.")
    lon: float = Field(ge=-180, le=180, description="Longitude, WGS 84; rounded to four decimals.")
    by: Literal["walk", "ebike", "van"] = "ebike"
    at: str | None = Field(
        None,
        pattern=r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$",
        description="Civil time in Asia/Shanghai; now when left out.",
    )
    need: str = Field("", description="Codes of facilities, separated by commas; all are required.")
    group: str = Field("", description="Code of a group the station welcomes.")
    access: Literal["", "open"] = Field(
        "", description="open: nothing to scan, nobody to register with."
    )
    open24: Literal["", "0", "1"] = Field("", description="1: open round the clock.")
    rest: int = Field(0, ge=0, le=480, description="Minutes that must remain after arrival.")
    limit: int = Field(10, ge=1, le=50)


class Reason(Schema):
    """Why to believe the state."""

    kind: str
    age_s: int | None


class Record(Schema):
    """Findings of an open door, and all findings, at this time of such a day; in units, see ADR 2."""

    hits: int
    times: int


class NearbyRow(Schema):
    """One station, as it will be on arrival."""

    id: str
    code: str
    name: str
    brand: str
    host: str
    is_co_built: bool
    address: str
    floor: str
    parking: str
    access: str
    facilities: list[str]
    is_24h: bool
    lat: float
    lon: float
    state: STATE
    p: float
    distance_m: int
    bearing_deg: int
    travel_s: int
    arrive_at: str
    closes_at: str | None
    stay_s: int | None
    opens_at: str | None
    reason: Reason
    record: Record
    score_ms: int


class NearbyAnswer(Schema):
    """Stations by the cost of going there, and what to do when none is open."""

    now: str
    by: str
    is_confirmed_day: bool
    stations: list[NearbyRow]
    next_to_open: NearbyRow | None
    nearest_24h: NearbyRow | None


class MapCluster(Schema):
    """Several stations near each other; the place is their middle, in the datum of the map."""

    count: int
    lat: float
    lon: float


class MapStation(Schema):
    """One station, in the datum of the map."""

    code: str
    name: str
    state: Literal["confirmed", "expected", "doubtful", "unknown", "closed"]
    lat: float
    lon: float


class MapTile(Schema):
    """What lies in one tile: each listed station once, in a cluster or by itself."""

    clusters: list[MapCluster]
    stations: list[MapStation]


class FeedQuery(Schema):
    """Which part of a feed."""

    division: str = Field(
        "",
        pattern=r"^([0-9]{4}|[0-9]{6}|[0-9]{9})?$",
        description="Only stations of this city, county or town, by its code of 4, 6 or 9 digits.",
    )


class CodesQuery(Schema):
    """Which stations."""

    codes: str = Field(
        max_length=500, description="Station numbers, separated by commas; at most 20."
    )


class Feed(Schema):
    """What every feed says of itself, as in GBFS 3."""

    last_updated: str = Field(description="When the data were true, RFC 3339.")
    ttl: int = Field(description="Seconds after which asking again may tell something new.")
    version: str = Field(description="Version of the form of these feeds.")


class FeedPlace(Schema):
    """A feed and its address."""

    name: str
    url: str


class FeedPlaces(Schema):
    """Where the feeds are."""

    feeds: list[FeedPlace]


class FeedList(Feed):
    """The feeds."""

    data: FeedPlaces


class InformationRow(Schema):
    """What changes seldom of a station."""

    id: str
    code: str
    name: str
    brand: str
    host: str
    is_co_built: bool
    address: str
    floor: str
    parking: str
    access: str
    facilities: list[str]
    is_24h: bool
    lat: float
    lon: float


class InformationRows(Schema):
    """Listed stations, by identifier."""

    stations: list[InformationRow]


class StationInformation(Feed):
    """Where stations are and what they have."""

    data: InformationRows


class StatusRow(Schema):
    """A door for somebody who stands before it."""

    id: str
    code: str
    state: STATE
    p: float = Field(description="Probability that the door is open, 0 to 1.")
    reason: Reason
    closes_at: str | None
    opens_at: str | None


class StatusRows(Schema):
    """Doors of listed stations."""

    stations: list[StatusRow]


class StationStatus(Feed):
    """Whether doors are open."""

    data: StatusRows
