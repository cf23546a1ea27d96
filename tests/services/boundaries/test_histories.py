"""Random histories of drawing, importing, publishing and going back, against a plain model of what should stand.

The model is a dictionary of lists. Whatever happens, every version the database holds is byte for byte the one the
model holds, none is ever lost, and the shape of any day is the newest one that had begun by then.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import pytest
import shapely
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from shapely.geometry import MultiPolygon
from sqlalchemy import func, select

from domain.boundaries import Layer
from domain.errors import Conflict, Stale
from geo.intake.model import Options
from models import BoundaryVersion
from models.database import Database
from services.boundaries import drafting, history
from services.locations import current_boundaries
from tests.services.boundaries.workbench import LIMITS, PUBLISHER, SIDE, Workbench, collection, read_here, square

CODES = ("P-1", "P-2", "P-3")
codes = st.sampled_from(CODES)
sizes = st.integers(1, 9)  # tenths of a cell's side: shapes of one cell never meet those of another


def shape(code: str, tenths: int) -> MultiPolygon:
    return square(CODES.index(code), width=SIDE * tenths / 10)


@dataclass(frozen=True)
class Version:
    wkb: bytes
    is_removal: bool
    since: date


@dataclass
class Open:
    """A draft that waits: what it saw and what it wants; None = away with it."""

    changeset: int
    seen: dict[str, int]
    wanted: dict[str, MultiPolygon | None]


@dataclass
class Model:
    versions: dict[str, list[Version]] = field(default_factory=lambda: {code: [] for code in CODES})

    def stands(self, code: str) -> bool:
        return bool(self.versions[code]) and not self.versions[code][-1].is_removal

    def seen(self, code: str) -> int:
        """0 where nothing stands."""
        return len(self.versions[code]) if self.stands(code) else 0

    def on(self, code: str, day: date) -> bytes | None:
        begun = [version for version in self.versions[code] if version.since <= day]
        return None if not begun or begun[-1].is_removal else begun[-1].wkb

    def add(self, code: str, wanted: MultiPolygon | None, since: date) -> None:
        own = self.versions[code]
        wkb = own[-1].wkb if wanted is None else shapely.to_wkb(wanted)
        own.append(Version(wkb, wanted is None, since))


class Histories(RuleBasedStateMachine):
    template: Path
    happened: Counter[str]

    @initialize()
    def begin(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="onemap-histories-"))
        shutil.copy(self.template, self.folder / "one.sqlite")
        self.database = Database(f"sqlite:///{self.folder / 'one.sqlite'}", busy_timeout_s=5)
        self.bench = Workbench(self.database)
        self.model = Model()
        self.drafts: list[Open] = []
        self.versions = 0

    def teardown(self) -> None:
        self.database.dispose()
        shutil.rmtree(self.folder)

    @rule(wanted=st.dictionaries(codes, st.none() | sizes, min_size=1))
    def draw(self, wanted: dict[str, int | None]) -> None:
        shapes = {code: None if tenths is None else shape(code, tenths) for code, tenths in wanted.items()}
        shapes = {code: one for code, one in shapes.items() if one is not None or self.model.stands(code)}
        if shapes:
            draft = self.bench.draft(*(self.bench.edit(code, one) for code, one in shapes.items()))
            self.drafts.append(Open(draft, {code: self.model.seen(code) for code in shapes}, dict(shapes)))

    @rule(wanted=st.dictionaries(codes, sizes, min_size=1))
    def bring_a_file_in(self, wanted: dict[str, int]) -> None:
        shapes = {code: shape(code, tenths) for code, tenths in wanted.items()}
        path = self.folder / "plots.geojson"
        path.write_text(json.dumps(collection(shapes)), encoding="utf-8")
        draft = drafting.bring_in(
            self.database, path=path, name=path.name, options=Options(Layer.PLOTS), actor=PUBLISHER, confirmed=False,
            limits=LIMITS,
        )  # fmt: skip
        fresh: dict[str, MultiPolygon | None] = {
            code: one
            for code, one in shapes.items()
            if not (self.model.stands(code) and self.model.versions[code][-1].wkb == shapely.to_wkb(one))
        }
        assert draft.stored is bool(fresh)
        if draft.changeset is not None:
            self.drafts.append(Open(draft.changeset, {code: self.model.seen(code) for code in fresh}, fresh))
            self.happened["brought in"] += 1

    @rule(code=codes, tenths=sizes, is_removal=st.booleans())
    def draw_and_publish(self, code: str, tenths: int, is_removal: bool) -> None:
        wanted = None if is_removal and self.model.stands(code) else shape(code, tenths)
        assert self.bench.put(code, wanted) == len(self.model.versions[code]) + 1
        self.model.add(code, wanted, self.bench.today)
        self.happened["removed" if wanted is None else "published"] += 1

    @precondition(lambda self: self.drafts)
    @rule(data=st.data(), days_ago=st.sampled_from([0, 0, 0, 1, 5]))
    def publish(self, data: st.DataObject, days_ago: int) -> None:
        draft = self.drafts.pop(data.draw(st.integers(0, len(self.drafts) - 1)))
        since = self.bench.today - timedelta(days=days_ago)
        if any(self.model.seen(code) != seen for code, seen in draft.seen.items()):
            with pytest.raises(Stale):
                self.bench.publish(draft.changeset, valid_from=since)
            self.happened["refused as stale"] += 1
            return
        published = self.bench.publish(draft.changeset, valid_from=since)
        for code, wanted in draft.wanted.items():
            self.model.add(code, wanted, since)
            assert published.versions[code] == len(self.model.versions[code])
            self.happened["removed" if wanted is None else "published"] += 1

    @precondition(lambda self: any(self.model.versions.values()))
    @rule(data=st.data())
    def go_back(self, data: st.DataObject) -> None:
        code = data.draw(st.sampled_from([code for code in CODES if self.model.versions[code]]))
        own = self.model.versions[code]
        to = data.draw(st.integers(1, len(own)))
        old = own[to - 1]
        is_idle = not self.model.stands(code) if old.is_removal else self.model.stands(code) and to == len(own)
        if is_idle:
            with pytest.raises(Conflict):
                self.bench.rollback(code, to)
            return
        assert self.bench.rollback(code, to) == len(own) + 1
        self.happened["gone back"] += 1
        wkb = own[-1].wkb if old.is_removal else old.wkb
        own.append(Version(wkb, old.is_removal, self.bench.today))

    @rule(days=st.integers(1, 3))
    def wait(self, days: int) -> None:
        self.bench = self.bench.on(today=self.bench.today + timedelta(days=days))

    @invariant()
    def every_version_is_the_models(self) -> None:
        with self.database.read() as session:
            found: dict[str, list[Version]] = {code: [] for code in CODES}
            rows = session.scalars(select(BoundaryVersion).order_by(BoundaryVersion.version))
            for number, row in enumerate(rows):
                assert row.valid_from is not None, number
                found[row.code].append(Version(shapely.to_wkb(row.geometry), row.is_removal, row.valid_from.first_day))
                assert row.version == len(found[row.code])
            assert found == self.model.versions
            for code, own in found.items():
                if own:
                    assert len(history.log(session, Layer.PLOTS, code)) == len(own)
            days = {version.since for own in found.values() for version in own} | {self.bench.today}
            for day in days | {min(days) - timedelta(days=1)}:
                shown = {
                    code: shapely.to_wkb(version.geometry)
                    for code, version in current_boundaries(session, "plots", as_of=day).items()
                }
                assert shown == {code: wkb for code in CODES if (wkb := self.model.on(code, day)) is not None}

    @invariant()
    def history_never_shrinks(self) -> None:
        with self.database.read() as session:
            count = session.scalar(select(func.count()).select_from(BoundaryVersion)) or 0
        assert count >= self.versions
        self.versions = count


def run(
    template: Path, monkeypatch: pytest.MonkeyPatch, *, histories: int, steps: int, is_chance: bool = False
) -> None:
    """is_chance: other histories every time; without, the same ones, so that one can count on them."""
    monkeypatch.setattr(drafting, "take_in", read_here)

    class Machine(Histories):
        pass

    Machine.template = template
    Machine.happened = Counter()
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        Machine,
        settings=settings(
            max_examples=histories,
            stateful_step_count=steps,
            derandomize=not is_chance,
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    happened = Machine.happened
    kinds = ("published", "removed", "refused as stale", "gone back", "brought in")
    assert all(happened[kind] > histories / 4 for kind in kinds), happened


def test_every_history_ends_where_the_model_ends(template: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run(template, monkeypatch, histories=20, steps=25)


@pytest.mark.soak
def test_a_thousand_histories_end_where_the_model_ends(template: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run(template, monkeypatch, histories=1000, steps=50, is_chance=True)
