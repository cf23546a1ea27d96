"""What goes to the child and comes back, as files in the job folder: JSON and WKB, never pickle.

The parent believes nothing it reads here: only plain files are opened, every shape, type and count is checked, every
geometry is looked through before GEOS sees it, and has to be finite.
"""

from __future__ import annotations

import json
import math
import os
import stat
import struct
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

import numpy as np
import shapely

from domain.boundaries import Finding, Layer, Proposal, Question, Severity
from geo.intake.formats import jsonsafe, wkb
from geo.intake.model import Feature, Geometries, Intake, Known, Limits, Options, Value

REQUEST, ANSWER, UPLOAD = "request", "answer", "upload"
_MAX_JSON_DEPTH = 16
_MAX_FINDINGS = 10_000
_MULTIPOLYGON = 6
_AT_ONCE = 10_000
_PLAIN = {str, int, type(None)}  # need no second look; JSON has text keys only
T = TypeVar("T")


class WireError(ValueError):
    """What came back is no answer."""


def _opened(path: Path) -> BinaryIO:
    """A plain file of the job folder, open; neither link nor pipe, which would lead elsewhere or hang.

    Raises OSError, WireError.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode) or found.st_nlink != 1:
            raise WireError(f"{path.name} is no plain file")
        return os.fdopen(descriptor, "rb")
    except BaseException:
        os.close(descriptor)
        raise


# Geometries


def _write_geometries(path: Path, geometries: Iterable[object | None]) -> None:
    """One after the other, each after its length; length 0 stands for None."""
    with path.open("wb") as file:
        for some in _chunks(geometries):
            for content in shapely.to_wkb(np.array(some, dtype=object), byte_order=1, output_dimension=2):
                file.write(struct.pack("<I", len(content or b"")))
                file.write(content or b"")


def _chunks(items: Iterable[T]) -> Iterator[list[T]]:
    """Never all at once: the same geometries would be held three times."""
    rest = iter(items)
    while some := list(islice(rest, _AT_ONCE)):
        yield some


def _read_geometries(path: Path, limits: Limits) -> Geometries:
    """(n,); None where there is none. Raises OSError, WireError."""
    made: list[Geometries] = [np.empty(0, dtype=object)]
    with _opened(path) as file:
        for parts in _chunks(_parts(file, limits)):
            try:
                made.append(shapely.from_wkb(np.array(parts, dtype=object)))
            except shapely.GEOSException as error:
                raise WireError("geometry damaged") from error
            if not np.isfinite(shapely.get_coordinates(made[-1])).all():
                raise WireError("geometry not finite")
    return np.concatenate(made)


def _parts(file: BinaryIO, limits: Limits) -> Iterator[bytes | None]:
    while head := file.read(4):
        if len(head) != 4:
            raise WireError("geometry cut off")
        (length,) = struct.unpack("<I", head)
        part = file.read(length) if length <= limits.unpacked_bytes else b""
        if len(part) != length:
            raise WireError("geometry cut off")
        if part:
            try:
                wkb.check(part, limits.geometry_depth + 2)
            except wkb.WkbError as error:
                raise WireError(f"geometry {error.code}") from error
        yield part or None


# To the child


def write_request(folder: Path, name: str, options: Options, known: Known, limits: Limits) -> None:
    """name: what the file was called; only shown and looked at for its ending."""
    value = {
        "name": name,
        "options": {**asdict(options), "columns": dict(options.columns)},
        "limits": asdict(limits),
        "known": {
            "published": [[code, label] for code, (label, _) in known.published.items()],
            "parents": [[code, label] for code, (label, _) in known.parents.items()],
            "parent_of": dict(known.parent_of),
            "stated_area_ha": {code: list(stated) for code, stated in known.stated_area_ha.items()},
            "province": list(known.province),
            "prefecture_lonlat": list(known.prefecture_lonlat),
            "names": dict(known.names),
            "park_words": dict(known.park_words),
            "rough": sorted(known.rough),
        },
    }
    (folder / f"{REQUEST}.json").write_text(json.dumps(value, ensure_ascii=True), encoding="ascii")
    around = [*known.published.values(), *known.parents.values()]
    _write_geometries(folder / f"{REQUEST}.wkb", (geometry for _, geometry in around))


def read_request(folder: Path) -> tuple[str, Options, Known, Limits]:
    """Raises OSError, ValueError, KeyError for what `write_request` did not write."""
    value = json.loads((folder / f"{REQUEST}.json").read_text(encoding="ascii"))
    limits = Limits(**value["limits"])
    stated, known = value["options"], value["known"]
    options = Options(**{**stated, "layer": Layer(stated["layer"])})
    geometries = list(_read_geometries(folder / f"{REQUEST}.wkb", limits))
    first = len(known["published"])
    return (
        value["name"],
        options,
        Known(
            published=_labelled(known["published"], geometries[:first]),
            parents=_labelled(known["parents"], geometries[first:]),
            parent_of=known["parent_of"],
            stated_area_ha={code: (kind, area) for code, (kind, area) in known["stated_area_ha"].items()},
            province=tuple(known["province"]),
            prefecture_lonlat=tuple(known["prefecture_lonlat"]),
            names=known["names"],
            park_words=known["park_words"],
            rough=frozenset(known["rough"]),
        ),
        limits,
    )


def _labelled(labels: list[list[str]], geometries: list[object]) -> dict[str, tuple[str, object]]:
    return {code: (label, geometry) for (code, label), geometry in zip(labels, geometries, strict=True)}


# From the child


def write_answer(folder: Path, intake: Intake, in_force: Iterable[str], refused: Iterable[str]) -> None:
    value = {
        "findings": [asdict(finding) for finding in intake.findings],
        "features": [
            [feature.number, feature.code, feature.name, feature.area_change_m2, dict(feature.attributes)]
            for feature in intake.features
        ],
        "crs": intake.crs,
        "encoding": intake.encoding,
        "layers": list(intake.layers),
        "source_layer": intake.source_layer,
        "columns": list(intake.columns),
        "used": dict(intake.used),
        "in_force": list(in_force),
        "refused": list(refused),
    }
    _write_geometries(folder / f"{ANSWER}.wkb", (feature.geometry for feature in intake.features))
    _write_geometries(folder / f"{ANSWER}-before.wkb", (feature.before for feature in intake.features))
    (folder / f"{ANSWER}.json").write_text(json.dumps(value, ensure_ascii=False, allow_nan=False), encoding="utf-8")


def read_answer(folder: Path, limits: Limits) -> tuple[Intake, tuple[str, ...], tuple[str, ...]]:
    """The answer, the protections that were in force, and what was refused. Raises WireError."""
    try:
        with _opened(folder / f"{ANSWER}.json") as file:
            content = file.read()
        jsonsafe.check_depth(content, _MAX_JSON_DEPTH)
        value = json.loads(content)
        geometries = _read_geometries(folder / f"{ANSWER}.wkb", limits)
        before = _read_geometries(folder / f"{ANSWER}-before.wkb", limits)
        rows = _a(list, value["features"])
        if not len(rows) == len(geometries) == len(before) <= limits.features:
            raise WireError("numbers of features differ")
        if not (shapely.get_type_id(geometries) == _MULTIPOLYGON).all():
            raise WireError("not all features are multipolygons")
        intake = Intake(
            findings=tuple(_finding(item) for item in _a(list, value["findings"])[:_MAX_FINDINGS]),
            features=tuple(_feature(row, shape, was) for row, shape, was in zip(rows, geometries, before, strict=True)),
            crs=_text_or_none(value["crs"]),
            encoding=_text_or_none(value["encoding"]),
            layers=_texts(value["layers"]),
            source_layer=_text_or_none(value["source_layer"]),
            columns=_texts(value["columns"]),
            used={_a(str, field): _a(str, column) for field, column in _a(dict, value["used"]).items()},
        )
        return intake, _texts(value["in_force"]), _texts(value["refused"])
    except (OSError, LookupError, TypeError, ValueError) as error:
        raise WireError(str(error)[:200]) from error


def _finding(value: Any) -> Finding:
    question = value["question"]
    lonlat, area = value["lonlat"], value["area_m2"]
    return Finding(
        code=_a(str, value["code"]),
        severity=Severity(value["severity"]),
        place=_a(str, value["place"]),
        message_zh=_a(str, value["message_zh"]),
        message_en=_a(str, value["message_en"]),
        features=tuple(_a(int, number) for number in value["features"]),
        lonlat=None if lonlat is None else (_number(lonlat[0]), _number(lonlat[1])),
        area_m2=None if area is None else _number(area),
        question=None if question is None else _question(question),
    )


def _question(value: Any) -> Question:
    return Question(_a(str, value["subject"]), tuple(_proposal(item) for item in _a(list, value["proposals"])))


def _proposal(value: Any) -> Proposal:
    bounds = value["bounds"]
    if bounds is not None:
        west, south, east, north = map(_number, bounds)
        bounds = (west, south, east, north)
    return Proposal(_a(str, value["value"]), _a(str, value["label_zh"]), _a(str, value["label_en"]), bounds)


def _feature(row: Any, geometry: object, before: object | None) -> Feature:
    number, code, name, area_change_m2, attributes = _a(list, row)
    if not _PLAIN.issuperset(map(type, _a(dict, attributes).values())):
        attributes = {column: _value(item) for column, item in attributes.items()}
    return Feature(_a(int, number), _a(str, code), _a(str, name), geometry, attributes, before, _number(area_change_m2))


def _a(kind: type[T], value: Any) -> T:
    if type(value) is not kind:
        raise WireError(f"{kind.__name__} expected")
    return value


def _number(value: Any) -> float:
    if type(value) not in (int, float) or not math.isfinite(value):
        raise WireError("number expected")
    return float(value)


def _value(value: Any) -> Value:
    if value is None or type(value) is str:
        return value
    if type(value) is int:
        return value
    return _number(value)


def _text_or_none(value: Any) -> str | None:
    return None if value is None else _a(str, value)


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(_a(str, item) for item in _a(list, value))
