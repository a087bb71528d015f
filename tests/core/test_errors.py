import json
import pickle

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from django_htmx.middleware import HtmxMiddleware

from nuanxin.core.errors import Conflict, DomainError, Invalid, NotAllowed, NotFound
from nuanxin.core.middleware import DomainErrorMiddleware
from nuanxin.core.surfaces import answer_error, problem
from tests.conftest import UNDEFINED

REFUSALS = [
    (Invalid("Give a day.", code="bad_day"), 422),
    (NotFound(), 404),
    (NotAllowed(code="out_of_scope"), 403),
    (Conflict("It moved.", code="moved"), 409),
]


def _request(path="/", **headers):
    request = RequestFactory().get(path, headers=headers)
    HtmxMiddleware(lambda _: HttpResponse())(request)
    return request


@pytest.mark.parametrize(("error", "status"), REFUSALS)
def test_api_answers_a_problem(error, status):
    response = answer_error(_request("/api/v1/x"), error)

    assert response.status_code == status
    assert response["Content-Type"] == "application/problem+json"
    assert json.loads(response.content) == {
        "type": "about:blank",
        "title": str(error),
        "status": status,
        "code": error.code,
    }


@pytest.mark.parametrize(("error", "status"), REFUSALS)
def test_page_answers_in_the_look_of_the_house(error, status):
    response = answer_error(_request("/s/KQ001/"), error)

    page = response.content.decode()
    assert response.status_code == status
    assert "<html" in page
    assert str(error) in page
    assert UNDEFINED not in page


@pytest.mark.parametrize(("error", "status"), REFUSALS)
def test_fragment_is_the_sentence_alone_with_the_same_status(error, status):
    response = answer_error(_request("/", **{"HX-Request": "true"}), error)

    page = response.content.decode()
    assert response.status_code == status
    assert 'role="alert"' in page
    assert "<html" not in page
    assert str(error) in page


def test_sentence_of_an_error_is_escaped_on_a_page():
    page = answer_error(_request(), Invalid("<script>x</script>")).content.decode()

    assert "<script>x" not in page


def test_problem_names_the_fields_that_do_not_fit():
    error = Invalid("No.", code="weak", fields={"password": "Longer, please."})

    assert problem(error)["fields"] == {"password": "Longer, please."}


@pytest.mark.parametrize("error", [error for error, _status in REFUSALS])
def test_error_survives_what_exceptions_go_through(error):
    copied = pickle.loads(pickle.dumps(error))  # noqa: S301  # our own bytes

    assert (copied.code, copied.status, str(copied)) == (error.code, error.status, str(error))
    assert {error} == {error}


def test_middleware_answers_expected_errors_and_leaves_the_others():
    middleware = DomainErrorMiddleware(lambda _: HttpResponse())

    answered = middleware.process_exception(_request(), DomainError("No."))

    assert answered is not None
    assert answered.status_code == 422
    assert middleware.process_exception(_request(), KeyError("x")) is None


@pytest.mark.django_db
def test_unknown_address_under_the_api_is_a_problem(client):
    response = client.get("/api/v1/nothing")

    assert response.status_code == 404
    assert response["Content-Type"] == "application/problem+json"
