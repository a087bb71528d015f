"""The walk over every route as one person: what is answered, what is shown, what is changed."""

import re
import tomllib
from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path
from typing import Any, Final, NamedTuple

from django.http import HttpResponse
from django.urls import Resolver404, resolve

from tests.config.scope_world import (
    LAT,
    LON,
    PLACES,
    Person,
    Target,
    Token,
    World,
    canary,
    dump,
    is_shared,
    model_of,
    tokens_of,
)
from tests.config.test_route_methods import SIGNPOSTS, Route, routes
from tests.conftest import content_of

Lines = dict[str, dict[str, dict[str, Any]]]

TABLE: Final[dict[str, Lines]] = tomllib.loads(Path("config/authz.toml").read_text("utf-8"))
# what a route is asked beside its bare address
NUMBERS = "%2C".join(canary(place, kind) for place in PLACES for kind in ("open", "draft"))
QUERIES = {
    "stations:station_list": ["", f"?lat={LAT}&lon={LON}", f"?lat={LAT}&lon={LON}&by=walk"],
    "stations:place_list": ["?q=canary"],
    "stations:print_list": ["", f"?lat={LAT}&lon={LON}"],
    "api:stations_nearby": [f"?lat={LAT}&lon={LON}&limit=50"],
    "api:stations_status": [f"?codes={NUMBERS}"],
    "api:feeds_station_information": ["", "?division=3301"],
    "api:feeds_station_status": ["", "?division=3301"],
    "api:stations_geojson": ["", "?division=3301"],
    "admin:search": ["?s=canary&extended=1"],
    "stations:desk_host": [
        "",
        "?starts_at=2026-03-12T09:00&ends_at=2026-03-12T18:00&reason=repair",
    ],
}
HSDS_LISTS: Final = {
    "api:hsds_services",
    "api:hsds_service_at_locations",
    "api:hsds_organizations",
}
# pages for administrators of the whole tree alone
WHOLE_TREE: Final = {"processes"}
SIGN_IN: Final = re.compile(r"^/office/((sign-in|login)/|$)|^/me/sign-in/")
TURNED_AWAY: Final = {401, 403, 404}
# pages that answer something of their own
ODD: Final = {
    "workers:card": {200, 409},  # only members have one
    # the walk names no division
    "stations:embed_list": {422},
    "stations:division_timetable": {422},
    "admin:logout": {405},
    "admin:autocomplete": {403, 404},
    "admin:view_on_site": {404},
    "admin:search": {200},
    "api:api-root": {404},  # there is no page of the documentation
}
# whoever holds one of these sees whose it is
LINKS: Final = {"accounts:keeper_door", "accounts:welcome"}
# pages of the office that only read answer a POST as a GET; signing out is everybody's own
READ_BY_POST: Final = re.compile(r"^admin:.*(index|search|app_list|changelist|history|jsi18n)$")
OWN_ACTS: Final = {"admin:logout"}
# acts that only show something, on record: auditors do them too
READ_ACTS: Final = {"admin:workers_worker_reveal", "admin:workers_membership_statistics"}
# an act says by 403 that it is not this reader's, or not on such a row; so do the pages that change by hand
BY_HAND: Final = re.compile(r"/(add|delete)/$")
READ_PAGES: Final = re.compile(r"/(change|history)/$")
# everything a form of any act could ask, with values that would fit
FORM: Final = {
    "minutes": "30", "mended": "yes", "starts_at": "2026-03-12T09:00", "ends_at": "2026-03-12T18:00",
    "reason": "repair", "note": "x", "first_on": "2026-03-12", "last_on": "2026-03-12", "hours": "off",
    "is_closed": "on", "staffed-state": "text", "staffed-text": "24/7", "self-state": "none", "do": "save", "lat_wgs84": "30.1",
    "lon_wgs84": "120.2", "lifecycle": "delisted", "post": "yes", "answer": "shut", "kind": "broken",
    "facility": "water", "phone": "13900009999", "password": "Long-enough-9-words", "role": "admin",
    "name": "x", "display_name": "x",
}  # fmt: skip


class Asked(NamedTuple):
    """One request of the walk; without a target the address names no object."""

    route: Route
    method: str
    address: str
    target: Target | None

    def __str__(self) -> str:
        return f"{self.method} {self.route.name} {self.address}"


class Matrix:
    """One person's walk.

    Parameters
    ----------
    world, person
        Whose rows there are, and who walks.
    only
        Keeps the routes whose names begin so.
    is_short
        Leaves out HEAD and searches: for somebody who reads the same as another who walks them.
    """

    def __init__(
        self,
        world: World,
        person: Person,
        *,
        only: str | tuple[str, ...] = "",
        is_short: bool = False,
    ) -> None:
        self.world, self.person, self.only, self.is_short = world, person, only, is_short
        self.client = person.client()
        self.count = 0
        self.answers: set[int] = set()

    def faults(self) -> list[str]:
        """Read every page, then try every act that is not the person's to do."""
        if lost := {route.name for route, _target in self._walk if not line_of(route)}:
            return [f"{self.person.name}: {name} has no line" for name in sorted(lost)]
        found = [fault for asked in self._readings() for fault in self._reading_faults(asked)]
        before = dump()
        found += [fault for asked in self._trespasses() for fault in self._trespass_faults(asked)]
        return [f"{self.person.name}: {fault}" for fault in [*found, *changes(before, dump())]]

    # --- what is asked ---

    @cached_property
    def _walk(self) -> list[tuple[Route, Target | None]]:
        """Routes without an object once, the others for each target."""
        filled = [(target, routes(target.fill)) for target in self.world.targets]
        walk: list[tuple[Route, Target | None]] = []
        for each in zip(*(found for _target, found in filled), strict=True):
            if not each[0].name.startswith(self.only) or is_shadowed(each[0]):
                continue
            if len({route.address for route in each}) == 1:
                walk.append((each[0], None))
                continue
            targets = [target for target, _found in filled]
            walk += [
                (route, target)
                for target, route in zip(targets, each, strict=True)
                if self._is_worth_it(route, target)
            ]
        return walk

    def _is_worth_it(self, route: Route, target: Target) -> bool:
        """Return whether a target may be answered otherwise than those that are asked for anyway."""
        if not is_closed(route) and self.is_short:  # what is public is asked by others in full
            return target.is_listed == (target.place == "own") and target.place in (
                "own",
                "sibling",
            )
        if not route.name.startswith("admin:"):
            return True
        if is_shared(route.address) or not self.person.is_office:
            return target.is_listed and target.place == "own"
        if READ_PAGES.search(route.address) and not self.is_short:
            return target.is_listed or route.name.endswith("_station_change")
        near = {"own", "sibling"}
        if not BY_HAND.search(route.address) and route.name != "admin:None":
            near |= {
                "officer": {"child", "parent"},
                "auditor": {"parent"},
                "subtree_admin": {"child", "parent"},
            }.get(self.person.name, set())
        return target.is_listed and target.place in near

    def _readings(self) -> Iterator[Asked]:
        for route, target in self._walk:
            if "GET" not in line_of(route) and route.name.partition(":")[0] != "api":
                continue
            queries = queries_of(route)
            for query in queries[:1] if self.is_short and is_list(route) else queries:
                yield Asked(route, "GET", route.address + query, target)
            if self.is_short:
                continue
            is_act = model_of(route.address) and not is_list(route)
            if is_act and not READ_PAGES.search(route.address):
                continue
            if target is None or (target.is_listed and target.place == "own"):
                yield Asked(route, "HEAD", route.address + queries_of(route)[0], target)

    def _trespasses(self) -> Iterator[Asked]:
        for route, target in self._walk:
            asked = Asked(route, "POST", route.address, target)
            is_read = route.name in READ_ACTS and self.person.is_office
            is_own = (is_read or self._may(asked)) and not (
                target and not self._reaches(route, target)
            )
            if not is_own and route.name not in OWN_ACTS:
                yield asked

    # --- what is expected ---

    def _may(self, asked: Asked) -> bool:
        cell = line_of(asked.route).get("GET" if asked.method == "HEAD" else asked.method)
        return cell is None or bool(self.person.roles & set(cell["roles"]))

    def _reaches(self, route: Route, target: Target) -> bool:
        """Return whether an object of an address lies inside the person's scope."""
        place, room = target.place, route.name.partition(":")[0]
        if room == "admin":
            return is_shared(route.address) or place in self.person.places
        if route.name == "stations:station_photo" and place in self.person.places:
            return True  # the office looks at the photos of its drafts too
        if room == "workers":  # whatever people join is open to everybody, its sheets to its office
            return not is_closed(route) or place in self.person.places
        if not is_closed(route):
            return target.is_listed or route.name in LINKS
        if route.name == "stations:desk_host":
            return any(
                self._keeps(other)
                for other in self.world.targets
                if other.host == target.host
                and (self.person.is_office or self.person.name == "host_keeper")
            )
        return self._keeps(target)

    def _keeps(self, target: Target) -> bool:
        return target.place in self.person.places or target.station.code == self.person.keeps

    def _expected(self, asked: Asked) -> set[int]:
        route, target = asked.route, asked.target
        if not self._may(asked):
            return TURNED_AWAY | {302}
        if route.name in WHOLE_TREE and self.person.name == "subtree_admin":
            return {404}
        if route.name == "admin:None":  # leads on to the page of a row, which asks
            return {302, 404}
        if target is not None and not self._reaches(route, target):
            return {403} if BY_HAND.search(route.address) else {404}
        if route.name in ODD:
            return ODD[route.name]
        if route.name in SIGNPOSTS:
            return {302}
        if BY_HAND.search(route.address):
            return {403}
        is_act = model_of(route.address) is not None and not READ_PAGES.search(route.address)
        return {200, 302} | ({403} if is_act and not is_list(route) else set())

    def _expected_of_trespass(self, asked: Asked, expected: set[int]) -> set[int]:
        if "POST" not in line_of(asked.route):
            return TURNED_AWAY | {302, 405}
        if READ_BY_POST.search(asked.route.name) and self.person.is_office:
            return expected | {200, 302, 405}
        if self._may(asked) and model_of(asked.address):
            return {403, 404}
        return expected | ({405} if model_of(asked.address) is None else set())

    def _allowed(self, asked: Asked, token: Token) -> bool:
        """Return whether a marker may stand on a page."""
        place, kind = token
        route, target, person = asked.route, asked.target, self.person
        if kind == "mark":
            return False
        if not is_closed(route):
            is_own_link = route.name in LINKS and target and place == target.place
            return kind in ("open", "posted", "host", "union") or (
                kind == "name" and bool(is_own_link)
            )
        if person.worker is not None:  # what is kept of themselves, and by whom
            return place == "own"
        if is_shared(route.address):
            return kind in ("host", "lodge") or place in person.places
        if place in person.places:
            return True
        if token == ("parent", "union"):  # the name of the union above is on the page of one's own
            return True
        if route.name == "stations:desk_substitute":
            # keepers of the unions above may stand in; beside each stands what they keep
            return place in ("own", "parent") and kind in ("name", "open", "host")
        return place == "own" and bool(person.keeps) and kind in ("open", "posted", "host", "union")

    # --- what is found ---

    def _ask(self, asked: Asked) -> HttpResponse:
        self.count += 1
        data = FORM | self._foreign_keys() if asked.method == "POST" else None
        ask: Callable[..., Any] = getattr(self.client, asked.method.lower())
        response: HttpResponse = ask(asked.address, data)
        self.answers.add(response.status_code)
        return response

    def _foreign_keys(self) -> dict[str, str]:
        far = self.world.target("sibling")
        return {
            "closure": str(far.keys["closures"]),
            "username": far.keeper.username,
            "user": str(far.keeper.pk),
            "union": self.world.unions["sibling"].code,
        }

    def _reading_faults(self, asked: Asked) -> Iterator[str]:
        response = self._ask(asked)
        yield from self._status_faults(asked, response)
        if asked.method == "HEAD":
            if content_of(response):
                yield f"{asked}: a text"
            return
        shown = tokens_of(self._text(response))
        for token in sorted(token for token in shown if not self._allowed(asked, token)):
            yield f"{asked}: shows {canary(*token)}"
        if response.status_code == 200 and (missing := self._wanted(asked) - places(shown)):
            yield f"{asked}: shows nothing of {', '.join(sorted(missing))}"

    def _text(self, response: HttpResponse) -> str:
        text = content_of(response).decode("utf-8", errors="replace")
        # everybody reads their own name in the frame of a page
        return text.replace(self.person.user.display_name, "") if self.person.user else text

    def _wanted(self, asked: Asked) -> set[str]:
        """Return the places that a page must speak of: otherwise it proves nothing."""
        route, target = asked.route, asked.target
        if route.address.endswith((".webp", ".pdf")):
            return set()
        if target is not None:
            is_page = not model_of(route.address) or route.address.endswith("/change/")
            is_plain = (
                is_page and not is_shared(route.address) and route.name != "admin:view_on_site"
            )
            # the page of a host names the host alone, which the unions of its outlets share
            is_bare = route.name in ("stations:desk_host", "stations:desk_photo", "admin:None")
            return {target.place} if is_plain and not is_bare else set()
        if is_list(route) and not is_shared(route.address):
            return set(self.person.places)
        if route.name == "stations:desk_today":
            return {"own"} if self.person.keeps else set()
        is_public_list = route.name in QUERIES and not is_closed(route) and "?lat" in asked.address
        is_feed = route.name.startswith(("api:feeds_", "api:stations_"))
        is_feed |= route.name in HSDS_LISTS
        # a tile from afar holds clusters, which name nobody
        is_feed &= "division" not in asked.address and route.name != "api:stations_map"
        return set(PLACES) if is_public_list or is_feed else set()

    def _trespass_faults(self, asked: Asked) -> Iterator[str]:
        yield from self._status_faults(asked, self._ask(asked))

    def _status_faults(self, asked: Asked, response: HttpResponse) -> Iterator[str]:
        status, expected = response.status_code, self._expected(asked)
        if asked.method == "POST":
            expected = self._expected_of_trespass(asked, expected)
        if status not in expected:
            yield f"{asked}: {status}, not {sorted(expected)}"
        is_turned_away = status == 302 and 200 not in expected and not self._may(asked)
        if is_turned_away and not SIGN_IN.match(response["Location"]):
            yield f"{asked}: sends to {response['Location']}"


def line_of(route: Route) -> dict[str, dict[str, Any]]:
    """Return the line of the table: of the route, or of its prefix."""
    prefix = f"{route.name.partition(':')[0]}:"
    line: dict[str, dict[str, Any]] = TABLE["route"].get(route.name) or TABLE["prefix"].get(
        prefix, {}
    )
    return line


def is_closed(route: Route) -> bool:
    line = line_of(route)
    return all("anonymous" not in cell["roles"] for cell in line.values())


def is_shadowed(route: Route) -> bool:
    """Return whether another route answers under the same address."""
    try:
        return resolve(route.address).view_name not in (route.name, route.name.removesuffix("None"))
    except Resolver404:
        return False


def is_list(route: Route) -> bool:
    return route.name.endswith("_changelist")


def queries_of(route: Route) -> list[str]:
    return QUERIES.get(route.name) or (["", "?q=canary"] if is_list(route) else [""])


def places(tokens: set[Token]) -> set[str]:
    return {place for place, _kind in tokens}


def changes(
    before: dict[str, set[tuple[Any, ...]]], after: dict[str, set[tuple[Any, ...]]]
) -> list[str]:
    """Return which tables differ, with a row of each."""
    return [
        f"{table} changed: {next(iter(before[table] ^ rows))}"
        for table, rows in after.items()
        if before[table] != rows
    ]
