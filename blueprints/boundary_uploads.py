"""A boundary file sent in: kept, read in the background, its findings shown, its questions answered, stored as a draft.

A form is answered with a redirect to the page of the job, a program (Accept: application/json) with the outcome itself.
Both carry the outcome's status: 201 stored (a form: 303 to the draft), 200 a question or repairs to confirm,
413, 415 or 422 rejected, 202 still being read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from pathlib import Path, PurePath

from flask import Blueprint, Response, jsonify, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from blueprints import web
from blueprints.access import FORM_BYTES, needs
from blueprints.boundaries import overview_page
from blueprints.boundary_previews import Preview, preview_of
from blueprints.boundary_words import STAGES, VERDICTS, Words
from blueprints.errors import status_of, wants_json
from domain.boundaries import Layer, Severity, Verdict
from domain.errors import BadRequest, Busy, Forbidden, OneMapError
from domain.permissions import Permission
from services.boundaries import drafting, jobs
from services.boundaries.drafting import Draft
from services.boundaries.limits import limits_of
from services.boundaries.previewing import FileOptions, answered

pages = Blueprint("boundary_uploads", __name__, url_prefix="/boundaries/uploads")
PROGRAM_WAIT_S = 15.0  # then a program is told where to ask; it must not hold one of our few threads for long
SHORT_WAIT_S = 1.5  # most files are read by then, and the form leads straight to the findings
TOO_LARGE = frozenset(
    {"upload_too_large", "archive_too_large", "archive_too_many", "too_many_features", "too_many_vertices"}
)
FAULTS: dict[str, type[OneMapError]] = {
    Forbidden.code: Forbidden,
    Busy.code: Busy,
    jobs.FAULT_OF_OURS: OneMapError,
}
"""Why a job breaks off, but for faults of its file."""
NO_SUCH_FORMAT = frozenset({"content_mismatch", "extension_unknown"})


@dataclass(frozen=True)
class UploadPage:
    """A job. preview: what was found, once it is read; failure: why it broke off."""

    job: str
    file_name: str
    is_running: bool
    stage_words: Words
    share: float
    failure: Words | None = None
    preview: Preview | None = None
    verdicts: dict[Verdict, tuple[str, Words, Words]] = field(default_factory=lambda: VERDICTS)


@pages.post("")
@needs(Permission.EDIT_BOUNDARIES, most_bytes=lambda: web.settings().upload_bytes + FORM_BYTES)
def send() -> BaseResponse | tuple[str, int]:
    """Keep the file and start reading it."""
    upload = request.files.get("file")
    chosen = request.form.get("layer", "")
    try:
        if upload is None or not upload.filename:
            raise BadRequest("请选择文件", "choose a file", place="file")
        options = _options(drafting.options(_layer(chosen)))
        stated = {name: _text(request.form, name) for name in ("title", "grade", "date")}
        provenance = drafting.Provenance.stated(**stated)
    except BadRequest as fault:
        if wants_json():
            raise
        return overview_page(fault=fault, chosen_layer=chosen), HTTPStatus.BAD_REQUEST
    name = PurePath(upload.filename.replace("\\", "/")).name[:200] or "file"
    job_id = jobs.begin(
        web.database(),
        _folder(),
        file_name=name,
        options=options,
        actor=web.actor(),
        save=upload.save,
        provenance=provenance,
    )
    return _read(job_id, options, confirmed=_is_confirmed())


@pages.get("/<job>")
@needs(Permission.EDIT_BOUNDARIES)
def show(job: str) -> BaseResponse | tuple[str, int]:
    return _page(job)


@pages.get("/<job>/state")
@needs(Permission.EDIT_BOUNDARIES)
def state(job: str) -> Response:
    """How far it is, for the script of the page."""
    now = _state(job)
    (zh, en), share = _progress(now)
    answer = jsonify({"is_running": now.is_running, "share": share, "stage_zh": zh, "stage_en": en})
    answer.headers["Cache-Control"] = "no-store"
    return answer


@pages.post("/<job>")
@needs(Permission.EDIT_BOUNDARIES)
def answer(job: str) -> BaseResponse | tuple[str, int]:
    """The same file once more, with what was answered."""
    now = _state(job)
    if now.status != jobs.WAITING:
        return redirect(web.page_url("boundary_uploads.show", job=job), code=303)
    options = _options(now.options, jobs.outcome(_folder(), job).intake.used)
    # what is corrected has not been seen yet: it is shown again before it can be confirmed
    return _read(job, options, confirmed=_is_confirmed() and options == now.options)


def _read(job: str, options: FileOptions, *, confirmed: bool) -> BaseResponse | tuple[str, int]:
    limits = limits_of(web.settings())
    thread = jobs.start(
        web.database(),
        _folder(),
        job,
        options=options,
        confirmed=confirmed,
        actor=web.actor(),
        limits=limits,
    )
    if thread is not None:
        thread.join(PROGRAM_WAIT_S if wants_json() else SHORT_WAIT_S)
    if wants_json():
        return _told_to_programs(job)
    return redirect(web.page_url("boundary_uploads.show", job=job), code=303)


def _told_to_programs(job: str) -> Response:
    """As `boundaries import --json` tells it."""
    now = _state(job)
    if now.fault is not None:
        raise FAULTS.get(now.code, BadRequest)(*now.fault, place=now.file_name)
    if now.is_running:
        answer = make_response(jsonify({"job": job}), HTTPStatus.ACCEPTED)
    else:
        draft = jobs.outcome(_folder(), job)
        answer = make_response(jsonify(draft.as_json()), status_for(draft))
    answer.headers["Location"] = web.page_url("boundary_uploads.show", job=job)
    return answer


def _page(job: str) -> BaseResponse | tuple[str, int]:
    if wants_json():
        return _told_to_programs(job)
    now = _state(job)
    words, share = _progress(now)
    page = UploadPage(job, now.file_name, now.is_running, words, share, failure=now.fault)
    if now.is_running:
        return render_template("boundaries/upload.html", page=page), HTTPStatus.ACCEPTED
    if now.fault is not None:
        status = status_of(FAULTS[now.code]) if now.code in FAULTS else HTTPStatus.UNPROCESSABLE_ENTITY
        return render_template("boundaries/upload.html", page=page), status
    if now.changeset is not None:
        address = web.page_url("boundary_changesets.show", changeset_id=now.changeset, told="stored")
        return redirect(address, code=303)
    draft = jobs.outcome(_folder(), job)
    with web.database().read() as session:
        page = replace(page, preview=preview_of(session, draft, now.options.layer))
    return render_template("boundaries/upload.html", page=page), status_for(draft)


def status_for(draft: Draft) -> HTTPStatus:
    """201 stored, 200 something is to be answered, seen or confirmed; a rejection by its reason."""
    if draft.stored:
        return HTTPStatus.CREATED
    if draft.verdict is not Verdict.REJECT:
        return HTTPStatus.OK
    codes = {finding.code for finding in draft.findings if finding.severity is Severity.REJECT}
    if codes & TOO_LARGE:
        return HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    if codes & NO_SUCH_FORMAT:
        return HTTPStatus.UNSUPPORTED_MEDIA_TYPE
    return HTTPStatus.UNPROCESSABLE_ENTITY


def _state(job: str) -> jobs.State:
    with web.database().read() as session:
        return jobs.state(session, job, actor=web.actor(), limits=limits_of(web.settings()))


def _progress(now: jobs.State) -> tuple[Words, float]:
    """The stage in words and the share of the whole."""
    words, start, end = STAGES.get(now.stage, STAGES["reading"])
    return words, start + (end - start) * min(max(now.share, 0.0), 1.0)


def _is_confirmed() -> bool:
    return request.form.get("confirm") == "1"


def _options(before: FileOptions, used: Mapping[str, str] | None = None) -> FileOptions:
    """What was said so far with what the form says."""
    columns = {
        name.removeprefix("column.")[:40]: column
        for name in request.form
        if name.startswith("column.") and (column := _text(request.form, name))
    }
    said = {name: _text(request.form, name) for name in ("crs", "encoding", "source_layer")}
    return answered(before, columns=columns, used=used, **said)


def _text(form: Mapping[str, str], name: str) -> str:
    return form.get(name, "").strip()[:200]


def _layer(given: str) -> Layer:
    try:
        return Layer(given)
    except ValueError:
        raise BadRequest(f"没有这个图层：{given[:40]}", f"no such layer: {given[:40]}", place="layer") from None


def _folder() -> Path:
    return web.settings().instance_path / "uploads"
