"""Open data: the whole list as GeoJSON, and what changed since."""

from typing import Any

from django.http import FileResponse, HttpRequest, JsonResponse
from django.utils.cache import get_conditional_response
from ninja import Query, Router

from nuanxin.core import clock
from nuanxin.stations import open_data
from nuanxin.stations.open_schemas import ChangedStations, ChangesQuery, StationCollection
from nuanxin.stations.schemas import FeedQuery, Problem

router = Router(tags=["open data"])
GEOJSON = "application/geo+json"


@router.get(
    "/stations.geojson",
    auth=None,
    operation_id="stations_geojson",
    url_name="stations_geojson",
    summary="All listed stations as GeoJSON",
    response={200: StationCollection, 304: None, 422: Problem},
)
def stations_geojson(request: HttpRequest, query: Query[FeedQuery]) -> Any:
    """Answer with a file that is written first, so that no slow reader holds a connection."""
    now = clock.now()
    etag = open_data.collection_etag(division=query.division, now=now)
    unchanged = get_conditional_response(request, etag=etag)
    if unchanged is not None:
        return unchanged
    body = open_data.write_collection(
        division=query.division, now=now, absolute=absolute_of(request)
    )
    response = FileResponse(body, content_type=GEOJSON, filename="stations.geojson")
    response["ETag"] = etag
    # kept by anybody, but asked after each time: the tag makes that cheap
    response["Cache-Control"] = "public, no-cache"
    return response


@router.get(
    "/stations/changes",
    auth=None,
    operation_id="stations_changes",
    url_name="stations_changes",
    summary="What changed on the list since a cursor",
    response={200: ChangedStations, 410: Problem, 422: Problem},
)
def stations_changes(request: HttpRequest, query: Query[ChangesQuery]) -> JsonResponse:
    """Answer from the change feed; nobody's place is kept but in their own cursor."""
    page = open_data.changes_since(
        query.since, limit=query.limit, now=clock.now(), absolute=absolute_of(request)
    )
    body = {
        "changed": page.changed,
        "removed": page.removed,
        "cursor": page.cursor,
        "has_more": page.has_more,
    }
    response = JsonResponse(body, json_dumps_params={"ensure_ascii": False})
    response["Cache-Control"] = "no-store"
    return response


def absolute_of(request: HttpRequest) -> str:
    """Return the address of the site as it was asked, without a slash at its end."""
    return request.build_absolute_uri("/").rstrip("/")
