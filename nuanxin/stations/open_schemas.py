"""What the open data take and give."""

from typing import Literal

from ninja import Field, Schema

from nuanxin.stations.open_records import CHUNK


class ChangesQuery(Schema):
    """From where, and how much."""

    since: str = Field(
        "0",
        max_length=4_000,
        description="The cursor of the page before, or of stations.geojson; 0 begins with everything.",
    )
    limit: int = Field(CHUNK, ge=1, le=CHUNK, description="Most changes on a page.")


class Point(Schema):
    """WGS 84, longitude first."""

    type: Literal["Point"]
    coordinates: list[float] = Field(min_length=2, max_length=2)


class OtherHours(Schema):
    """Other hours on some days, both included; they replace both kinds of weekly hours."""

    first_on: str
    last_on: str
    hours: str


class PlannedClosure(Schema):
    """A planned closure."""

    starts_at: str
    ends_at: str
    reason: str
    note: str


class OpenRecord(Schema):
    """What a station says of itself. Hours are OSM text with PH, and WD for Chinese working days."""

    code: str
    name: str
    brand: str
    division: str = Field(description="GB/T 2260 code of its town or county.")
    address: str
    street: str
    floor: str
    floors_count: int
    area_m2: float | None
    entrance: str
    parking: str
    access: str
    tier: str
    accepted_on: str
    host: str
    host_kind: str
    outlet: str
    phone: str
    staffed_hours: str
    self_service_hours: str
    is_24h: bool
    exceptions: list[OtherHours]
    closures: list[PlannedClosure]
    facilities: list[str]
    facilities_out_of_order: list[str]
    groups: list[str]
    url: str


class StationFeature(Schema):
    """One station, as RFC 7946 has it."""

    type: Literal["Feature"]
    id: str
    geometry: Point
    properties: OpenRecord


class Word(Schema):
    """What a code is called."""

    zh: str
    en: str


class Words(Schema):
    """What the codes of the records are called."""

    brands: dict[str, Word]
    facilities: dict[str, Word]
    groups: dict[str, Word]
    divisions: dict[str, str]


class StationCollection(Schema):
    """All listed stations, as RFC 7946 has it, by identifier."""

    type: Literal["FeatureCollection"]
    cursor: str = Field(description="With which stations/changes goes on from here.")
    words: Words
    features: list[StationFeature]


class ChangedStations(Schema):
    """Some changes, each station once, as it is now."""

    changed: list[StationFeature]
    removed: list[str] = Field(description="Identifiers of stations that are not on the list.")
    cursor: str = Field(description="With which to ask next.")
    has_more: bool = Field(description="Whether there is more to be had at once.")
