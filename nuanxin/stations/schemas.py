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
