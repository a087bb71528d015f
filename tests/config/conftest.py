"""An API of the same making with two routes more, for the tests that must find them."""

import copy
from types import ModuleType

import pytest
from django.http import HttpRequest
from django.urls import path
from ninja import Router

import config.api
import config.urls

PLANTED = "/api/v1/planted"


def planted_router() -> Router:
    """Return a route nobody opened, and an open one that breaks on a text it did not expect."""
    router = Router()

    @router.get("/closed", operation_id="planted_closed")
    def closed(request: HttpRequest) -> dict[str, str]:
        return {"secret": "told"}

    @router.get("/weak", auth=None, operation_id="planted_weak")
    def weak(request: HttpRequest, name: str) -> dict[str, str]:
        return {"name": name.encode("ascii").decode()}

    return router


@pytest.fixture
def planted_api(settings, monkeypatch: pytest.MonkeyPatch) -> config.api.Api:
    """Serve the API with the planted routes for the length of a test."""
    api = copy.copy(config.api.api)
    api._bound_routers_cache = None
    api._router_registrations = list(api._router_registrations)
    api._routers = list(api._routers)
    api.add_router("/planted", planted_router())
    monkeypatch.setattr(config.api, "api", api)

    urls = ModuleType("planted_urls")
    urls.urlpatterns = [path("api/v1/", config.api.mount()), *config.urls.urlpatterns]  # type: ignore[attr-defined]  # a module made by hand
    urls.handler404 = config.urls.handler404  # type: ignore[attr-defined]  # a module made by hand
    settings.ROOT_URLCONF = urls
    return api
