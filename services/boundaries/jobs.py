"""Uploads under way: a file kept aside while it is read in the background, its questions answered, and its outcome.

The row says how far a job is, for whichever server process is asked; the file and the outcome lie in a folder of the
job's own beside the database, and go when the job ends or a day later.
"""

from __future__ import annotations

import json
import logging
import secrets
import shutil
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import shapely
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from domain.boundaries import Layer, Verdict
from domain.errors import Busy, NotFound, OneMapError, TooManyTries
from domain.permissions import Actor
from geo.intake.model import Feature, Intake, Limits, Options
from models import UploadJob
from models.database import Database, now
from services.boundaries.changesets import findings_json, findings_of
from services.boundaries.drafting import NOTHING_STATED, Draft, Provenance, bring_in
from services.boundaries.turns import patient_turn

RUNNING, WAITING, DONE, FAILED = "running", "waiting", "done", "failed"
KEPT_FOR = timedelta(days=1)
GRACE_S = 60.0  # beyond the time a file may take, a job nobody reports on is lost
TELL_EVERY_S = 0.5
END_TRIES = 10
PROVENANCE = "provenance"  # in the stored options
FAULT_OF_OURS = "internal_error"
MOST_RUNNING, MOST_WAITING = 10, 30  # files of one account that are being read, and that wait for an answer
_FILE, _OUTCOME = "file", "outcome.json"
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class State:
    """How far a job is. fault: why it failed, in Chinese and English; code: of that fault."""

    id: str
    status: str
    stage: str
    share: float
    file_name: str
    options: Options
    changeset: int | None
    fault: tuple[str, str] | None
    code: str = ""

    @property
    def is_running(self) -> bool:
        return self.status == RUNNING


def begin(
    database: Database,
    folder: Path,
    *,
    file_name: str,
    options: Options,
    actor: Actor,
    save: Callable[[Path], object],
    provenance: Provenance = NOTHING_STATED,
) -> str:
    """Keep an uploaded file. save: writes it to a path. Returns the job's id; `run` or `start` does the rest.

    Raises TooManyTries while too many files of the account are being read.
    """
    sweep(database, folder)
    _make_room(database, folder, actor)
    job_id = secrets.token_hex(16)
    own = folder / job_id
    own.mkdir(parents=True)
    save(own / _FILE)
    with database.write() as session:
        session.add(
            UploadJob(
                id=job_id, made_by=actor.name, made_at=now(), told_at=now(), file_name=file_name,
                options={**_options_json(options), PROVENANCE: provenance.as_json()},
                status=WAITING, stage="uploaded", share=0.0,
            )
        )  # fmt: skip
    return job_id


def _make_room(database: Database, folder: Path, actor: Actor) -> None:
    """Let go of the oldest files of an account that wait for an answer. Raises TooManyTries where too many are read."""
    own = UploadJob
    with database.read() as session:
        _require_turn(session, actor.name)
        waiting = select(own.id).where(own.made_by == actor.name, own.status == WAITING).order_by(own.made_at.desc())
        old = session.scalars(waiting.offset(MOST_WAITING - 1)).all()
    zh, en = "等待太久，文件已移除，请重新上传", "it waited too long and was removed: send the file again"
    for job_id in old:
        if _take(database, job_id, actor.name):  # unless it is being answered just now
            _fail(database, folder, job_id, zh, en)


def _require_turn(session: Session, made_by: str) -> None:
    own = UploadJob
    alive = own.told_at > now() - timedelta(seconds=2 * GRACE_S)  # else its server died
    running = session.scalar(select(func.count()).where(own.made_by == made_by, own.status == RUNNING, alive)) or 0
    if running >= MOST_RUNNING:
        raise TooManyTries(
            f"您有 {running} 个文件正在读取，请稍后再传",
            f"{running} of your files are being read: send this one later",
            retry_after_s=30,
        )


def start(database: Database, folder: Path, job_id: str, *, actor: Actor, **how: Any) -> threading.Thread | None:
    """`run` in the background; None where the job is being read already. Raises TooManyTries."""
    with database.read() as session:
        _require_turn(session, actor.name)
    if not _take(database, job_id, actor.name):
        return None
    how = {**how, "actor": actor}
    thread = threading.Thread(target=run, args=(database, folder, job_id), kwargs=how, name=f"upload {job_id}")
    thread.daemon = True
    thread.start()
    return thread


def _take(database: Database, job_id: str, made_by: str) -> bool:
    """Whether the job waited, and is ours to be read now: of two requests one gets it."""
    statement = (
        update(UploadJob)
        .where(UploadJob.id == job_id, UploadJob.made_by == made_by, UploadJob.status == WAITING)
        .values(status=RUNNING, stage="waiting", share=0.0, told_at=now())
    )
    with database.write() as session:
        taken: Any = session.execute(statement)
        return bool(taken.rowcount)


def run(
    database: Database,
    folder: Path,
    job_id: str,
    *,
    options: Options,
    confirmed: bool,
    actor: Actor,
    limits: Limits,
) -> None:
    """Bring the kept file in; how far it is and what became of it is written to the job. Raises nothing we know."""
    told_at = 0.0

    def tell(stage: str, share: float) -> None:
        nonlocal told_at
        if time.monotonic() - told_at >= TELL_EVERY_S:
            told_at = time.monotonic()
            _tell(database, job_id, stage=stage[:32], share=share)

    try:
        with database.read() as session:
            job = _get(session, job_id, actor)
            name, stated = job.file_name, job.options.get(PROVENANCE, {})
        said = {**_options_json(options), PROVENANCE: stated}
        _tell(database, job_id, stage="waiting", share=0.0, options=said)
        with patient_turn(lambda: _tell(database, job_id, stage="waiting")):
            _tell(database, job_id, stage="reading")
            draft = bring_in(
                database, path=folder / job_id / _FILE, name=name, options=options, actor=actor, confirmed=confirmed,
                limits=limits, tell=tell, provenance=Provenance.stated(**stated),
            )  # fmt: skip
        content = json.dumps(_draft_json(draft), ensure_ascii=False)
        (folder / job_id / _OUTCOME).write_text(content, encoding="utf-8")
        is_open = not draft.stored and draft.verdict in {Verdict.REPAIR, Verdict.ASK}
        status = WAITING if is_open else DONE
        _end(database, job_id, status=status, stage="done", share=1.0, changeset_id=draft.changeset)
        if not is_open:
            (folder / job_id / _FILE).unlink(missing_ok=True)
    except OneMapError as error:
        _fail(database, folder, job_id, error.message_zh, error.message_en, code=error.code)
    except Exception:  # nobody else would see it, and the job would seem to run on
        _log.exception("upload %s failed", job_id)
        _fail(database, folder, job_id, "系统出错，已记入日志", "a fault of ours, logged", code=FAULT_OF_OURS)


def _tell(database: Database, job_id: str, **values: Any) -> None:
    """How far it is; a busy database is no reason to break off."""
    try:
        _report(database, job_id, **values)
    except Busy:
        _log.info("the progress of upload %s could not be told: the database is busy", job_id)


def _end(database: Database, job_id: str, **values: Any) -> None:
    """What became of it. Raises Busy only after many tries: the draft may be stored already."""
    for left in reversed(range(END_TRIES)):
        try:
            _report(database, job_id, **values)
            return
        except Busy:
            if not left:
                raise
            _log.warning("the end of upload %s could not be told yet: the database is busy", job_id)


def _fail(database: Database, folder: Path, job_id: str, zh: str, en: str, code: str = "") -> None:
    _end(database, job_id, status=FAILED, answer={"zh": zh, "en": en, "code": code})
    (folder / job_id / _FILE).unlink(missing_ok=True)


def state(session: Session, job_id: str, *, actor: Actor, limits: Limits) -> State:
    """One's own job. Raises NotFound for another's. A job nobody has reported on for too long has failed."""
    job = _get(session, job_id, actor)
    status, fault, code = job.status, None, ""
    if status == RUNNING and now() - job.told_at > timedelta(seconds=limits.child_s + GRACE_S):
        status, fault = FAILED, ("处理中断，请重新上传", "it was interrupted: please send the file again")
    elif status == FAILED and job.answer:
        fault, code = (job.answer["zh"], job.answer["en"]), job.answer.get("code", "")
    options = _options_of(job.options)
    return State(job.id, status, job.stage, job.share, job.file_name, options, job.changeset_id, fault, code)


def outcome(folder: Path, job_id: str) -> Draft:
    """What became of a job's file, its features with it. Raises NotFound where there is no outcome (any more)."""
    path = folder / job_id / _OUTCOME
    if not job_id.isalnum() or not path.is_file():
        raise NotFound("没有这次上传的结果", "no outcome of this upload", place=job_id[:32])
    return _draft_of(json.loads(path.read_text(encoding="utf-8")))


def sweep(database: Database, folder: Path) -> None:
    """Remove the folders of jobs that are a day old, and of uploads that were cut off."""
    if not folder.is_dir():
        return
    with database.read() as session:
        kept = set(session.scalars(select(UploadJob.id).where(UploadJob.made_at > now() - KEPT_FOR)))
    for own in folder.iterdir():
        is_being_written = time.time() - own.stat().st_mtime < GRACE_S
        if own.name not in kept and not is_being_written:
            shutil.rmtree(own, ignore_errors=True)


def _get(session: Session, job_id: str, actor: Actor) -> UploadJob:
    job = session.get(UploadJob, job_id)
    if job is None or job.made_by != actor.name:
        raise NotFound("没有这次上传", "no such upload", place=job_id[:32])
    return job


def _report(database: Database, job_id: str, **values: Any) -> None:
    with database.write() as session:
        job = session.get_one(UploadJob, job_id)
        for name, value in values.items():
            setattr(job, name, value)
        job.told_at = now()


def _options_json(options: Options) -> dict[str, Any]:
    return {**asdict(options), "layer": options.layer.value, "columns": dict(options.columns)}


def _options_of(stored: dict[str, Any]) -> Options:
    said = {name: value for name, value in stored.items() if name != PROVENANCE}
    return Options(**{**said, "layer": Layer(said["layer"])})


def _draft_json(draft: Draft) -> dict[str, Any]:
    intake = draft.intake
    return {
        "verdict": draft.verdict.value,
        "stored": draft.stored,
        "changeset": draft.changeset,
        "remembered": dict(draft.remembered),
        "findings": findings_json(draft.findings),
        "intake": {
            "crs": intake.crs,
            "encoding": intake.encoding,
            "layers": list(intake.layers),
            "source_layer": intake.source_layer,
            "columns": list(intake.columns),
            "used": dict(intake.used),
        },
        "features": [
            {
                "number": feature.number,
                "code": feature.code,
                "name": feature.name,
                "geometry": _hex(feature.geometry),
                "before": _hex(feature.before),
                "attributes": dict(feature.attributes),
                "area_change_m2": feature.area_change_m2,
            }
            for feature in intake.features
        ],
    }


def _draft_of(stored: dict[str, Any]) -> Draft:
    findings = findings_of(stored["findings"])
    features = tuple(
        Feature(**{**row, "geometry": _shape(row["geometry"]), "before": _shape(row["before"])})
        for row in stored["features"]
    )
    told = stored["intake"]
    intake = Intake(findings, features, **{**told, "layers": tuple(told["layers"]), "columns": tuple(told["columns"])})
    return Draft(
        Verdict(stored["verdict"]), stored["stored"], stored["changeset"], findings, intake, stored["remembered"]
    )


def _hex(geometry: Any) -> str | None:
    return None if geometry is None else shapely.to_wkb(geometry, hex=True)


def _shape(stored: str | None) -> Any:
    return None if stored is None else shapely.from_wkb(stored)
