"""The map's shell, drawn by Folium: panes, empty layer groups, scale, zoom and an optional base map.

No text of ours or of users enters a Folium or branca object: branca compiles rendered script as a template a second
time (docs/adr/0003). Folium gets numbers, enumerated keys and, when the settings name one, a checked tile address.
Everything people read reaches the page as JSON and is put there by `textContent`.

The boundary here is Folium's: coordinates are lat/lon, degrees, WGS84 as the web map draws them.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

import folium
from branca.element import CssLink, Figure, JavascriptLink
from folium.map import CustomPane
from folium.raster_layers import TileLayer

__all__ = [
    "CONTROLLER_LINKS",
    "ExternalLinkError",
    "LayerKey",
    "MapOptions",
    "MapShell",
    "map_shell",
]


class LayerKey(StrEnum):
    """The layer groups of the map. Each is a Leaflet FeatureGroup in the page, named `feature_group_<key>`."""

    COUNTIES = "counties"
    NETWORK = "network"
    SECTIONS = "sections"
    BELT = "belt"
    ZONES = "zones"
    PARKS = "parks"
    STOPS = "stops"
    FLOWS = "flows"
    FACILITIES = "facilities"
    LABELS = "labels"


# Panes from the ground up: name → (z-index, whether it takes the pointer). Leaflet's own lie at 400 to 700.
PANES: dict[str, tuple[int, bool]] = {
    "onemap_counties": (310, False),
    "onemap_sections": (330, False),
    "onemap_network": (350, False),
    "onemap_soft": (370, False),
    "onemap_belt": (390, False),
    "onemap_outlines": (420, True),
    "onemap_stops": (440, False),
    "onemap_leaders": (450, False),
    "onemap_flows": (480, True),
    "onemap_facilities": (500, True),
    "onemap_marks": (520, True),
    "onemap_labels": (650, False),
}

VENDOR_JS: tuple[tuple[str, str], ...] = (("leaflet", "vendor/leaflet/leaflet.js"),)
VENDOR_CSS: tuple[tuple[str, str], ...] = (("leaflet_css", "vendor/leaflet/leaflet.css"),)
STYLE_LINKS: tuple[str, ...] = ("css/map.css", "css/gaps.css", "css/overlay.css")

# Our scripts: the first two set Leaflet's defaults and read the address before the map is made, the rest fill it.
PRELUDE_LINKS: tuple[str, ...] = ("js/onemap.js", "js/state_controller.js")
CONTROLLER_LINKS: tuple[str, ...] = (
    "js/source.js",
    "js/gaps.js",
    "js/glyphs.js",
    "js/gap_marks.js",
    "js/tip.js",
    "js/crowd.js",
    "js/marks.js",
    "js/labels.js",
    "js/names.js",
    "js/drawing.js",
    "js/flows.js",
    "js/facts.js",
    "js/gap_legend.js",
    "js/gap_panel.js",
    "js/panel_controller.js",
    "js/chain_controller.js",
    "js/layers_controller.js",
    "js/places_controller.js",
    "js/legend_controller.js",
    "js/search_controller.js",
    "js/view_controller.js",
    "js/gaps_controller.js",
    "js/map_controller.js",
)

_KEY = re.compile(r"[a-z][a-z0-9_]*")
_TILE_ADDRESS = re.compile(
    r"https?://[A-Za-z0-9.-]+(?::[0-9]{1,5})?/(?:[A-Za-z0-9._~/?&=:@%+,;-]|\{(?:z|x|y|-y|s|r)\})*"
)
_ADDRESS = re.compile(r"(?:https?:)?//[^\s\"'<>\\)]+", re.IGNORECASE)
_CONTAINER_ID = "map"


class ExternalLinkError(RuntimeError):
    """The shell would have asked another host for something. `addresses` names what."""

    def __init__(self, addresses: tuple[str, ...]) -> None:
        super().__init__("the map would load from outside: " + ", ".join(addresses))
        self.addresses = addresses


@dataclass(frozen=True, slots=True)
class MapOptions:
    """What a shell may differ in: numbers, keys, and the tile address of the settings.

    center_lat, center_lon: degrees, where the map stands until the data say better.
    layers: layer groups from the ground up.
    tile_url: XYZ address with {z}, {x}, {y}; None draws our own vector layers only.

    Raises ValueError for a key that is no key, a number that is none, an address that is no tile address.
    """

    map_id: str = "onemap"
    center_lat: float = 28.27
    center_lon: float = 117.08
    zoom: int = 10
    min_zoom: int = 8
    max_zoom: int = 17
    layers: tuple[LayerKey, ...] = tuple(LayerKey)
    tile_url: str | None = None

    def __post_init__(self) -> None:
        _checked_key(self.map_id)
        for layer in self.layers:
            if _checked_key(layer) not in set(LayerKey):
                raise ValueError(f"no such layer: {layer!r}")
        if len(set(self.layers)) != len(self.layers):
            raise ValueError("a layer is named twice")
        for number in (self.center_lat, self.center_lon, self.zoom, self.min_zoom, self.max_zoom):
            if isinstance(number, bool) or not isinstance(number, int | float) or not math.isfinite(number):
                raise ValueError(f"not a number: {number!r}")
        if not (-90 <= self.center_lat <= 90 and -180 <= self.center_lon <= 180):
            raise ValueError("the centre lies outside the earth")
        if not 0 <= self.min_zoom <= self.zoom <= self.max_zoom <= 22:
            raise ValueError("zoom levels run from min_zoom over zoom to max_zoom, 0 to 22")
        if self.tile_url is not None:
            _checked_tile_url(self.tile_url)


@dataclass(frozen=True, slots=True)
class MapShell:
    """The pieces of a page that make the empty map.

    css_links, js_links, controller_links: paths under static/. Order on the page: css_links; html; js_links, then
    `script` (inline, wants the nonce), then controller_links.
    html: the container, `<div id="map">`. script: makes `window.map_onemap` and `window.feature_group_<layer>`.
    tile_url: the configured base map, the only outside address, or None.
    """

    css_links: tuple[str, ...]
    js_links: tuple[str, ...]
    controller_links: tuple[str, ...]
    html: str
    script: str
    tile_url: str | None


class _Map(folium.Map):
    """Folium's map with this project's own libraries: its other defaults (jquery, bootstrap, marker fonts) serve
    popups, icons and layer controls, and the shell has none of them."""

    def __init__(self, options: MapOptions) -> None:
        super().__init__(
            location=[float(options.center_lat), float(options.center_lon)],
            zoom_start=options.zoom,
            tiles=None,
            control_scale=True,
            zoom_control="topright",
            attributionControl=False,
            minZoom=options.min_zoom,
            maxZoom=options.max_zoom,
            zoomSnap=0.25,
            zoomDelta=0.5,
            wheelPxPerZoomLevel=120,
        )
        # of this object, not of the class: Folium's add_js_link changes the list it finds
        self.default_js = list(VENDOR_JS)
        self.default_css = list(VENDOR_CSS)
        self._id = options.map_id


@lru_cache(maxsize=8)
def map_shell(options: MapOptions) -> MapShell:
    """Draw the empty map once per process and set of options.

    Raises ExternalLinkError when anything but the tile address would be fetched from another host.

    >>> shell = map_shell(MapOptions())
    >>> shell.html
    '<div class="folium-map" id="map"></div>'
    >>> "var map_onemap = L.map(" in shell.script
    True
    """
    return _fragments(_draw(options), tile_url=options.tile_url)


def _draw(options: MapOptions) -> _Map:
    """The map as Folium objects."""
    drawn = _Map(options)
    for name, (z_index, takes_pointer) in PANES.items():
        pane = CustomPane(_checked_key(name), z_index=z_index, pointer_events=takes_pointer)
        pane._id = name
        drawn.add_child(pane)
    if options.tile_url is not None:
        tiles = TileLayer(
            tiles=_checked_tile_url(options.tile_url),
            attr="basemap",  # Folium wants one; the attribution people read is in the notices
            name="basemap",
            min_zoom=options.min_zoom,
            max_zoom=options.max_zoom,
            control=False,
        )
        tiles._id = "basemap"
        drawn.add_child(tiles)
    for layer in options.layers:
        group = folium.FeatureGroup(name=_checked_key(layer), control=False)
        group._id = _checked_key(layer)
        drawn.add_child(group)
    return drawn


def _fragments(drawn: folium.Map, *, tile_url: str | None = None) -> MapShell:
    """Render the figure and take it apart; the links are ours or the render fails."""
    figure = drawn.get_root()
    if not isinstance(figure, Figure):
        raise TypeError("a map that is drawn stands in a figure")
    figure.render()
    js_links: list[str] = []
    css_links: list[str] = []
    for element in figure.header._children.values():
        if isinstance(element, JavascriptLink):
            js_links.append(element.url)
        elif isinstance(element, CssLink):
            css_links.append(element.url)
    # the rest of the header (viewport, full-page styles) is for a page of Folium's own; ours has base.css and map.css
    html = "".join(element.render() for element in figure.html._children.values()).strip()
    script = "\n".join(element.render().strip() for element in figure.script._children.values())
    script = "\n".join(line.rstrip() for line in script.splitlines() if line.strip())

    name = drawn.get_name()
    html = _replaced_once(html, f'id="{name}" >', f'id="{_CONTAINER_ID}">')
    script = _replaced_once(script, f'"{name}"', f'"{_CONTAINER_ID}"')

    allowed = () if tile_url is None else (tile_url, tile_url.replace("&", "\\u0026"))
    remaining = script
    for address in allowed:
        remaining = remaining.replace(address, "")
    outside = [found for text in (html, remaining, *js_links, *css_links) for found in _ADDRESS.findall(text)]
    if outside:
        raise ExternalLinkError(tuple(outside))
    return MapShell(
        css_links=(*css_links, *STYLE_LINKS),
        js_links=(*js_links, *PRELUDE_LINKS),
        controller_links=CONTROLLER_LINKS,
        html=html,
        script=script,
        tile_url=tile_url,
    )


def _checked_key(key: str) -> str:
    """A key as plain text, or ValueError: keys become names in script."""
    if not isinstance(key, str) or not _KEY.fullmatch(str(key)):
        raise ValueError(f"not a key: {key!r}")
    return str(key)


def _checked_tile_url(tile_url: str) -> str:
    """The tile address, or ValueError: it is the only text from outside that Folium sees."""
    if not isinstance(tile_url, str) or not _TILE_ADDRESS.fullmatch(tile_url):
        raise ValueError(f"not a tile address: {tile_url!r}")
    if not all(mark in tile_url for mark in ("{z}", "{x}")) or not ("{y}" in tile_url or "{-y}" in tile_url):
        raise ValueError("a tile address holds {z}, {x} and {y}")
    return tile_url


def _replaced_once(text: str, old: str, new: str) -> str:
    """`text` with its only `old` replaced; anything else means that Folium draws differently than it did."""
    if text.count(old) != 1:
        raise RuntimeError(f"Folium's output has {old!r} {text.count(old)} times, not once")
    return text.replace(old, new)
