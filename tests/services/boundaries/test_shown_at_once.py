"""What was published is what every server process shows next: map, gaps, exported file, though it kept the old ones."""

from __future__ import annotations

import json
import multiprocessing
from collections.abc import Iterator
from multiprocessing.connection import Connection
from typing import Any

import pytest
import shapely
from sqlalchemy import select

from domain.boundaries import Layer
from domain.gaps.inputs import Radius
from domain.gaps.reach import Network
from domain.words import Audience
from geo.network import DEFAULT_RULE
from models import Place
from models.database import Database
from services.export import map_file
from services.gaps.kept import gaps_of
from services.locations import current_boundaries
from services.map_data import map_data
from tests.services.boundaries.workbench import SIDE, TODAY, Workbench

Shown = dict[str, Any]


def shown(database: Database, park: str) -> Shown:
    """What one process answers."""
    with database.read() as session:
        data = map_data(session, as_of=TODAY, today=TODAY, approval_no=None)
        kept = gaps_of(session, as_of=TODAY, radius=Radius.of(45.0), audience=Audience.PUBLIC, rule=DEFAULT_RULE)
        html = map_file(session, as_of=TODAY, today=TODAY, chain=None, approval_no=None)  # some seconds
        features = data["geometry"]["places"]["features"]
        return {
            "outline": next(one["geometry"] for one in features if one["properties"]["code"] == park),
            "minutes": minutes_from(kept.inputs.internal.network, park),
            "revision": (kept.revision, data["revision"]),
            "file": html,
        }


def minutes_from(network: Network, park: str) -> dict[str, float]:
    pairs = network.pairs(Radius.of(45.0))
    own = pairs.buyer == network.index[park]
    return {network.places[at]: minutes for at, minutes in zip(pairs.supplier[own], pairs.minutes[own], strict=True)}


def serve(url: str, park: str, line: Connection) -> None:
    database = Database(url, busy_timeout_s=5)
    while line.recv() == "show":
        line.send(shown(database, park))


@pytest.fixture
def park(yingtan: Workbench) -> str:
    with yingtan.database.read() as session:
        return next(iter(current_boundaries(session, "parks", as_of=TODAY)))


@pytest.fixture
def worker(yingtan: Workbench, park: str) -> Iterator[Connection]:
    """Another server process over the same database, that answered once and remembers it."""
    ours, theirs = multiprocessing.Pipe()
    url = str(yingtan.database.url)
    yingtan.database.dispose()
    process = multiprocessing.get_context("fork").Process(target=serve, args=(url, park, theirs))
    process.start()
    theirs.close()
    yield ours
    ours.send("stop")
    process.join()


def test_a_published_boundary_shows_at_once_in_every_process(yingtan: Workbench, park: str, worker: Connection) -> None:
    worker.send("show")
    before: Shown = worker.recv()
    parks = yingtan.on(layer=Layer.PARKS)
    with yingtan.database.read() as session:
        county = session.scalars(select(Place.county_code).where(Place.code == park)).one()
        at = current_boundaries(session, "counties", as_of=TODAY)[county].geometry.representative_point()
    moved = shapely.MultiPolygon([shapely.box(at.x, at.y, at.x + SIDE, at.y + SIDE)])

    parks.put(park, moved)

    worker.send("show")
    after: Shown = worker.recv()
    assert after["outline"]["coordinates"] != before["outline"]["coordinates"]
    corners = {(round(x, 4), round(y, 4)) for x, y in moved.geoms[0].exterior.coords}
    assert {(round(x, 4), round(y, 4)) for x, y in after["outline"]["coordinates"][0]} == corners
    assert after["minutes"] != before["minutes"], "the gaps reckon from the new place"
    assert after["revision"] == tuple(number + 1 for number in before["revision"])
    assert json.dumps(after["outline"]["coordinates"], separators=(",", ":")) in after["file"]
