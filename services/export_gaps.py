"""The chain gaps of one day inside the exported map: every chain and radius on offer, as the public may see them.

What many rows share is written once: rows that say the same at several radii stand in one table and are named by
number, clauses too. Beyond MOST_ROW_BYTES rows are left out, whole radii at a time; the kinds of all radii stay.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
from sqlalchemy.orm import Session

from domain.gaps.engine import Gaps
from domain.gaps.local_share import local_share
from domain.words import Audience, GapKind
from geo.network import DEFAULT_RULE, TravelRule
from services.chains import list_chains
from services.gaps.answers import list_gaps
from services.gaps.asking import OWN, Question, answer, parse_radius
from services.gaps.overlay import overlay
from services.gaps.schemas import GapOut
from services.schemas import SourceOut

Json = dict[str, Any]
RADII = (OWN, "0", "45", "30", "60", "belt")
"""Those of the page; rows are written in this order while there is room."""
MOST_ROW_BYTES = 12_000_000
_COMMON = ("chain", "as_of", "audience", "data_revision", "kinds", "nodes", "counted_at")


def gaps_of_day(session: Session, *, as_of: date, rule: TravelRule = DEFAULT_RULE) -> Json:
    """All chains of a day, for static/js/source.js."""
    sources = _Numbered()
    asked = Question(as_of=as_of, radius=parse_radius(OWN), audience=Audience.PUBLIC, rule=rule)
    codes = [chain.code for chain in list_chains(session, as_of=as_of)]
    chains = {code: _Chain(session, replace(asked, chain=code), sources) for code in codes}
    room = MOST_ROW_BYTES
    for radius in RADII:
        written = [chain.with_rows(session, radius) for chain in chains.values()] if room > 0 else []
        room -= sum(written)
    return {
        "as_of": as_of.isoformat(),
        "sources": [json.loads(text) for text in sources.texts],
        "chains": {code: chain.packed for code, chain in chains.items()},
    }


class _Numbered:
    """Values by the order in which they first came."""

    def __init__(self) -> None:
        self.texts: dict[str, int] = {}

    def number(self, value: Any) -> int:
        text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return self.texts.setdefault(text, len(self.texts))


class _Chain:
    """One chain as it is written: kinds and flows of every radius at once, rows as there is room."""

    def __init__(self, session: Session, question: Question, sources: _Numbered) -> None:
        self.question, self.sources, self.table = question, sources, _Numbered()
        self.about: dict[str, Json] = {}
        overlays = {
            radius: overlay(session, replace(question, radius=parse_radius(radius))).model_dump(mode="json")
            for radius in RADII
        }
        self.common = {name: overlays[OWN][name] for name in _COMMON}
        self.radii = {radius: _without(of, {*_COMMON, "radius"}) for radius, of in overlays.items()}
        self.shares = {radius: self._shares(session, radius) for radius in RADII}
        self.rows: dict[str, dict[str, list[int]]] = {}
        self.unsurveyed = _unsurveyed(answer(session, question).gaps)

    def _shares(self, session: Session, radius: str) -> dict[str, Json]:
        gaps = answer(session, replace(self.question, radius=parse_radius(radius))).gaps
        of_places = {code: local_share(gaps, {code}) for code in gaps.problem.network.places}
        return {
            code: {
                "by_value": share.by_value,
                "without_raw_material": share.without_raw_material,
                "simple_mean": share.simple_mean,
            }
            for code, share in of_places.items()
            if share.by_value is not None
        }

    def with_rows(self, session: Session, radius: str) -> int:
        """Write the rows of a radius; how many bytes they add."""
        before = sum(len(text.encode()) for text in self.table.texts)
        by_place: dict[str, list[int]] = {}
        for row in list_gaps(session, replace(self.question, radius=parse_radius(radius))).items:
            by_place.setdefault(row.place, []).append(self.table.number(_packed(row)))
            self._note(row)
        self.rows[radius] = by_place
        return sum(len(text.encode()) for text in self.table.texts) - before

    def _note(self, row: GapOut) -> None:
        """What every row of a place says alike."""
        if row.place not in self.about:
            self.about[row.place] = {
                "designated_by": self._numbers(row.designated_by),
                "vacant_plots": row.vacant_plots,
                "largest_vacant_plot_ha": row.largest_vacant_plot_ha,
            }

    def _numbers(self, clauses: Iterable[SourceOut]) -> list[int]:
        return [self.sources.number(clause.model_dump(mode="json")) for clause in clauses]

    @property
    def packed(self) -> Json:
        return {
            "common": self.common,
            "radii": self.radii,
            "shares": self.shares,
            "table": [json.loads(text) for text in self.table.texts],
            "rows": self.rows,
            "about": self.about,
            "unsurveyed": self.unsurveyed,
        }


def _unsurveyed(gaps: Gaps) -> list[str]:
    """The places where nobody has looked for all nodes of the chain."""
    surveyed = gaps.problem.surveyed
    if surveyed is None:
        return []
    places = gaps.problem.network.places
    return [places[at] for at in np.flatnonzero(~surveyed[list(gaps.by_node)].all(axis=0))]


def _packed(row: GapOut) -> Json:
    """What the details panel tells of a row; what is usual is left out (source.js puts it back)."""
    told: Json = {"node": row.node, "kind": row.kind.value, "grade": row.grade.value}
    if row.kind is GapKind.UNVERIFIED:
        told |= {"kind_low": row.kind_low.value, "kind_high": row.kind_high.value}
    usual: Json = {
        "gap_yi_yuan": 0.0, "demand_yi_yuan": 0.0, "coverage": 1.0, "remedy": None, "single_point": False,
        "by_presence": False, "is_surveyed": True, "firms": 0,
    }  # fmt: skip
    values = row.model_dump(mode="json", include=set(usual))
    told |= {name: _rounded(value) for name, value in values.items() if value != usual[name]}
    if row.suppliers:
        told["suppliers"] = [
            [of.place, _rounded(of.amount_yi_yuan), *([of.capacity_range_yi_yuan] if of.capacity_range_yi_yuan else [])]
            for of in row.suppliers
        ]
    if not _is_bare(row):
        told["sentence_zh"] = row.sentence_zh
    return told


def _is_bare(row: GapOut) -> bool:
    """A row the panel tells together with others, without its sentence (gap_panel.js has the same rule)."""
    return (
        row.kind is GapKind.UNVERIFIED
        and not row.is_surveyed
        and not row.firms
        and row.demand_yi_yuan <= 0
        and row.coverage is not None
        and not row.suppliers
    )


def _rounded(value: Any) -> Any:
    return round(value, 4) if isinstance(value, float) else value


def _without(value: Json, names: set[str]) -> Json:
    return {name: part for name, part in value.items() if name not in names}
