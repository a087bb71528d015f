"""The API object: closed by default, one error format, one description."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver
from django.views.decorators.http import require_safe
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema
from ninja.security import SessionAuth

from nuanxin.core.errors import DomainError
from nuanxin.core.surfaces import PROBLEM_TYPE, problem_response
from nuanxin.stations.api import router as stations_router
from nuanxin.stations.feeds_api import router as feeds_router
from nuanxin.stations.hsds_api import router as hsds_router
from nuanxin.stations.open_api import GEOJSON
from nuanxin.stations.open_api import router as open_router

View = Callable[..., HttpResponse]

# the framework's own addresses, which would answer every method alike
_PAGES = ("openapi-json", "api-root")


class Api(NinjaAPI):
    """The API, described with the media types that its answers really have."""

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        """Return the description; every answer of 400 and above is an RFC 9457 problem."""
        schema = super().get_openapi_schema(**options)
        for address, path in schema["paths"].items():
            own_type = GEOJSON if address.endswith(".geojson") else "application/json"
            for operation in path.values():
                for status, response in operation["responses"].items():
                    if (content := response.get("content")) is not None:
                        is_refusal = int(status) >= HTTPStatus.BAD_REQUEST
                        told = content.pop("application/json")
                        content[PROBLEM_TYPE if is_refusal else own_type] = told
        return schema


api = Api(
    title="Nuanxin",
    version="1.0.0",
    description="Stations of the trade unions for outdoor and new-form workers, and whether they are open.",
    auth=SessionAuth(),
    docs_url=None,
    urls_namespace="api",
)
api.add_router("/stations", stations_router)
api.add_router("", feeds_router)
api.add_router("", open_router)
api.add_router("/hsds", hsds_router)


@api.exception_handler(DomainError)
def domain_error(request: HttpRequest, error: DomainError) -> HttpResponse:
    """Answer an expected error as problem+json."""
    return problem_response(error)


@api.exception_handler(AuthenticationError)
def not_signed_in(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    """Answer 401, never a redirect to a page no program can use."""
    return problem_response(DomainError("Sign in first.", code="not_signed_in", status=401))


@api.exception_handler(ValidationError)
def bad_input(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Name every field that does not fit."""
    fields: dict[str, Any] = {str(e["loc"][-1]): e["msg"] for e in error.errors}
    return problem_response(
        DomainError("The request does not fit.", code="bad_request", fields=fields)
    )


@api.exception_handler(HttpError)
def http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    """Answer the framework's own refusals in the same format."""
    phrase = HTTPStatus(error.status_code).phrase
    return problem_response(
        DomainError(phrase, code=phrase.lower().replace(" ", "_"), status=error.status_code)
    )


def with_head(view: View) -> View:
    """Answer HEAD as GET: the framework knows no such method, the server leaves the text out."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        asked = request.method
        request.method = "GET" if asked == "HEAD" else asked
        try:
            return view(request, *args, **kwargs)
        finally:
            request.method = asked

    return answered


def mount() -> tuple[list[URLResolver | URLPattern], str, str]:
    """Return the API's addresses, exempt from the login page: the API closes itself, with 401."""
    patterns, app_name, namespace = api.urls
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            is_page = pattern.name in _PAGES
            pattern.callback = (require_safe if is_page else with_head)(pattern.callback)
            login_not_required(pattern.callback)
    return patterns, app_name, namespace
