"""Take the pictures of docs/pictures from a server over the base dataset. usage: make pictures"""

from __future__ import annotations

import tempfile
import threading
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright
from werkzeug.serving import make_server

from app import create_app
from config import ROOT, Settings
from models.database import Database
from services.dataset.loading import load
from services.dataset.places import LoadSettings

OUT = ROOT / "docs" / "pictures"
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
}


def main() -> None:
    """One picture a page and width."""
    OUT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(instance_path=Path(folder), database_url=f"sqlite:///{folder}/pictures.sqlite")
        database = Database(settings.resolved_database_url, busy_timeout_s=10)
        database.migrate()
        load_settings = LoadSettings(settings.belt_width_m, settings.county_cache)
        load(database, ROOT / "data" / "base", origin="base", actor="pictures", settings=load_settings)
        server = make_server("127.0.0.1", 0, create_app(settings), threaded=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
            for name, address in PICTURES.items():
                for width, height in WIDTHS.items():
                    _take(browser, f"http://127.0.0.1:{server.server_port}{address}", name, width, height)
            browser.close()
        server.shutdown()
        database.dispose()


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
