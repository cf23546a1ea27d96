"""The editor as a person uses it: the map by coordinates, the mouse, what the page holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page, expect

LonLat = tuple[float, float]


@dataclass(frozen=True)
class Editor:
    """The editor's page, opened and loaded."""

    page: Page

    def point(self, lonlat: LonLat) -> tuple[float, float]:
        """Where a place is on the screen, px."""
        box = self.page.locator("#map").bounding_box()
        assert box is not None
        x, y = self.page.evaluate(
            "([lon, lat]) => { const p = map_onemap.latLngToContainerPoint([lat, lon]); return [p.x, p.y]; }", lonlat
        )
        return box["x"] + x, box["y"] + y

    def look_at(self, lonlat: LonLat, zoom: int) -> None:
        self.page.evaluate(
            "([[lon, lat], zoom]) => map_onemap.setView([lat, lon], zoom, {animate: false})", [lonlat, zoom]
        )

    def click(self, lonlat: LonLat, *, beside: tuple[float, float] = (0, 0)) -> None:
        """Click at a place, or some px beside it."""
        x, y = self.point(lonlat)
        self.page.mouse.move(x + beside[0] + 20, y + beside[1] + 20)
        self.page.mouse.move(x + beside[0], y + beside[1])
        self.page.mouse.click(x + beside[0], y + beside[1])

    def drag(self, start: LonLat, end: LonLat, *, beside: tuple[float, float] = (0, 0), let_go: bool = True) -> None:
        (x, y), (to_x, to_y) = self.point(start), self.point(end)
        self.page.mouse.move(x, y)
        self.page.mouse.down()
        self.page.mouse.move((x + to_x) / 2, (y + to_y) / 2)
        self.page.mouse.move(to_x + beside[0], to_y + beside[1])
        if let_go:
            self.page.mouse.up()

    def corners(self, key: str) -> list[LonLat]:
        """The corners of an outline's first ring, as the page holds them."""
        found: Any = self.page.evaluate("key => OneMap.edit.store.shape(key)[0][0]", key)
        return [(lon, lat) for lon, lat in found]

    def changed(self) -> list[str]:
        """The codes of what is to be saved."""
        found: list[str] = self.page.evaluate("Object.values(OneMap.edit.store.now().items).map((item) => item.code)")
        return sorted(found)

    @property
    def area_m2(self) -> float:
        """The live area."""
        return float(self.page.locator("[data-area]").get_attribute("data-square-metres") or "nan")

    def name(self, code: str, name: str) -> None:
        self.page.fill("[data-name]", name)
        self.page.fill("[data-code]", code)
        self.page.keyboard.press("Tab")

    def save(self) -> str:
        """Save; the address of the changeset's page."""
        self.page.click("[data-save-button]")
        self.page.wait_for_url("**/boundaries/changesets/*")
        return self.page.url

    def says(self, words: str) -> None:
        expect(self.page.locator("[data-edit-status]")).to_contain_text(words)


def open_editor(page: Page, address: str) -> Editor:
    page.goto(address)
    page.wait_for_selector("[data-editor][data-ready]")
    return Editor(page)
