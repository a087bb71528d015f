"""No finding of axe on any public page, in any language, colours and size of text."""

from collections.abc import Callable
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Page

from nuanxin.unions.models import Union
from tests.accounts.sms import NAME, Inbox
from tests.browser.pages import OWN, STOPS
from tests.stations.page_world import NEAR
from tests.workers import people
from tests.workers.joining_world import UNION, session_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

AXE = Path(__file__).resolve().parents[2] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
COLOURS: tuple[Literal["light", "dark"], ...] = ("light", "dark")
# every rule of axe, also the ones it leaves off for being young, but for those of level AAA
RUN = """
async () => {
  for (const details of document.querySelectorAll("details")) details.open = true;
  const rules = {};
  for (const { ruleId, tags } of axe.getRules()) {
    rules[ruleId] = { enabled: !tags.some((tag) => /^wcag2\\d*aaa$|^experimental$/.test(tag)) };
  }
  const { violations } = await axe.run(document, { rules, resultTypes: ["violations"] });
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
}
"""
PLANTED = """
document.querySelector("main").insertAdjacentHTML("beforeend", `
  <img src="data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA=">
  <p id="by-day">faint by day</p><p id="by-night">faint by night</p>
  <a class="tiny" href="/a/">a</a><a class="tiny" href="/b/">b</a>`);
document.querySelector("#by-day").style.background = "#333";
document.querySelector("#by-night").style.background = "#ddd";
for (const link of document.querySelectorAll(".tiny")) link.style.fontSize = "8px";
"""


@pytest.fixture
def reader(open_page: Callable[..., Page], address: str) -> Callable[..., Page]:
    """Return a function that gives a page whose reader chose language and size of text."""

    def chosen(language: str = "zh-hans", text: str = "normal") -> Page:
        # the policy is held by the walk; here it would keep axe itself out
        page = open_page(bypass_csp=True)
        cookies = {"nx_lang": language, "nx_text": text}
        page.context.add_cookies(
            [{"name": name, "value": value, "url": address} for name, value in cookies.items()]
        )
        return page

    return chosen


def findings(page: Page) -> list[str]:
    """Return what axe finds, first by day, then by night."""
    page.wait_for_load_state()
    page.add_script_tag(path=AXE)
    found = []
    for colours in COLOURS:
        page.emulate_media(color_scheme=colours)
        found += [f"{colours}: {finding}" for finding in page.evaluate(RUN)]
    return found


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_axe_finds_nothing_on_the_map(reader, address, language):
    page = reader(language)
    page.route("https://t*.tiles.example/**", lambda route: route.fulfill(body=b""))
    for query in ("", f"?{NEAR}"):
        page.goto(f"{address}/map/{query}")
        page.locator(".leaflet-marker-icon").first.wait_for()

        assert findings(page) == []


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("text", ["normal", "large"])
def test_axe_finds_nothing_on_any_page(reader, address, language, text):
    page = reader(language, text)
    found = []

    for name, stop in STOPS.items():
        page.goto(f"{address}{stop.path}")
        found += [f"{name}: {finding}" for finding in findings(page)]

    assert not found, "\n".join(found)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_axe_finds_nothing_on_the_pages_of_a_worker(reader, address, language):
    worker = people.member(1, Union.objects.get(code=UNION)).worker
    page = reader(language)
    page.context.add_cookies([{"name": "sessionid", "value": session_of(worker), "url": address}])
    found = []

    for path in OWN:
        assert page.goto(f"{address}{path}").url == f"{address}{path}"
        found += [f"{path}: {finding}" for finding in findings(page)]
    page.goto(f"{address}/me/export/")
    page.locator("button[value=page]").click()
    found += [f"export: {finding}" for finding in findings(page)]

    assert not found, "\n".join(found)


def test_axe_finds_nothing_on_the_second_step_of_joining(reader, address, settings):
    settings.SMS_BACKEND = NAME
    page = reader()
    page.goto(f"{address}/join/{UNION}/")
    page.locator("input[name=phone]").fill("13800000001")
    page.locator("button[type=submit]").first.click()
    page.locator("input[name=code]").wait_for()
    found = findings(page)
    page.locator("input[name=code]").fill(Inbox.last_code())
    page.locator("button[type=submit]").first.click()
    page.locator("input[name=number]").wait_for()

    assert found + findings(page) == []


def test_axe_finds_nothing_on_a_refused_sign_in(reader, address):
    page = reader()
    page.goto(f"{address}/office/sign-in/")
    page.locator("input[name=username]").fill("nobody")
    page.locator("input[name=password]").fill("nothing")

    page.locator("main button").click()
    page.locator(".errorlist").wait_for()

    found = findings(page)

    assert not found, "\n".join(found)


def test_axe_finds_what_is_planted(reader, address):
    page = reader()
    page.goto(f"{address}/")
    page.evaluate(PLANTED)

    found = findings(page)

    assert {finding.partition(": <")[0] for finding in found} == {
        f"{colours}: {rule}"
        for colours in COLOURS
        for rule in ("image-alt", "color-contrast", "target-size")
    }
    assert [finding.partition(" style")[0] for finding in found if "faint" in finding] == [
        'light: color-contrast: <p id="by-day"',
        'dark: color-contrast: <p id="by-night"',
    ]
