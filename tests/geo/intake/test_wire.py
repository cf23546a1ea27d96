"""What goes to the child comes back unchanged; what no child of ours would write is not believed."""

from __future__ import annotations

import contextlib
import json
import math
import os
import struct
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import shapely

from domain.boundaries import Finding, Layer, Proposal, Question, Severity
from geo.intake import wire
from geo.intake.model import Feature, Intake, Known, Limits, Options

SQUARE = shapely.MultiPolygon([shapely.box(117, 28.2, 117.01, 28.21)])
BOWTIE = shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])
QUESTION = Question(
    "crs", (Proposal("EPSG:4527", "带号39", "zone 39", (117.0, 28.0, 118.0, 29.0)), Proposal("x", "y", "z"))
)
INTAKE = Intake(
    findings=(
        Finding("invalid", Severity.REPAIR, "feature 1", "自相交", "invalid", (1,), (117.0, 28.2), 12.5),
        Finding("crs_missing", Severity.ASK, ".prj", "缺少", "missing", question=QUESTION),
    ),
    features=(
        Feature(1, "P1", "南湖", SQUARE, {"a": 1, "b": 1.5, "c": None, "d": "=1+1"}, BOWTIE, 12.5),
        Feature(3, "P3", "", SQUARE),
    ),
    crs="EPSG:4527",
    encoding="GB18030",
    layers=("a", "b"),
    source_layer="a",
    columns=("a", "b"),
    used={"code": "a"},
)


def test_an_answer_comes_back_as_it_was_written(tmp_path: Path) -> None:
    wire.write_answer(tmp_path, INTAKE, ["limits"], ["open"])
    assert wire.read_answer(tmp_path, Limits()) == (INTAKE, ("limits",), ("open",))


def test_an_answer_without_features_comes_back(tmp_path: Path) -> None:
    wire.write_answer(tmp_path, Intake(()), [], [])
    assert wire.read_answer(tmp_path, Limits())[0] == Intake(())


def test_a_request_comes_back_as_it_was_written(tmp_path: Path) -> None:
    options = Options(Layer.ZONES, "EPSG:4527", "GBK", "图层", {"code": "编号"})
    known = Known(
        {"Z1": ("一区", SQUARE)},
        {"P1": ("园区", BOWTIE)},
        {"Z1": "P1"},
        {"Z1": ("approved", 12.5)},
        (1, 2, 3, 4),
        (5, 6),
    )
    limits = Limits(features=7)
    wire.write_request(tmp_path, "园区.zip", options, known, limits)
    assert wire.read_request(tmp_path) == ("园区.zip", options, known, limits)


Change = Callable[[dict[str, Any]], object]


@pytest.mark.parametrize(
    "change",
    [
        lambda value: value.pop("features"),
        lambda value: value["features"].pop(),
        lambda value: value["features"][0].pop(),
        lambda value: value["features"][0].__setitem__(0, "1"),
        lambda value: value["features"][0].__setitem__(0, True),
        lambda value: value["features"][0].__setitem__(3, None),
        lambda value: value["features"][0][4].update(a=[1]),
        lambda value: value["features"][0][4].update(a={"b": 1}),
        lambda value: value["findings"][0].update(severity="fine"),
        lambda value: value["findings"][0].update(features=["1"]),
        lambda value: value["findings"][0].update(lonlat=[1]),
        lambda value: value["findings"][1]["question"].update(proposals={}),
        lambda value: value["findings"][1]["question"]["proposals"][0].update(bounds=[1, 2, 3]),
        lambda value: value.update(layers="ab"),
        lambda value: value.update(crs=4527),
        lambda value: value.update(used=["code"]),
        lambda value: value.update(findings=None),
    ],
)
def test_an_answer_of_another_form_is_not_believed(change: Change, tmp_path: Path) -> None:
    wire.write_answer(tmp_path, INTAKE, [], [])
    path = tmp_path / "answer.json"
    value = json.loads(path.read_text())
    change(value)
    path.write_text(json.dumps(value))
    with pytest.raises(wire.WireError):
        wire.read_answer(tmp_path, Limits())


@pytest.mark.parametrize(
    "text", ["", "[]", "nul", '{"features": ' + "[" * 100_000, '{"findings": [], "features": [NaN]}', "\xff"]
)
def test_an_answer_that_is_no_json_is_not_believed(text: str, tmp_path: Path) -> None:
    wire.write_answer(tmp_path, INTAKE, [], [])
    (tmp_path / "answer.json").write_bytes(text.encode("latin-1"))
    with pytest.raises(wire.WireError):
        wire.read_answer(tmp_path, Limits())


def framed(*parts: bytes) -> bytes:
    return b"".join(struct.pack("<I", len(part)) + part for part in parts)


GOOD = shapely.to_wkb(SQUARE)
INFINITE = struct.pack("<BII", 1, 6, 1) + struct.pack("<BIII8d", 1, 3, 1, 4, math.inf, 1, 0, 0, 1, 1, math.inf, 1)
NESTED = struct.pack("<BII", 1, 7, 1) * 30_000 + struct.pack("<BI2d", 1, 1, 0.0, 0.0)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        framed(GOOD),
        framed(GOOD, GOOD, GOOD),
        framed(GOOD, GOOD)[:-1],
        framed(GOOD, b""),
        framed(GOOD, shapely.to_wkb(BOWTIE)),
        framed(GOOD, INFINITE),
        framed(GOOD, NESTED),
        framed(GOOD, struct.pack("<BII", 1, 6, 2**31)),
        b"\xff\xff\xff\xff",
        b"\1\0",
    ],
    ids=["none", "one less", "one more", "cut", "missing", "polygon", "infinite", "nested", "count", "length", "stub"],
)
def test_geometry_that_is_not_sound_is_not_believed(content: bytes, tmp_path: Path) -> None:
    wire.write_answer(tmp_path, INTAKE, [], [])
    (tmp_path / "answer.wkb").write_bytes(content)
    with pytest.raises(wire.WireError):
        wire.read_answer(tmp_path, Limits())


def test_more_features_than_allowed_are_not_believed(tmp_path: Path) -> None:
    wire.write_answer(tmp_path, INTAKE, [], [])
    with pytest.raises(wire.WireError):
        wire.read_answer(tmp_path, Limits(features=1))


ANSWERS = ("answer.json", "answer.wkb", "answer-before.wkb")


def release(pipe: Path) -> None:
    """Let go of whoever waits for the other end of a pipe."""
    with contextlib.suppress(OSError):
        os.close(os.open(pipe, os.O_RDWR | os.O_NONBLOCK))


@pytest.mark.parametrize("name", ANSWERS)
@pytest.mark.parametrize("put", [Path.symlink_to, Path.hardlink_to], ids=["symbolic link", "hard link"])
def test_an_answer_that_leads_to_another_file_is_not_believed(
    put: Callable[[Path, Path], None], name: str, tmp_path: Path
) -> None:
    wire.write_answer(tmp_path, INTAKE, [], [])
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_bytes((tmp_path / name).read_bytes())
    (tmp_path / name).unlink()
    put(tmp_path / name, elsewhere)
    with pytest.raises(wire.WireError):
        wire.read_answer(tmp_path, Limits())


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_that_is_a_pipe_is_refused_without_waiting(name: str, tmp_path: Path) -> None:
    wire.write_answer(tmp_path, INTAKE, [], [])
    (tmp_path / name).unlink()
    os.mkfifo(tmp_path / name)
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(wire.read_answer, tmp_path, Limits())
        try:
            with pytest.raises(wire.WireError, match="no plain file"):
                answer.result(timeout=5)
        finally:
            release(tmp_path / name)
