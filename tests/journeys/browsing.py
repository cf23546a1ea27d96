"""The browser of the journeys: one for the whole run, its network closed, and every fault of a page counted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Dialog, Locator, Page, Request, Route, expect, sync_playwright

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
WIDE = (1440, 900)
PHONE = (390, 844)
TELLS_REFUSALS = """
document.addEventListener("securitypolicyviolation", (event) =>
  console.error("content policy: " + event.violatedDirective + " refused " + (event.blockedURI || event.sourceFile)));
"""
expect.set_options(timeout=20_000)
_BROWSER = pytest.StashKey[Browser]()


def shared_browser(config: pytest.Config) -> Browser:
    """The one browser of the run; it ends with it. Playwright bears only one in a process."""
    if _BROWSER not in config.stash:
        playwright = sync_playwright().start()
        config.add_cleanup(playwright.stop)
        config.stash[_BROWSER] = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
    return config.stash[_BROWSER]


@contextmanager
def watched_page(
    browser: Browser, origin: str, size: tuple[int, int] = WIDE, *, refusals: tuple[int, ...] = ()
) -> Iterator[Page]:
    """A page that reaches nothing but `origin` (the address of a server, or of one file).

    At the end: nothing else was asked for, no fault on the console, no refusal by the content policy, no dialog.
    `refusals`: statuses the server is meant to answer, of which the console may tell.
    """
    faults: list[str] = []
    context = browser.new_context(
        base_url=origin,
        viewport={"width": size[0], "height": size[1]},
        locale="zh-CN",
        reduced_motion="reduce",
        offline=origin.startswith("file:"),
    )
    allowed = re.compile(rf"{re.escape(origin)}(?:[/?#]|$)|data:")

    def note_request(request: Request) -> None:
        if not allowed.match(request.url):
            faults.append(f"asked for {request.url}")

    def note_message(message: ConsoleMessage) -> None:
        is_meant = any(f"responded with a status of {status} " in message.text for status in refusals)
        if message.type in {"error", "warning"} and not is_meant:
            faults.append(f"{message.type}: {message.text}")

    def note_dialog(dialog: Dialog) -> None:
        faults.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def close(route: Route) -> None:
        route.abort()

    context.route(re.compile(rf"^(?!{allowed.pattern})"), close)
    context.add_init_script(TELLS_REFUSALS)
    context.on("request", note_request)
    context.on("console", note_message)
    context.on("dialog", note_dialog)
    context.on("weberror", lambda error: faults.append(f"error: {error.error}"))
    page = context.new_page()
    page.set_default_timeout(60_000)  # other tests run beside
    try:
        yield page
    finally:
        context.close()
    assert faults == []


def open_map(page: Page, address: str = "/") -> Page:
    """The map, drawn; and, when the address names a place, with its panel filled."""
    page.goto(address)
    page.wait_for_selector("#onemap[data-ready]")
    if "place=" in address:
        filled_panel(page)
    return page


def filled_panel(page: Page) -> Locator:
    """The panel once its place has come."""
    page.wait_for_selector("#panel:not([hidden]):not([aria-busy]) #panel-title")
    return page.locator("#panel")


def wait_for_gaps(page: Page, status: str = "ready") -> None:
    """Until the gaps of the chosen chain have come (or: are missing, have failed)."""
    page.wait_for_selector(f"#onemap[data-gaps={status}]")


def kinds_on_the_map(page: Page) -> dict[str, str]:
    """place → the kind its mark shows: the most serious, or that of the chosen node; silent: nothing to tell."""
    marks = page.eval_on_selector_all(
        "#map .mark--place[data-kind]", "marks => marks.map((mark) => [mark.dataset.place, mark.dataset.kind])"
    )
    return dict(marks)


def mark(page: Page, code: str) -> Locator:
    """The mark of a place on the map (its label names the place too)."""
    return page.locator(f'#map .mark--place[data-place="{code}"]')


def marked_places(page: Page) -> set[str]:
    """The places that have a mark."""
    return set(page.eval_on_selector_all("#map .mark--place", "marks => marks.map((mark) => mark.dataset.place)"))


def named_places(page: Page) -> set[str]:
    """The places whose name stands on the map now."""
    names = "labels => labels.map((label) => label.dataset.place)"
    return set(page.eval_on_selector_all("#map .label[data-place]:not(.label--out)", names))


def legend_keys(page: Page) -> set[str]:
    """What the legend explains."""
    return set(page.eval_on_selector_all("[data-legend-item]", "items => items.map((item) => item.dataset.legendItem)"))


def tab_to(page: Page, target: Locator, most: int = 150) -> None:
    """Reach an element with the Tab key alone."""
    for _ in range(most):
        if target.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    expect(target).to_be_focused()


def scrolls_sideways(page: Page) -> bool:
    """Whether the page can be pushed to the side."""
    return bool(
        page.evaluate(
            """() => {
              window.scrollTo(10000, 0);
              const moved = window.scrollX > 0;
              window.scrollTo(0, 0);
              return moved || document.documentElement.scrollWidth > window.innerWidth;
            }"""
        )
    )


def out_of_reach(page: Page) -> list[str]:
    """Links, buttons and fields that lie beside the screen, outside everything that scrolls."""
    found: list[str] = page.evaluate(
        """() => [...document.querySelectorAll("a[href], button, input, select, summary")]
          .filter((element) => element.checkVisibility({visibilityProperty: true}) && !element.matches(".skip"))
          .filter((element) => {
            for (let box = element.parentElement; box && box !== document.body; box = box.parentElement) {
              const scrolls = /auto|scroll/.test(getComputedStyle(box).overflowX);
              if (scrolls && box.scrollWidth > box.clientWidth) return false;
            }
            const rect = element.getBoundingClientRect();
            return rect.width > 0 && (rect.left < -1 || rect.right > window.innerWidth + 1);
          })
          .map((element) => element.outerHTML.slice(0, 120))"""
    )
    return found


def file_origin(path: Path) -> str:
    """The address of a file, as the browser opens it from disk."""
    return path.resolve().as_uri()


def wait_for_day(page: Page, day: str) -> None:
    """Until the map shows the data of a day."""
    expect(page.locator("[data-shown-date]")).to_contain_text(day)
