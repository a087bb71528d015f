"""What every test shares: a strict client, a clock that stands still, a counter of queries."""

import datetime as dt
import os
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest
import time_machine
from django.db import connection
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import settings
from pytest_django import DjangoDbBlocker

from nuanxin.core import clock as core_clock
from nuanxin.core.middleware import OFFICE_PREFIX

if TYPE_CHECKING:
    from tests.office_world import Office
    from tests.shared_world import Shared

UNDEFINED = "⟦undefined:"

# a busy machine must not decide a law; the gate looks at the same cases each time, everybody else at new ones
settings.register_profile("house", deadline=None)
settings.register_profile("gate", deadline=None, derandomize=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "house"))

# civil moments in Asia/Shanghai; a test names the one it needs
INSTANTS = {
    "tuesday morning": "2026-03-10T10:00:00",
    "last second of the day": "2026-03-10T23:59:59",
    "midnight": "2026-03-11T00:00:00",
    "before the UTC day turns": "2026-03-11T07:59:59",
    "spring festival": "2026-02-17T10:00:00",
    "make-up workday": "2026-02-14T09:30:00",
    "leap day": "2028-02-29T12:00:00",
    "last second of the year": "2026-12-31T23:59:59",
}


def refuse_undefined(response: HttpResponseBase, address: str) -> None:
    """Fail when a page shows a template variable that does not exist.

    The office is left out: the templates of Django's admin rely on silent variables.
    """
    text = getattr(response, "content", b"").decode("utf-8", errors="replace")
    assert UNDEFINED not in text or address.startswith(OFFICE_PREFIX), (
        f"{address} shows {text[text.index(UNDEFINED) :][:60]}"
    )


def content_of(response: HttpResponseBase) -> bytes:
    """Return the bytes of an answer, one that is sent piece by piece too."""
    if isinstance(response, StreamingHttpResponse):
        return b"".join(cast("Iterator[bytes]", response.streaming_content))
    return cast("HttpResponse", response).content


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database-only",
        action="store_true",
        help="leave out the tests that never ask the database: another database tells them nothing new",
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.getoption("--database-only"):
        return
    left_out = [item for item in items if not _asks_the_database(item)]
    items[:] = [item for item in items if _asks_the_database(item)]
    config.hook.pytest_deselected(items=left_out)


def _asks_the_database(item: pytest.Item) -> bool:
    fixtures: list[str] = getattr(item, "fixturenames", [])
    return item.get_closest_marker("django_db") is not None or "django_db_setup" in fixtures


class StrictClient(Client):
    """Django's test client, which also reads every answer for undefined variables."""

    def request(self, **request: Any) -> Any:
        response = super().request(**request)
        refuse_undefined(response, str(request.get("PATH_INFO", "")))
        return response


class StoppedClock:
    """The clock of a test: it stands where it was put."""

    def __init__(self, traveller: time_machine.Traveller) -> None:
        self._traveller = traveller

    def stop_at(self, instant: str) -> dt.datetime:
        """Put the clock to a named instant, or to a civil text like ``2026-02-14T09:30``."""
        moment = core_clock.read_civil(INSTANTS.get(instant, instant))
        self._traveller.move_to(moment, tick=False)
        return moment


@contextmanager
def stopped_clock(instant: str) -> Iterator[StoppedClock]:
    """Let the clock stand at a named instant meanwhile."""
    with time_machine.travel(core_clock.read_civil(INSTANTS[instant]), tick=False) as traveller:
        yield StoppedClock(traveller)


# what may differ between two statements that are the same question: values, and how many of them
_VALUE = re.compile(
    r"(?:\"(?:s\d+_x\d+|_django_curs_\w+)\"|X?'(?:[^']|'')*'|(?<![\w\"])-?\d+(?:\.\d+)?(?:e[+-]?\d+)?|\b(?:NULL|TRUE|FALSE)\b)(?:::\w+)?",
    re.IGNORECASE,
)
_VALUES = re.compile(r"\?(?:, \?)+")
_CHOICES = re.compile(r'\(("[\w".]+ = \?)(?: OR \1)+\)')
_ROWS = re.compile(r"\(\?\)(?:, \(\?\))+")


def shape_of(sql: str) -> str:
    """Return a statement without its values: the same for one row and for twenty."""
    bare = _VALUES.sub("?", _VALUE.sub("?", sql))
    return _CHOICES.sub(r"\1", _ROWS.sub("(?)", bare))


class SameQueries:
    """Ask, let the world grow, ask again: the queries stay the same, in shape and number."""

    def __call__(self, ask: Callable[[], object], grow: Callable[[], object]) -> int:
        """Return the number of queries of ``ask``; fail when the rows change them."""
        few = self.asked(ask)
        grow()
        return self.compared(few, self.asked(ask))

    @staticmethod
    def compared(few: list[str], many: list[str]) -> int:
        """Return the number of queries; fail when those of few rows are not those of many."""
        assert few == many, "\n".join([*few, "—— more rows ——", *many])
        return len(many)

    @staticmethod
    def asked(ask: Callable[[], object]) -> list[str]:
        """Return the queries of ``ask``, without their values."""
        with CaptureQueriesContext(connection) as context:
            ask()
        return [shape_of(query["sql"]) for query in context.captured_queries]


@pytest.fixture
def client() -> StrictClient:
    return StrictClient()


@pytest.fixture
def htmx_client() -> StrictClient:
    return StrictClient(headers={"HX-Request": "true"})


@pytest.fixture
def clock() -> Iterator[StoppedClock]:
    """A clock that stands on a Tuesday morning until the test puts it elsewhere."""
    with stopped_clock("tuesday morning") as stopped:
        yield stopped


@pytest.fixture
def assert_same_queries() -> SameQueries:
    return SameQueries()


@pytest.fixture
def writes_of() -> Callable[[Callable[[], object]], list[str]]:
    """Return a function that gives the statements by which an act writes."""

    def written(act: Callable[[], object]) -> list[str]:
        with CaptureQueriesContext(connection) as context:
            act()
        statements = [query["sql"] for query in context.captured_queries]
        return [sql for sql in statements if sql.startswith(("INSERT", "UPDATE", "DELETE"))]

    return written


@pytest.fixture(scope="module")
def shared_world(
    request: pytest.FixtureRequest,
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Callable[..., "Shared[Any]"]]:
    """Return a function that builds a world for all tests of a module, at an instant if one is named.

    See ``tests.shared_world``.
    """
    from tests.shared_world import refuse_bystanders, shared  # the tables are known by now

    mates = [item for item in request.session.items if item.path == request.path]
    refuse_bystanders([item for item in mates if _asks_the_database(item)])
    with ExitStack() as held:

        def build(make: Callable[[], Any], at: str = "") -> "Shared[Any]":
            folder = tmp_path_factory.mktemp("world")
            with stopped_clock(at) if at else nullcontext():
                return held.enter_context(shared(make, folder=folder, blocker=django_db_blocker))

        yield build


@pytest.fixture(scope="module")
def built_office(
    shared_world: Callable[..., "Shared[Any]"],
) -> "Shared[Office]":
    from tests.office_world import make_office  # the tables are known by now, not before

    return shared_world(make_office)


@pytest.fixture
def office(built_office: "Shared[Office]", settings: Any, tmp_path: Path) -> "Office":
    """A small office, as if it had been made for this test."""
    return built_office.lend(settings, tmp_path)


@pytest.fixture(autouse=True)
def _nothing_held() -> Iterator[None]:
    """Let no test answer from the snapshot or the places of another: their rates and names are its own."""
    yield
    from nuanxin.stations import places, snapshots  # the tables are known by now, not before

    snapshots.holder.forget()
    places.holder.forget()
