"""Many people at once: two server processes over one file, 64 editors on a few hot places and many cold ones."""

from __future__ import annotations

import multiprocessing
import random
import threading
from collections import Counter
from dataclasses import dataclass, field, replace
from multiprocessing.connection import Connection
from pathlib import Path

import pytest
from sqlalchemy import select, text

from domain.boundaries import Action, Layer
from domain.errors import PreconditionRequired, Stale
from models import BoundaryVersion, ChangesetEdit
from models.database import Database
from services.boundaries.standing import standing
from tests.services.boundaries.workbench import SIDE, Workbench, square

PROCESSES, EDITORS = 2, 64
HOT, COLD = 8, 200
COLUMNS = 20
BUSY_TIMEOUT_S = 60  # a user's turn comes: nobody is sent away


@dataclass
class Tally:
    """What the editors of one process were told. done: code → publications that were acknowledged."""

    done: Counter[str] = field(default_factory=Counter)
    stale: int = 0
    unnamed: int = 0
    faults: list[str] = field(default_factory=list)


def code_of(place: int) -> str:
    return f"P-{place:03d}"


def shape(place: int, tenths: int) -> object:
    return square(place % COLUMNS, place // COLUMNS, width=SIDE * tenths / 10)


def edit_on(bench: Workbench, dice: random.Random, edits: int, tally: Tally, lock: threading.Lock) -> None:
    """One editor: looks at a place, changes its outline, publishes it; is refused where somebody was quicker."""
    for number in range(edits):
        place = dice.randrange(HOT) if dice.random() < 0.6 else HOT + dice.randrange(COLD)
        code = code_of(place)
        try:
            edit = bench.edit(code, shape(place, dice.randint(1, 9)))  # type: ignore[arg-type]
            if number == 0:
                try:
                    bench.draft(replace(edit, action=Action.CHANGE, base_version=None))
                except PreconditionRequired:
                    with lock:
                        tally.unnamed += 1
            bench.publish(bench.draft(edit))
        except Stale:
            with lock:
                tally.stale += 1
        except Exception as error:  # whatever a user would have been told
            with lock:
                tally.faults.append(f"{type(error).__name__}: {error}")
        else:
            with lock:
                tally.done[code] += 1


def server(path: Path, seed: int, editors: int, edits: int, answer: Connection) -> None:
    """One server process with its threads."""
    bench = Workbench(Database(f"sqlite:///{path}", busy_timeout_s=BUSY_TIMEOUT_S))
    tally, lock = Tally(), threading.Lock()
    threads = [
        threading.Thread(target=edit_on, args=(bench, random.Random(seed * 1000 + one), edits, tally, lock))
        for one in range(editors)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    answer.send(tally)
    answer.close()


def serve_editors(bench: Workbench, edits: int) -> list[Tally]:
    """All editors in their processes, each with so many edits."""
    path = Path(str(bench.database.url.database))
    bench.database.dispose()  # nothing open is handed to a forked process
    context = multiprocessing.get_context("fork")
    running = []
    for seed in range(PROCESSES):
        ours, theirs = context.Pipe()
        process = context.Process(target=server, args=(path, seed, EDITORS // PROCESSES, edits, theirs))
        process.start()
        theirs.close()
        running.append((process, ours))
    tallies = [ours.recv() for _, ours in running]
    for process, _ in running:
        process.join()
    return tallies


def check(bench: Workbench, edits: int) -> None:
    places = range(HOT + COLD)
    bench.publish(bench.draft(*(bench.edit(code_of(place), shape(place, 10)) for place in places)))  # type: ignore[arg-type]

    tallies = serve_editors(bench, edits)

    assert [fault for tally in tallies for fault in tally.faults] == []
    assert sum(tally.unnamed for tally in tallies) == EDITORS, "an edit that names no version is always refused"
    assert sum(tally.stale for tally in tallies) > 0, "nobody was ever late: the places were not hot"
    done = sum((tally.done for tally in tallies), Counter[str]())
    assert sum(done.values()) + sum(tally.stale for tally in tallies) == EDITORS * edits
    with bench.database.read() as session:
        stands = standing(session, Layer.PLOTS)
        assert {code: one.version - 1 for code, one in stands.items()} == {
            code_of(place): done[code_of(place)] for place in places
        }
        rows = session.execute(
            select(BoundaryVersion.version, ChangesetEdit.base_version).join(
                ChangesetEdit,
                (ChangesetEdit.changeset_id == BoundaryVersion.changeset_id)
                & (ChangesetEdit.code == BoundaryVersion.code),
            )
        )
        assert all((base or 0) == version - 1 for version, base in rows), "every version follows the one it saw"
        assert session.execute(text("PRAGMA integrity_check")).scalar_one() == "ok"


def test_no_update_of_64_editors_in_two_processes_is_lost(bench: Workbench) -> None:
    check(bench, edits=5)


@pytest.mark.soak
def test_no_update_of_64_editors_making_a_thousand_edits_each_is_lost(bench: Workbench) -> None:
    check(bench, edits=1000)
