"""The map page: how large its HTML is and how long the server works for it and its data, warm.

Peer: the same places, belt, counties and roads drawn by plain Folium (GeoJson layers with tooltips, data inlined),
rendered for each view as its documentation shows. Both in one process, in turn; medians; the machine is shared.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import folium

from app import create_app
from benchmarks.timing import interleaved
from config import ROOT, Settings
from models.database import Database
from services.dataset.loading import load
from services.dataset.places import LoadSettings

HTML_LIMIT_KB = 300
SERVER_LIMIT_MS = 60


def run() -> None:
    """Print sizes and medians, and the ratio to plain Folium."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(instance_path=Path(folder), database_url=f"sqlite:///{folder}/bench.sqlite")
        database = Database(settings.resolved_database_url, busy_timeout_s=10)
        database.migrate()
        load_settings = LoadSettings(settings.belt_width_m, settings.county_cache)
        load(database, ROOT / "data" / "base", origin="base", actor="benchmark", settings=load_settings)
        client = create_app(settings).test_client()
        drawn = client.get("/api/v1/map").get_json()
        page = client.get("/").get_data()

        def ours() -> None:
            client.get("/").get_data()
            client.get("/api/v1/map").get_data()

        def only_page() -> None:
            client.get("/").get_data()

        def panel() -> None:
            client.get("/api/v1/places/yingtan-gaoxin").get_data()

        def peer() -> None:
            plain_folium(drawn)

        took = interleaved({"ours": ours, "page": only_page, "panel": panel, "peer": peer})
        database.dispose()
    ratio = took["peer"].median_s / took["ours"].median_s
    print(f"map HTML without libraries: {len(page) / 1000:.1f} kB (limit {HTML_LIMIT_KB} kB)")
    print(f"map data (JSON): {len(client.get('/api/v1/map').get_data()) / 1000:.0f} kB")
    print(f"server time, / and its data, warm: {took['ours'].median_ms:.1f} ms (limit {SERVER_LIMIT_MS} ms)")
    print(f"server time, / alone, warm: {took['page'].median_ms:.1f} ms", end="")
    print(f"; a place's panel: {took['panel'].median_ms:.1f} ms")
    print(f"plain Folium with the same layers: {took['peer'].median_ms:.1f} ms → {ratio:.0f} × ours")


def plain_folium(drawn: dict[str, Any]) -> str:
    """The same layers as Folium's documentation draws them."""
    drawn_map = folium.Map(location=(28.27, 117.08), zoom_start=10, tiles=None)
    for name, collection in drawn["geometry"].items():
        if not collection["features"]:
            continue
        fields = [key for key in collection["features"][0]["properties"] if key != "on_belt"]
        tooltip = folium.GeoJsonTooltip(fields) if fields else None
        folium.GeoJson(collection, name=name, tooltip=tooltip).add_to(drawn_map)
    folium.LayerControl().add_to(drawn_map)
    return str(drawn_map.get_root().render())
