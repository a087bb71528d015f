"""The public API of the finder."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import Query, Router

from nuanxin.core import clock
from nuanxin.core.surfaces import PROBLEM_TYPE
from nuanxin.stations import map_tiles, selectors
from nuanxin.stations.schemas import MapTile, NearbyAnswer, NearbyQuery, Problem

router = Router(tags=["stations"])


@router.get(
    "/nearby",
    auth=None,
    operation_id="stations_nearby",
    url_name="stations_nearby",
    summary="The nearest stations that will be open on arrival",
    response={200: NearbyAnswer, 422: Problem},
)
def nearby(request: HttpRequest, query: Query[NearbyQuery]) -> Any:
    """Answer with the finder's own bytes: the query is parsed once, by the pure function.

    The schema above documents and tests the answer; it is not applied to every row again.
    """
    answer = selectors.nearby_bytes(
        request.META.get("QUERY_STRING", "").encode(), now_s=clock.now_s()
    )
    kind = "application/json" if answer.status == 200 else PROBLEM_TYPE
    response = HttpResponse(answer.body, status=answer.status, content_type=kind)
    response["Cache-Control"] = "no-store"
    return response


@router.get(
    "/map/{int:zoom}/{int:x}/{int:y}",
    auth=None,
    operation_id="stations_map",
    url_name="stations_map",
    summary="Clusters and stations of one square tile of the map",
    response={200: MapTile, 404: Problem, 422: Problem},
)
def station_tile(request: HttpRequest, zoom: int, x: int, y: int) -> JsonResponse:
    """Answer for a tile as web maps number them: nobody's place, so anybody may keep it a while."""
    tile = map_tiles.tile(zoom, x, y, now_s=clock.now_s())
    response = JsonResponse(tile, json_dumps_params={"ensure_ascii": False})
    response["Cache-Control"] = "public, max-age=30"
    return response
