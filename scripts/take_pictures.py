"""Take the pictures of docs/pictures from servers over the base and the demonstration dataset. usage: make pictures"""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright
from werkzeug.serving import make_server

from app import create_app
from config import ROOT, Settings
from models.database import Database
from scripts import boundary_pictures
from services.dataset.loading import load
from services.dataset.places import LoadSettings
from services.demo.loading import load as load_demo
from services.demo.parameters import DemoParameters

OUT = ROOT / "docs" / "pictures"
BASE = ROOT / "data" / "base"
ARGUMENTS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
    "--disable-sync",
]  # fmt: skip
WIDTHS = {1440: 900, 390: 844}
PICTURES = {
    "map-light": "/",
    "map-wall": "/?theme=wall&chain=CU",
    "map-print": "/?theme=print",
    "map-place": "/?place=yingtan-gaoxin",
    "map-chain": "/?chain=CU",
    "map-en": "/en/",
    "parks": "/parks",
    "park": "/parks/yingtan-gaoxin",
    "chain": "/chains/CU",
    "policy": "/policies/鹰府发〔2014〕19号",
    "targets": "/targets",
    "gaps": "/gaps?chain=CU",
}
DEMO_PICTURES = {
    "demo-park-only": "/?chain=CU&radius=0",
    "demo-region": "/?chain=CU&radius=45",
    "demo-flows": "/?chain=CU&radius=45&node=CU-CATH&place=demo-b",
    "demo-wall": "/?chain=CU&radius=45&theme=wall",
    "demo-graph": "/chains/CU?place=demo-b&radius=45",
    "demo-gaps": "/gaps?chain=CU&radius=45",
    "demo-what-if": "/gaps/what-if?chain=CU&radius=45&land=demo-b:CU-MAG:8:60",
    "demo-designations": "/gaps/designations",
}


def main() -> None:
    """One picture a page and width: of the base dataset, and of the demonstration dataset."""
    OUT.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
        _take_all(browser, _load_base, PICTURES)
        _take_all(browser, _load_demo, DEMO_PICTURES)
        boundary_pictures.take_all(browser, OUT)
        browser.close()


def _take_all(browser: Browser, fill: Callable[[Database, Settings], object], pictures: dict[str, str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(instance_path=Path(folder), database_url=f"sqlite:///{folder}/pictures.sqlite")
        database = Database(settings.resolved_database_url, busy_timeout_s=10)
        database.migrate()
        fill(database, settings)
        server = make_server("127.0.0.1", 0, create_app(settings), threaded=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        for name, address in pictures.items():
            for width, height in WIDTHS.items():
                _take(browser, f"http://127.0.0.1:{server.server_port}{address}", name, width, height)
        server.shutdown()
        database.dispose()


def _load_base(database: Database, settings: Settings) -> None:
    load_settings = LoadSettings(settings.belt_width_m, settings.county_cache)
    load(database, BASE, origin="base", actor="pictures", settings=load_settings)


def _load_demo(database: Database, settings: Settings) -> None:
    load_demo(database, DemoParameters(), base=BASE, belt_width_m=settings.belt_width_m, actor="pictures")


def _take(browser: Browser, url: str, name: str, width: int, height: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": height}, reduced_motion="reduce")
    page.goto(url, wait_until="networkidle")
    if name.startswith("map"):
        page.wait_for_selector("[data-place]", state="attached")
    target = OUT / f"{name}-{width}.png"
    page.screenshot(path=str(target))
    page.close()
    print(target.relative_to(ROOT))


if __name__ == "__main__":
    main()
