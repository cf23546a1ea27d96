"""The gaps inside the exported file: what the public sees, each row written once, cut off when it grows too large."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from domain.words import Audience
from models.database import Database
from services import export_gaps
from services.demo.loading import load
from services.demo.parameters import DemoParameters
from services.gaps.answers import place_gaps
from services.gaps.asking import Question, parse_radius
from services.gaps.overlay import overlay
from tests.conftest import BASE

TODAY = date(2026, 11, 21)


@pytest.fixture(scope="module")
def demo(_migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    path = tmp_path_factory.mktemp("demo") / "onemap.sqlite"
    shutil.copy(_migrated_file, path)
    database = Database(f"sqlite:///{path}", busy_timeout_s=5)
    load(database, DemoParameters(parks=8, plots=10, enterprises=120), base=BASE, belt_width_m=6000.0, actor="test")
    yield database
    database.dispose()


def asked(radius: str, audience: Audience = Audience.PUBLIC) -> Question:
    return Question(as_of=TODAY, radius=parse_radius(radius), audience=audience, chain="CU")


@pytest.mark.parametrize("radius", export_gaps.RADII)
def test_a_file_says_of_every_place_what_the_server_says_to_the_public(demo: Database, radius: str) -> None:
    with demo.read() as session:
        written = export_gaps.gaps_of_day(session, as_of=TODAY)["chains"]["CU"]
        shown = overlay(session, asked(radius)).model_dump(mode="json")
        for place in shown["places"]:
            told = place_gaps(session, asked(radius), place["code"])
            rows = [written["table"][number] for number in written["rows"][radius].get(place["code"], [])]
            assert [row["node"] for row in rows] == [item.node for item in told.items]
            assert [row["kind"] for row in rows] == [item.kind for item in told.items]
            sentences = [item.sentence_zh for item in told.items if not export_gaps._is_bare(item)]
            assert [row["sentence_zh"] for row in rows if "sentence_zh" in row] == sentences
            assert (place["code"] in written["unsurveyed"]) != told.surveyed
    assert written["common"] | written["radii"][radius] | {"radius": radius} == shown
    assert written["common"]["audience"] == "public"


def test_rows_that_say_the_same_at_several_radii_are_written_once(demo: Database) -> None:
    with demo.read() as session:
        written = export_gaps.gaps_of_day(session, as_of=TODAY)["chains"]["CU"]
    named = [number for by_place in written["rows"].values() for numbers in by_place.values() for number in numbers]
    assert len(named) > len(written["table"]) == len(set(named))


def test_a_file_that_grows_too_large_keeps_the_kinds_and_the_first_rows(
    demo: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export_gaps, "MOST_ROW_BYTES", 1)
    with demo.read() as session:
        written = export_gaps.gaps_of_day(session, as_of=TODAY)["chains"]["CU"]
    assert list(written["rows"]) == ["own"]
    assert set(written["radii"]) == set(export_gaps.RADII)
