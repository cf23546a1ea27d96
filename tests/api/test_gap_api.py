"""JSON of chain gaps: what-if, designation against reality, and what the public may not learn from any of it."""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook

from app import create_app
from config import Settings
from domain.disclosure import size_class
from models.database import Database
from tests.conftest import COUNTIES
from tests.gap_world import TODAY, World

DAY = TODAY.isoformat()
WHAT_IF = f"/api/v1/whatif?chain=CU&radius=45&as_of={DAY}"
ROD = "yujiang-like:CU-ROD:5:30"
Make = Callable[..., FlaskClient]


@pytest.fixture
def make(_migrated_file: Path, tmp_path: Path) -> Iterator[Make]:
    """A client over the worked example in a database of its own, 漆包线 at 余江 being of some capacity; and of that of
    a second firm `beside` it."""
    opened: list[Database] = []

    def client(
        name: str, capacity_yi_yuan: float, audience: Literal["public", "internal"], beside: float | None = None
    ) -> FlaskClient:
        folder = tmp_path / name
        folder.mkdir()
        shutil.copy(_migrated_file, folder / "onemap.sqlite")
        url = f"sqlite:///{folder / 'onemap.sqlite'}"
        database = Database(url, busy_timeout_s=5)
        world = World(database).build()
        world.set_capacity("yujiang-like", "CU-MAG", capacity_yi_yuan)
        if beside is not None:
            with database.write() as session:
                world.firm(session, "yujiang-like", "CU-MAG", code="beside", value=beside)
                world.changed(session)
        app = create_app(Settings(instance_path=folder, database_url=url, county_cache=COUNTIES, audience=audience))
        app.testing = True
        opened.extend([database, app.extensions["onemap"]["database"]])
        return app.test_client()

    yield client
    for database in opened:
        database.dispose()


@pytest.fixture
def world(make: Make) -> FlaskClient:
    return make("world", 10.0, "internal")


def problem(client: FlaskClient, address: str, status: int = 400) -> dict[str, Any]:
    answer = client.get(address)
    assert answer.status_code == status
    assert answer.mimetype == "application/problem+json"
    told: dict[str, Any] = answer.get_json(force=True)
    assert told["detail"]
    assert told["detail_en"]
    return told


# the list


def test_a_zone_is_answered_with_the_rows_of_its_park(client: FlaskClient) -> None:
    zone, park = (
        client.get(f"/api/v1/gaps?place={code}&limit=1000").get_json()["items"]
        for code in ("gaoxin-tuoyuan", "yingtan-gaoxin")
    )
    assert {row["place"] for row in park} == {"yingtan-gaoxin"}
    assert zone == park
    files = [client.get(f"/gaps.csv?chain=CU&place={code}").get_data() for code in ("gaoxin-tuoyuan", "yingtan-gaoxin")]
    assert files[0] == files[1]
    assert problem(client, "/api/v1/gaps?place=yingtan", 404)["place"] == "yingtan"


# what if


def test_what_if_tells_before_and_after(world: FlaskClient) -> None:
    told = world.get(f"{WHAT_IF}&land={ROD}").get_json()
    changed = {(c["before"]["node"], c["before"]["place"]): c for c in told["changed"]}
    rod = changed["CU-ROD", "yujiang-like"]
    assert (rod["before"]["gap_yi_yuan"], rod["after"]["gap_yi_yuan"]) == (pytest.approx(8), pytest.approx(3))
    assert told["local_share_after"]["by_value"] == pytest.approx(233 / 260)
    assert (told["land_mu"], told["data_revision"], told["as_of"]) == (30, 2, DAY)


def test_land_may_be_given_three_times(world: FlaskClient) -> None:
    told = world.get(f"{WHAT_IF}&land={ROD}&land=gaoxin-like:CU-MAG:8&land=gaoxin-like:CU-MAG:1").get_json()
    assert [landing["node"] for landing in told["landings"]] == ["CU-ROD", "CU-MAG", "CU-MAG"]


@pytest.mark.parametrize(
    ("address", "place", "words"),
    [
        (f"{WHAT_IF}&land=nowhere:CU-ROD:5", "land", "landing 1: no such place"),
        (f"{WHAT_IF}&land={ROD}&land=yujiang-like:XX:5", "land", "landing 2: the chain has no such node"),
        (f"{WHAT_IF}&land=yujiang-like:CU-ROD", "land", "landing 1: the capacity must be above 0"),
        (f"{WHAT_IF}&land={ROD}&land={ROD}&land={ROD}&land={ROD}", "land", "at most 3 landings"),
        (WHAT_IF, "land", "name a landing"),
        (f"/api/v1/whatif?land={ROD}", "chain", "name a chain"),
        (f"{WHAT_IF}&land={ROD}&radius=30", "radius", "stands twice"),
        (f"{WHAT_IF}&land={ROD}&colour=red", "colour", "unknown"),
        (f"/api/v1/whatif?chain=CU&radius=x&land={ROD}", "radius", "a radius is"),
    ],
)
def test_a_fault_is_a_problem_that_names_the_landing(world: FlaskClient, address: str, place: str, words: str) -> None:
    told = problem(world, address)
    assert told["place"] == place
    assert words in told["detail_en"]


def test_an_unknown_chain_is_not_found(world: FlaskClient) -> None:
    assert problem(world, f"/api/v1/whatif?chain=XX&land={ROD}", 404)["place"] == "chain"


# designation against reality


def test_findings_are_a_list_of_sourced_facts(client: FlaskClient) -> None:
    answer = client.get("/api/v1/gaps/designations?limit=5").get_json()
    assert set(answer) == {"items", "total", "next"}
    assert (len(answer["items"]), answer["total"] > 5) == (5, True)
    assert client.get(answer["next"]).get_json()["items"]
    for one in answer["items"]:
        assert one["grade"] in {"A", "B", "C", "D"}
        assert one["source"]["document"] or one["source"]["publication"]
        for place in one["places"]:
            for fact in (*place["designations"], *place["enterprises"]):
                assert fact["source"]["document"] or fact["source"]["publication"]


def test_findings_are_narrowed_by_chain_place_and_kind(client: FlaskClient) -> None:
    told = client.get("/api/v1/gaps/designations?chain=LT&finding=shared").get_json()["items"]
    assert [[place["place"] for place in one["places"]] for one in told] == [["guixi-jingkai", "yujiang-gongye"]]
    told = client.get("/api/v1/gaps/designations?place=yujiang-gongye&finding=no_enterprise,matched").get_json()
    assert {one["finding"] for one in told["items"]} <= {"no_enterprise", "matched"}
    assert {place["place"] for one in told["items"] for place in one["places"]} == {"yujiang-gongye"}


@pytest.mark.parametrize(
    ("query", "status", "place"),
    [("finding=odd", 400, "finding"), ("chain=XX", 404, "chain"), ("place=nowhere", 404, "nowhere"),
     ("radius=30", 400, "radius"), ("as_of=x", 400, "as_of")],
)  # fmt: skip
def test_findings_refuse_what_they_cannot_use(client: FlaskClient, query: str, status: int, place: str) -> None:
    assert problem(client, f"/api/v1/gaps/designations?{query}", status)["place"] == place


# the guard

PROBES = [
    "/api/v1/gaps?chain=CU&radius=45&",
    "/api/v1/gaps?chain=CU&radius=belt&kind=fill,secure,unverified&",
    "/api/v1/gaps/overlay?chain=CU&radius=45&",
    "/api/v1/gaps/places/gaoxin-like?chain=CU&radius=45&",
    "/api/v1/gaps/places/yujiang-like?chain=CU&radius=0&",
    "/api/v1/gaps/unknowns?chain=CU&",
    "/api/v1/gaps/designations?",
    "/api/v1/whatif?chain=CU&radius=45&land=gaoxin-like:CU-MOTOR:0.5&",
    "/api/v1/whatif?chain=CU&radius=45&land=yujiang-like:CU-MAG:3.5&",
    "/gaps?chain=CU&radius=45&",
    "/gaps?chain=CU&radius=45&sort=coverage&",
    "/en/gaps?chain=CU&radius=45&sort=risk&",
    "/gaps/what-if?chain=CU&radius=45&land=gaoxin-like:CU-MOTOR:0.5&",
    "/en/gaps/what-if?chain=CU&radius=45&land=yujiang-like:CU-MAG:3.5&",
    "/gaps/designations?",
    "/gaps.csv?chain=CU&radius=45&",
    "/en/gaps.csv?chain=CU&radius=45&",
]
TELLING = {address for address in PROBES if not any(part in address for part in ("unknowns", "designations"))}


def bodies(client: FlaskClient) -> dict[str, bytes]:
    told = {}
    for address in PROBES:
        answer = client.get(f"{address}as_of={DAY}")
        assert answer.status_code == 200, address
        told[address] = answer.get_data()
    return told


def sheet(client: FlaskClient) -> list[tuple[object, ...]]:
    answer = client.get(f"/gaps.xlsx?chain=CU&radius=45&as_of={DAY}")
    return list(load_workbook(io.BytesIO(answer.get_data())).worksheets[0].values)


@pytest.mark.parametrize("beside", [None, 3.0], ids=["alone", "beside a firm that knows its own figure"])
def test_within_its_class_of_size_a_capacity_changes_nothing_public(make: Make, beside: float | None) -> None:
    assert size_class(11.0) == size_class(19.0)
    one, other = make("one", 11.0, "public", beside), make("other", 19.0, "public", beside)
    first, second = bodies(one), bodies(other)
    assert {address for address in PROBES if first[address] != second[address]} == set()
    assert sheet(one) == sheet(other)


def test_officers_see_the_difference_wherever_it_counts(make: Make) -> None:
    one, other = make("one", 11.0, "internal"), make("other", 19.0, "internal")
    first, second = bodies(one), bodies(other)
    assert {address for address in PROBES if first[address] != second[address]} == TELLING
    assert sheet(one) != sheet(other)


def test_another_class_of_size_is_public(make: Make) -> None:
    one, other = make("one", 11.0, "public"), make("other", 5.0, "public")
    assert bodies(one)[PROBES[0]] != bodies(other)[PROBES[0]]
