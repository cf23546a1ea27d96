"""What journeys over the gaps share: the worked example inside the demonstration, and what the map has to show."""

from __future__ import annotations

import json
from datetime import date
from typing import Any
from urllib.request import urlopen

from playwright.sync_api import Page

from tests.journeys.browsing import kinds_on_the_map, marked_places

TODAY = date(2026, 11, 21)
SEVERITY = ("fill", "secure", "strengthen", "extend", "sound", "unverified")
# the worked example of DESIGN section 4 inside the demonstration: A supplies B with cathode copper, 30 minutes away
A, B, C, CATHODE, WIRE = "demo-a", "demo-b", "demo-c", "CU-CATH", "CU-MAG"
A_NAME, B_NAME = "示例青铜经开区", "示例高新区"
FLOWS = """() => [...document.querySelectorAll("#map .flow")].map((flow) => flow.dataset.flow)"""


def overlay_of(server: str, radius: str = "own", chain: str = "CU") -> dict[str, Any]:
    with urlopen(f"{server}/api/v1/gaps/overlay?chain={chain}&radius={radius}") as answer:
        return json.load(answer)  # type: ignore[no-any-return]


def expected_kinds(overlay: dict[str, Any], node: str | None = None) -> dict[str, str]:
    """place → what its mark has to show."""
    codes = [one["code"] for one in overlay["nodes"]]
    result = {}
    for place in overlay["places"]:
        told = place["kinds"] if node is None else place["kinds"][codes.index(node)]
        kinds = {overlay["kinds"][int(character)] for character in told if character != "."}
        result[place["code"]] = next((kind for kind in SEVERITY if kind in kinds), "silent")
    return result


def choose_radius(page: Page, radius: str) -> None:
    page.locator(f'[data-radius="{radius}"]').check(force=True)
    wait_for_radius(page, radius)


def wait_for_radius(page: Page, radius: str, chain: str = "CU") -> None:
    """Until the gaps of a radius are shown."""
    page.wait_for_selector(f'#onemap[data-gaps=ready][data-gaps-of="{chain}:{radius}"]')


def see_the_matrix_on_the_map(page: Page, overlay: dict[str, Any], node: str | None = None) -> None:
    """Every mark shows the kind of the JSON; a zone and who does not speak shows none."""
    expected = expected_kinds(overlay, node)
    shown = kinds_on_the_map(page)
    assert set(shown) == marked_places(page)
    assert {code: kind for code, kind in shown.items() if code in expected} == {
        code: expected[code] for code in shown if code in expected
    }
    assert {kind for code, kind in shown.items() if code not in expected} <= {"silent"}
    assert {A, B, C} <= set(shown)
