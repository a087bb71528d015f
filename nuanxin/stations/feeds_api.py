"""The published feeds, and the states that an open page asks for."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.cache import get_conditional_response
from ninja import Query, Router

from nuanxin.core import clock
from nuanxin.stations import feeds
from nuanxin.stations.schemas import (
    CodesQuery,
    FeedList,
    FeedQuery,
    Problem,
    StationInformation,
    StationStatus,
)

router = Router(tags=["feeds"])
_NAMES = ("station_information", "station_status")
_DAY_S = 86_400


@router.get(
    "/feeds",
    auth=None,
    operation_id="feeds",
    url_name="feeds",
    summary="The feeds, and where they are",
    response={200: FeedList},
)
def feed_list(request: HttpRequest) -> dict[str, Any]:
    """List the feeds, as ``gbfs.json`` does."""
    found = [
        {"name": name, "url": request.build_absolute_uri(reverse(f"api:feeds_{name}"))}
        for name in _NAMES
    ]
    return {
        "last_updated": clock.from_epoch_s(clock.now_s()).isoformat(),
        "ttl": _DAY_S,
        "version": feeds.VERSION,
        "data": {"feeds": found},
    }


@router.get(
    "/feeds/station_information",
    auth=None,
    operation_id="feeds_station_information",
    url_name="feeds_station_information",
    summary="What changes seldom: where stations are and what they have",
    response={200: StationInformation, 304: None, 422: Problem},
)
def station_information(request: HttpRequest, query: Query[FeedQuery]) -> Any:
    """Answer from memory; 304 while no row has changed."""
    feed = feeds.station_information(division=query.division, now_s=clock.now_s())
    return _answer(feed.body, etag=feed.etag, request=request)


@router.get(
    "/feeds/station_status",
    auth=None,
    operation_id="feeds_station_status",
    url_name="feeds_station_status",
    summary="What changes fast: whether doors are open now",
    response={200: StationStatus, 304: None, 422: Problem},
)
def station_status(request: HttpRequest, query: Query[FeedQuery]) -> Any:
    """Answer from memory; 304 within the minute while nothing was announced."""
    now_s = clock.now_s()
    etag = feeds.station_status_etag(division=query.division, now_s=now_s)
    if (unchanged := get_conditional_response(request, etag=etag)) is not None:
        return unchanged
    feed = feeds.station_status(division=query.division, now_s=now_s)
    return _answer(feed.body, etag=feed.etag, request=request)


@router.get(
    "/stations/status",
    auth=None,
    operation_id="stations_status",
    url_name="stations_status",
    summary="Whether some doors are open now, for a page that stays open",
    response={200: StationStatus, 422: Problem},
)
def stations_status(request: HttpRequest, query: Query[CodesQuery]) -> HttpResponse:
    """Answer from memory; numbers of no listed station are passed over."""
    response = _json(feeds.status_of(query.codes, now_s=clock.now_s()))
    response["Cache-Control"] = "no-store"
    return response


def _answer(body: bytes, *, etag: str, request: HttpRequest) -> Any:
    response = _json(body)
    response["ETag"] = etag
    # kept by anybody, but asked after each time: the tag makes that cheap
    response["Cache-Control"] = "public, no-cache"
    return get_conditional_response(request, etag=etag, response=response)


def _json(body: bytes) -> HttpResponse:
    return HttpResponse(body, content_type="application/json")
