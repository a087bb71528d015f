"""Every route and method has its line in the route table, and every line has a route."""

import tomllib
from pathlib import Path

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, path

from config.api import api
from nuanxin.core.actors import Role
from nuanxin.core.views import livez

TABLE = tomllib.loads(Path("config/authz.toml").read_text(encoding="utf-8"))


def names(patterns, namespace=""):
    """Yield the namespaced name of every address."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from names(pattern.url_patterns, inner)
        elif isinstance(pattern, URLPattern):
            yield f"{namespace}{pattern.name}"


def unlisted(patterns):
    routes, prefixes = TABLE["route"], tuple(TABLE["prefix"])
    return {
        name for name in names(patterns) if name not in routes and not name.startswith(prefixes)
    }


def test_every_route_has_a_line():
    assert unlisted(get_resolver().url_patterns) == set()


def test_route_without_a_line_is_found():
    extra = path("secret/", livez, name="secret")

    assert unlisted([*get_resolver().url_patterns, extra]) == {"secret"}


def test_every_line_has_a_route():
    assert set(TABLE["route"]) - set(names(get_resolver().url_patterns)) == set()


def test_lines_speak_of_known_roles_scopes_and_sensitivities():
    lines = [
        line
        for table in (*TABLE["route"].values(), *TABLE["prefix"].values())
        for line in table.values()
    ]

    assert all(set(line["roles"]) <= {role.value for role in Role} for line in lines)
    assert {line["scope"] for line in lines} <= {"all", "subtree", "self"}
    assert {line["sensitivity"] for line in lines} <= {"public", "internal", "personal"}


def operations_of(api):
    """Yield the operations as they are mounted, with the guards they inherit."""
    for router in api._get_bound_routers():
        for view in router.path_operations.values():
            yield from view.operations


def unlisted_methods(api):
    return {
        f"{method} {operation.operation_id}"
        for operation in operations_of(api)
        for method in operation.methods
        if method not in TABLE["route"].get(f"api:{operation.operation_id}", {})
    }


def open_operations(api):
    return {
        operation.operation_id for operation in operations_of(api) if not operation.auth_callbacks
    }


def test_every_operation_of_the_api_has_its_method_in_the_table():
    assert unlisted_methods(api) == set()


def test_operation_without_a_line_is_found(planted_api):
    assert unlisted_methods(planted_api) == {"GET planted_closed", "GET planted_weak"}


def test_api_is_closed_unless_an_operation_opens_itself(planted_api):
    public = {
        name.removeprefix("api:")
        for name, methods in TABLE["route"].items()
        if any("anonymous" in line["roles"] for line in methods.values())
    }

    assert open_operations(api) <= public
    assert open_operations(planted_api) == open_operations(api) | {"planted_weak"}


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/office/", "/office/auth/group/"])
def test_office_asks_a_stranger_to_sign_in(address):
    response = Client().get(address)

    assert response.status_code == 302
    assert response["Location"].startswith("/office/")


@pytest.mark.django_db
def test_office_has_one_door():
    response = Client().get("/office/login/?next=/office/auth/group/")

    assert response.status_code == 302
    assert response["Location"] == "/office/sign-in/?next=/office/auth/group/"


@pytest.mark.django_db
def test_sign_in_without_a_csrf_token_is_refused():
    response = Client(enforce_csrf_checks=True).post(
        "/office/sign-in/", {"username": "a", "password": "b"}
    )

    assert response.status_code == 403
