"""No public page errs, breaks its policy, talks to strangers or scrolls sideways on a phone."""

import re
import tomllib
from pathlib import Path

import pytest
from django.urls import resolve
from playwright.sync_api import Page, Route

from tests.browser.conftest import watch
from tests.browser.pages import STOPS

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# measured after a turn of the page's own loop, so that everything it had to say has been said
WIDTH = "new Promise((done) => setTimeout(() => done(document.documentElement.scrollWidth), 0))"
NOT_PAGES = {
    "livez",
    "service_worker",
    "web_manifest",
    "readyz",
    "accounts:office_door",
    "stations:station_photo",
    "stations:station_timetable",
    "stations:division_timetable",
    "stations:embed_list",
    "stations:station_map",  # asks others for its pictures; its own story answers them
    "demo:ca_certificate",
}
STRANGER = "http://stranger.invalid/pixel.png"
INLINE = "<script>document.title = 'never'</script>"


def plant(page: Page, address: str, html: str, *, keeps_policy: bool) -> None:
    """Add text to the end of one page, under the policy it is served with or under none."""

    def answer(route: Route) -> None:
        response = route.fetch()
        drops = {"content-encoding", "content-length"}
        drops |= set() if keeps_policy else {"content-security-policy"}
        headers = {name: text for name, text in response.headers.items() if name not in drops}
        route.fulfill(body=response.text() + html, headers=headers)

    page.route(address, answer)
    page.route(STRANGER, lambda route: route.abort())


def test_walk_stops_at_every_public_page():
    table = tomllib.loads(Path("config/authz.toml").read_text(encoding="utf-8"))
    public = {
        name
        for name, methods in table["route"].items()
        if "anonymous" in methods.get("GET", {}).get("roles", [])
        if not name.startswith("api:")
    }

    walked = {
        resolve(stop.path.partition("?")[0]).view_name
        for stop in STOPS.values()
        if stop.status != 404
    }

    assert walked == public - NOT_PAGES


@pytest.mark.parametrize("text", ["normal", "large"])
def test_public_pages_are_quiet_and_fit_the_phone(phone, address, text):
    page = phone()
    wrong = []

    for name, stop in STOPS.items():
        page.context.add_cookies([{"name": "nx_text", "value": text, "url": address}])
        response = page.goto(f"{address}{stop.path}")
        if response.status != stop.status:
            wrong.append(f"{name}: status {response.status}")
        if (width := page.evaluate(WIDTH)) > 360:
            wrong.append(f"{name}: {width} px wide")

    assert wrong == []


@pytest.mark.parametrize(
    ("html", "keeps_policy", "fault"),
    [
        (INLINE, True, "policy violated: script-src-elem by inline"),
        (f'<img src="{STRANGER}" alt="">', True, "policy violated: img-src"),
        (f'<img src="{STRANGER}" alt="">', False, f"off-origin: {STRANGER}"),
        ("<script>console.error('ouch')</script>", False, "console: ouch"),
        ("<script>throw new Error('ouch')</script>", False, "exception: .*ouch"),
    ],
)
def test_watch_sees_a_page_that_misbehaves(open_page, address, html, keeps_policy, fault):
    page = open_page()
    faults = watch(page, address)
    plant(page, f"{address}/", html, keeps_policy=keeps_policy)

    page.goto(f"{address}/")
    page.evaluate(WIDTH)

    assert re.search(fault, "\n".join(faults))


def test_width_of_a_page_that_is_too_wide_is_seen(open_page, address):
    page = open_page()
    plant(page, f"{address}/", '<table width="500"><td>x</td></table>', keeps_policy=True)

    page.goto(f"{address}/")

    assert page.evaluate(WIDTH) > 360
