"""Open data after the Human Services Data Specification 3.0."""

import hashlib
import json
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.cache import get_conditional_response
from ninja import Query, Router

from nuanxin.core import clock
from nuanxin.stations import hsds
from nuanxin.stations.hsds_schemas import About, PageQuery, ServicesQuery, ThingPage
from nuanxin.stations.open_api import absolute_of
from nuanxin.stations.schemas import Problem

router = Router(tags=["HSDS 3.0"])
_PAGE: dict[Any, Any] = {200: ThingPage, 304: None, 422: Problem}


@router.get(
    "/",
    auth=None,
    operation_id="hsds_about",
    url_name="hsds_about",
    summary="Which specification this is",
    response={200: About, 304: None},
)
def about(request: HttpRequest) -> Any:
    """Say which version, and where the description of this API is."""
    openapi_url = absolute_of(request) + reverse("api:openapi-json")
    return _answer(request, {"version": hsds.VERSION, "openapi_url": openapi_url})


@router.get(
    "/services",
    auth=None,
    operation_id="hsds_services",
    url_name="hsds_services",
    summary="Services, page by page: each listed station is one",
    response=_PAGE,
)
def services(request: HttpRequest, query: Query[ServicesQuery]) -> Any:
    """Answer a page of services with their organizations."""
    page = hsds.service_page(
        page=query.page,
        per_page=query.per_page,
        organization=query.organization_id,
        now=clock.now(),
        absolute=absolute_of(request),
    )
    return _answer(request, page)


@router.get(
    "/services/{service_id}",
    auth=None,
    operation_id="hsds_service",
    url_name="hsds_service",
    summary="One service with everything that hangs on it",
    response={200: dict[str, Any], 304: None, 404: Problem, 422: Problem},
)
def service(request: HttpRequest, service_id: UUID) -> Any:
    """Answer one service, fully nested."""
    return _answer(
        request, hsds.service(service_id, now=clock.now(), absolute=absolute_of(request))
    )


@router.get(
    "/service_at_locations",
    auth=None,
    operation_id="hsds_service_at_locations",
    url_name="hsds_service_at_locations",
    summary="Services at their locations, page by page",
    response=_PAGE,
)
def service_at_locations(request: HttpRequest, query: Query[PageQuery]) -> Any:
    """Answer a page of services with their locations."""
    page = hsds.place_page(
        page=query.page, per_page=query.per_page, now=clock.now(), absolute=absolute_of(request)
    )
    return _answer(request, page)


@router.get(
    "/organizations",
    auth=None,
    operation_id="hsds_organizations",
    url_name="hsds_organizations",
    summary="The unions that provide the services, page by page",
    response=_PAGE,
)
def organizations(request: HttpRequest, query: Query[PageQuery]) -> Any:
    """Answer a page of unions."""
    return _answer(request, hsds.organization_page(page=query.page, per_page=query.per_page))


def _answer(request: HttpRequest, body: dict[str, Any]) -> Any:
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    response = HttpResponse(text, content_type="application/json")
    etag = f'W/"{hashlib.blake2b(text, digest_size=12).hexdigest()}"'
    response["ETag"] = etag
    response["Cache-Control"] = "public, no-cache"
    return get_conditional_response(request, etag=etag, response=response)
