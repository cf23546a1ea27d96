"""Uploads under way: kept, read in the background, asked, confirmed; swept away when they are old."""

from __future__ import annotations

import json
import os
import threading
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import shapely

from domain.boundaries import Layer, Verdict
from domain.errors import Busy, Forbidden, NotFound, TooManyTries
from geo.intake.model import Options
from models import UploadJob
from models.database import now
from services.boundaries import drafting, jobs, turns
from tests.services.boundaries.workbench import EDITOR, LIMITS, PUBLISHER, Workbench, collection, read_here, square

OPTIONS = Options(Layer.PLOTS)


@pytest.fixture(autouse=True)
def _read_in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drafting, "take_in", read_here)


def begin(bench: Workbench, folder: Path, content: Any) -> str:
    def save(path: Path) -> None:
        path.write_text(json.dumps(content), encoding="utf-8")

    return jobs.begin(bench.database, folder, file_name="plots.geojson", options=OPTIONS, actor=EDITOR, save=save)


def run(bench: Workbench, folder: Path, job: str, *, confirmed: bool = False) -> jobs.State:
    how = {"options": OPTIONS, "confirmed": confirmed, "actor": EDITOR, "limits": LIMITS}
    thread = jobs.start(bench.database, folder, job, **how)
    assert thread is not None
    thread.join()
    return state(bench, job)


def state(bench: Workbench, job: str) -> jobs.State:
    with bench.database.read() as session:
        return jobs.state(session, job, actor=EDITOR, limits=LIMITS)


def crossing() -> dict[str, Any]:
    content = collection({"P-1": square(0)})
    ring = content["features"][0]["geometry"]["coordinates"][0][0]
    content["features"][0]["geometry"]["coordinates"] = [[[ring[0], ring[2], ring[1], ring[3], ring[0]]]]
    return content


def test_an_upload_is_read_in_the_background_and_its_file_goes(bench: Workbench, tmp_path: Path) -> None:
    job = begin(bench, tmp_path, collection({"P-1": square(0)}))
    found = run(bench, tmp_path, job)
    assert (found.status, found.share, found.fault) == (jobs.DONE, 1.0, None)
    draft = jobs.outcome(tmp_path, job)
    assert (draft.stored, draft.changeset) == (True, found.changeset)
    assert shapely.to_wkb(draft.intake.features[0].geometry) == shapely.to_wkb(square(0))
    assert [path.name for path in (tmp_path / job).iterdir()] == ["outcome.json"]


def test_an_upload_that_waits_is_gone_on_with(bench: Workbench, tmp_path: Path) -> None:
    job = begin(bench, tmp_path, crossing())
    assert run(bench, tmp_path, job).status == jobs.WAITING
    waiting = jobs.outcome(tmp_path, job)
    assert waiting.verdict is Verdict.REPAIR
    assert waiting.intake.features[0].before is not None
    assert run(bench, tmp_path, job, confirmed=True).status == jobs.DONE
    assert jobs.outcome(tmp_path, job).stored


def test_a_job_is_its_makers_alone(bench: Workbench, tmp_path: Path) -> None:
    job = begin(bench, tmp_path, collection({"P-1": square(0)}))
    with bench.database.read() as session, pytest.raises(NotFound):
        jobs.state(session, job, actor=PUBLISHER, limits=LIMITS)
    with pytest.raises(NotFound):
        jobs.outcome(tmp_path, "../../etc")


def test_a_job_whose_process_died_has_failed(bench: Workbench, tmp_path: Path) -> None:
    job = begin(bench, tmp_path, collection({"P-1": square(0)}))
    with bench.database.write() as session:
        row = session.get_one(UploadJob, job)
        row.status, row.told_at = jobs.RUNNING, now() - timedelta(seconds=LIMITS.child_s + jobs.GRACE_S + 1)
    found = state(bench, job)
    assert found.status == jobs.FAILED
    assert found.fault is not None


def test_old_uploads_and_those_cut_off_are_swept_away_and_others_kept(bench: Workbench, tmp_path: Path) -> None:
    old = begin(bench, tmp_path, collection({"P-1": square(0)}))
    fresh = begin(bench, tmp_path, collection({"P-1": square(0)}))
    (tmp_path / "cut-off").mkdir()
    (tmp_path / "just-begun").mkdir()
    with bench.database.write() as session:
        session.get_one(UploadJob, old).made_at = now() - jobs.KEPT_FOR - timedelta(minutes=1)
    long_ago = time.time() - jobs.GRACE_S - 1
    for name in (old, "cut-off", fresh):
        os.utime(tmp_path / name, (long_ago, long_ago))
    jobs.sweep(bench.database, tmp_path)
    assert {path.name for path in tmp_path.iterdir() if path.is_dir()} == {fresh, "just-begun"}


def test_no_more_than_two_files_are_read_at_once(
    bench: Workbench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate, reading = threading.Event(), threading.Semaphore(0)

    def held(*given: Any, **named: Any) -> Any:
        reading.release()
        gate.wait(timeout=60)
        return read_here(*given, **named)

    monkeypatch.setattr(drafting, "take_in", held)
    how = {"options": OPTIONS, "confirmed": False, "actor": EDITOR, "limits": LIMITS}
    started = [begin(bench, tmp_path, collection({f"P-{number}": square(number)})) for number in range(4)]
    threads = [jobs.start(bench.database, tmp_path, job, **how) for job in started]
    assert all(reading.acquire(timeout=30) for _ in range(turns.MOST_AT_ONCE))
    assert not reading.acquire(timeout=1)
    assert sorted(state(bench, job).stage for job in started) == ["reading", "reading", "waiting", "waiting"]
    gate.set()
    for thread in threads:
        assert thread is not None
        thread.join()
    assert [state(bench, job).status for job in started] == [jobs.DONE] * 4


def test_of_two_requests_one_reads_the_file(bench: Workbench, tmp_path: Path) -> None:
    job = begin(bench, tmp_path, crossing())
    assert run(bench, tmp_path, job).status == jobs.WAITING
    with bench.database.write() as session:
        session.get_one(UploadJob, job).status = jobs.RUNNING
    how = {"options": OPTIONS, "confirmed": True, "actor": EDITOR, "limits": LIMITS}
    assert jobs.start(bench.database, tmp_path, job, **how) is None


def test_an_account_has_so_many_files_read_at_once_and_the_oldest_questions_make_room(
    bench: Workbench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "MOST_WAITING", 2)
    monkeypatch.setattr(jobs, "MOST_RUNNING", 1)
    waiting = []
    for _ in range(3):
        waiting.append(begin(bench, tmp_path, crossing()))
        run(bench, tmp_path, waiting[-1])
    assert [state(bench, job).status for job in waiting] == [jobs.FAILED, jobs.WAITING, jobs.WAITING]
    assert not (tmp_path / waiting[0] / "file").exists()
    with bench.database.write() as session:
        session.get_one(UploadJob, waiting[2]).status = jobs.RUNNING
    before = sorted(tmp_path.iterdir())
    with pytest.raises(TooManyTries):
        begin(bench, tmp_path, crossing())
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize("fault", [Forbidden("不行", "no"), ZeroDivisionError("ours")])
def test_a_job_that_breaks_off_says_so_and_keeps_no_file(
    bench: Workbench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    def broken(*given: Any, **named: Any) -> Any:
        raise fault

    monkeypatch.setattr(jobs, "bring_in", broken)
    job = begin(bench, tmp_path, collection({"P-1": square(0)}))
    found = run(bench, tmp_path, job)
    assert (found.status, found.code) == (jobs.FAILED, getattr(fault, "code", jobs.FAULT_OF_OURS))
    assert found.fault is not None
    assert list((tmp_path / job).iterdir()) == []


def test_a_busy_database_neither_breaks_a_job_off_nor_hides_its_end(
    bench: Workbench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = begin(bench, tmp_path, collection({"P-1": square(0)}))
    report, busy = jobs._report, iter([True, True, True, False, True, True])

    def now_and_then(*given: Any, **named: Any) -> None:
        if next(busy, False):
            raise Busy("忙", "busy")
        report(*given, **named)

    monkeypatch.setattr(jobs, "_report", now_and_then)
    found = run(bench, tmp_path, job)
    assert (found.status, found.fault) == (jobs.DONE, None)
    assert found.changeset is not None


def test_answered_files_count_among_those_being_read(
    bench: Workbench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs_begun = [begin(bench, tmp_path, crossing()) for _ in range(2)]
    monkeypatch.setattr(jobs, "MOST_RUNNING", 1)
    with bench.database.write() as session:
        session.get_one(UploadJob, jobs_begun[0]).status = jobs.RUNNING
    how = {"options": OPTIONS, "confirmed": True, "actor": EDITOR, "limits": LIMITS}
    with pytest.raises(TooManyTries):
        jobs.start(bench.database, tmp_path, jobs_begun[1], **how)
    with bench.database.write() as session:  # its server died
        session.get_one(UploadJob, jobs_begun[0]).told_at = now() - timedelta(seconds=3 * jobs.GRACE_S)
    assert jobs.start(bench.database, tmp_path, jobs_begun[1], **how) is not None
