"""kill -9 at random points of imports, publications and migrations: all of it is there afterwards, or nothing."""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import shutil
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, text

from domain.boundaries import ChangesetStatus, Layer
from geo.intake.model import Options
from models import AuditEntry, Changeset, ChangesetEdit, Plot
from models.database import Database, data_revision
from services.boundaries import drafting
from services.boundaries.standing import standing
from tests.services.boundaries.workbench import LIMITS, PUBLISHER, SIDE, Workbench, collection, read_here, square

PLOTS, COLUMNS = 150, 20
READY_WITHIN_S = 10.0
BEFORE = "0003"  # the migration before the workbench

Work = Callable[[Database], str]


def plots(tenths: int) -> dict[str, Any]:
    return {f"P-{n:03d}": square(n % COLUMNS, n // COLUMNS, width=SIDE * tenths / 10) for n in range(PLOTS)}


@dataclass
class Killer:
    """Runs work in a process of its own and kills it somewhere between its beginning and its usual end."""

    path: Path
    dice: random.Random
    kills: int = 0
    usual_s: dict[str, float] = field(default_factory=dict)

    def open(self) -> Database:
        """As a server would after the crash; it has to be ready soon."""
        started = time.monotonic()
        database = Database(f"sqlite:///{self.path}", busy_timeout_s=5)
        with database.read() as session:
            session.execute(text("SELECT 1 FROM sqlite_master")).first()
        assert time.monotonic() - started < READY_WITHIN_S
        return database

    def run(self, name: str, work: Work, *, to_the_end: bool = False) -> str | None:
        """What the work acknowledged before it was killed; None where it came to nothing."""
        ours, theirs = multiprocessing.Pipe()
        process = multiprocessing.get_context("fork").Process(target=_work, args=(self.path, work, theirs))
        process.start()
        theirs.close()
        assert ours.recv() == "begun"
        started = time.monotonic()
        if to_the_end:
            said = str(ours.recv())
            self.usual_s[name] = time.monotonic() - started
            process.join()
            assert process.exitcode == 0
            return said
        time.sleep(self.dice.uniform(0.0, self.usual_s[name]))
        os.kill(process.pid or 0, signal.SIGKILL)
        process.join()
        self.kills += process.exitcode == -signal.SIGKILL
        try:
            return str(ours.recv()) if ours.poll() else None
        except EOFError:
            return None


def _work(path: Path, work: Work, answer: Connection) -> None:
    database = Database(f"sqlite:///{path}", busy_timeout_s=5)
    answer.send("begun")
    answer.send(work(database))
    answer.close()


@pytest.fixture
def killer(template: Path, tmp_path: Path) -> Killer:
    path = tmp_path / "one.sqlite"
    shutil.copy(template, path)
    return Killer(path, random.Random(20260601))


def filled(killer: Killer) -> None:
    database = killer.open()
    bench = Workbench(database)
    bench.publish(bench.draft(*(bench.edit(code, shape) for code, shape in plots(10).items())))
    database.dispose()


def import_file(database: Database, path: Path) -> str:
    drafting.take_in = read_here  # type: ignore[assignment]
    draft = drafting.bring_in(
        database,
        path=path,
        name=path.name,
        options=Options(Layer.PLOTS),
        actor=PUBLISHER,
        confirmed=True,
        limits=LIMITS,
    )
    return str(draft.changeset)


def imports(killer: Killer, kills: int) -> None:
    filled(killer)
    path = killer.path.with_name("plots.geojson")
    path.write_text(json.dumps(collection(plots(5))), encoding="utf-8")

    def work(database: Database) -> str:
        return import_file(database, path)

    told = [killer.run("import", work, to_the_end=True)]
    while killer.kills < kills:
        told.append(killer.run("import", work))
        database = killer.open()
        with database.read() as session:
            drafts = dict(
                session.execute(
                    select(Changeset.id, func.count(ChangesetEdit.id))
                    .outerjoin(ChangesetEdit, ChangesetEdit.changeset_id == Changeset.id)
                    .where(Changeset.status == ChangesetStatus.DRAFT)
                    .group_by(Changeset.id)
                ).all()  # type: ignore[arg-type]
            )
            assert set(drafts.values()) == {PLOTS}, "a half-stored draft"
            assert {int(one) for one in told if one} <= set(drafts), "an acknowledged draft is gone"
            audited = select(func.count()).where(AuditEntry.action == "boundaries import")
            assert session.scalar(audited) == len(drafts)
            assert session.execute(text("PRAGMA integrity_check")).scalar_one() == "ok"
        database.dispose()


def publications(killer: Killer, kills: int) -> None:
    filled(killer)
    tenths, version = 5, 1
    draft: int | None = None

    def work(database: Database) -> str:
        assert draft is not None
        return str(len(Workbench(database).publish(draft).versions))

    undone = 0
    while killer.kills < kills:
        database = killer.open()
        bench = Workbench(database)
        if draft is None:
            tenths = 11 - tenths
            draft = bench.draft(*(bench.edit(code, shape) for code, shape in plots(tenths).items()))
        with database.read() as session:
            before = data_revision(session)
        database.dispose()
        acknowledged = killer.run("publish", work, to_the_end="publish" not in killer.usual_s)
        database = killer.open()
        with database.read() as session:
            is_done = session.get_one(Changeset, draft).status is ChangesetStatus.PUBLISHED
            assert is_done or acknowledged is None, "an acknowledged publication is gone"
            version += is_done
            assert {one.version for one in standing(session, Layer.PLOTS).values()} == {version}, "half published"
            assert len(standing(session, Layer.PLOTS)) == PLOTS
            assert session.scalar(select(func.count()).where(Plot.superseded_at.is_(None))) == PLOTS
            assert session.scalar(select(func.count()).select_from(Plot)) == PLOTS * version
            assert data_revision(session) == before + is_done
            assert session.execute(text("PRAGMA integrity_check")).scalar_one() == "ok"
        database.dispose()
        undone += not is_done
        draft = None if is_done else draft
    assert undone, "never killed before the end"


def migrations(killer: Killer, kills: int) -> None:
    filled(killer)
    schemas: dict[str, list[Any]] = {}

    def schema(database: Database) -> list[Any]:
        with database.read() as session:
            return list(session.execute(text("SELECT name, sql FROM sqlite_master ORDER BY name")))

    database = killer.open()
    head = database.code_revision()
    database.downgrade(BEFORE)
    schemas[BEFORE] = schema(database)
    database.migrate()
    schemas[head] = schema(database)
    database.dispose()

    def up(database: Database) -> str:
        database.migrate()
        return head

    def down(database: Database) -> str:
        database.downgrade(BEFORE)
        return BEFORE

    at = head
    while killer.kills < kills:
        work = up if at == BEFORE else down
        to_the_end = work.__name__ not in killer.usual_s
        acknowledged = killer.run(work.__name__, work, to_the_end=to_the_end)
        database = killer.open()
        found = database.schema_revision()
        assert found in schemas
        assert schema(database) == schemas[found], "half migrated"
        assert acknowledged in {None, found}, "an acknowledged migration is gone"
        with database.read() as session:
            assert session.scalar(text("SELECT count(*) FROM boundary_version")) == PLOTS
            assert session.execute(text("PRAGMA integrity_check")).scalar_one() == "ok"
        database.dispose()
        at = found


@pytest.mark.parametrize(("task", "kills"), [(imports, 16), (publications, 16), (migrations, 10)])
def test_a_killed_process_leaves_all_or_nothing(
    killer: Killer, task: Callable[[Killer, int], None], kills: int
) -> None:
    task(killer, kills)
    assert killer.kills >= kills


@pytest.mark.soak
@pytest.mark.parametrize(("task", "kills"), [(imports, 200), (publications, 250), (migrations, 50)])
def test_five_hundred_killed_processes_leave_all_or_nothing(
    killer: Killer, task: Callable[[Killer, int], None], kills: int
) -> None:
    task(killer, kills)
