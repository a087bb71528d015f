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


def test_every_operation_of_the_api_has_its_method_in_the_table():
    for _prefix, router in api._routers:
        for view in router.path_operations.values():
            for operation in view.operations:
                line = TABLE["route"][
                    f"api:{operation.operation_id or operation.view_func.__name__}"
                ]
                assert set(operation.methods) <= set(line)


def test_api_is_closed_unless_an_operation_opens_itself():
    for _prefix, router in api._routers:
        for view in router.path_operations.values():
            for operation in view.operations:
                name = f"api:{operation.operation_id}"
                is_public = "anonymous" in TABLE["route"][name]["GET"]["roles"]
                assert bool(operation.auth_callbacks) is not is_public


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/office/", "/office/auth/group/"])
def test_office_asks_a_stranger_to_sign_in(address):
    response = Client().get(address)

    assert response.status_code == 302
    assert response["Location"].startswith("/office/")


@pytest.mark.django_db
def test_sign_in_without_a_csrf_token_is_refused():
    response = Client(enforce_csrf_checks=True).post(
        "/office/sign-in/", {"username": "a", "password": "b"}
    )

    assert response.status_code == 403
