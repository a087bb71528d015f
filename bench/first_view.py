"""The cold first page on a cheap phone: bytes, requests, and when the largest text stands.

The demo is served by granian as in production, on its own port; Chromium at 360 px, cache empty,
CPU four times slower, 400 kb/s with 150 ms round trips. The page with a position is measured too.
"""

from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, CDPSession, Page

from bench._chromium import chromium
from bench._demo import demo_server

ROOT = Path(__file__).resolve().parents[1]
KEQIAO = "/?lat=30.0760&lon=120.4880"
_LCP = """() => new Promise(done => {
  new PerformanceObserver(list => { const e = list.getEntries(); done(e[e.length - 1].startTime); })
    .observe({type: 'largest-contentful-paint', buffered: true});
  setTimeout(() => done(-1), 4000);
})"""


def run(*, seed: int = 0, runs: int = 5) -> dict[str, Any]:
    """Measure the cold first page and the page with a position, ``runs`` times each.

    Parameters
    ----------
    seed
        Accepted for the common interface; nothing here is drawn.
    runs
        Cold loads of each page; medians are reported, the largest transfer is kept.

    Returns
    -------
    dict
        ``transferred_kb``, ``requests``, ``third_party``, ``lcp_ms`` of the first page, the same
        with the suffix ``_with_position``, and ``usable_without_js``.
    """
    with demo_server(KEQIAO) as address, chromium() as browser:
        first = [_load(browser, address, "/") for _ in range(runs)]
        placed = [_load(browser, address, KEQIAO) for _ in range(runs)]
        usable = _cards_without_js(browser, address)
    figures = _summary(first, "")
    return (
        figures
        | _summary(placed, "_with_position")
        | {"usable_without_js": usable, "runs": runs, "seed": seed}
    )


def _summary(loads: list[dict[str, float]], suffix: str) -> dict[str, Any]:
    middle = sorted(load["lcp_ms"] for load in loads)[len(loads) // 2]
    return {
        f"transferred_kb{suffix}": round(max(load["bytes"] for load in loads) / 1024, 1),
        f"requests{suffix}": int(max(load["requests"] for load in loads)),
        f"third_party{suffix}": int(max(load["third_party"] for load in loads)),
        f"lcp_ms{suffix}": round(middle),
    }


def _load(browser: Browser, address: str, path: str) -> dict[str, float]:
    context = browser.new_context(viewport={"width": 360, "height": 740}, device_scale_factor=2)
    page = context.new_page()
    session = context.new_cdp_session(page)
    _slow_down(session)
    seen = {"bytes": 0.0, "requests": 0.0, "third_party": 0.0}
    session.on("Network.requestWillBeSent", lambda event: _count(seen, event, address))
    session.on("Network.loadingFinished", lambda event: _add(seen, event))
    page.goto(address + path, wait_until="load")
    seen["lcp_ms"] = float(page.evaluate(_LCP))
    context.close()
    return seen


def _count(seen: dict[str, float], event: dict[str, Any], address: str) -> None:
    url = event["request"]["url"]
    if not url.startswith("data:"):
        seen["requests"] += 1
        seen["third_party"] += not url.startswith(address)


def _add(seen: dict[str, float], event: dict[str, Any]) -> None:
    seen["bytes"] += event["encodedDataLength"]


def _slow_down(session: CDPSession) -> None:
    session.send("Network.enable")
    session.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    kilobits = 400 * 1000 / 8
    session.send(
        "Network.emulateNetworkConditions",
        {
            "offline": False,
            "latency": 150,
            "downloadThroughput": kilobits,
            "uploadThroughput": kilobits,
        },
    )


def _cards_without_js(browser: Browser, address: str) -> bool:
    context = browser.new_context(viewport={"width": 360, "height": 740}, java_script_enabled=False)
    page: Page = context.new_page()
    page.goto(address + KEQIAO)
    is_usable = page.locator("article.card").count() > 0
    context.close()
    return is_usable
