"""Edit packages: downloaded, brought back, and the conflicts they come back with decided one by one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path, PurePath
from tempfile import TemporaryDirectory

from flask import Blueprint, Response, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from blueprints import web
from blueprints.access import FORM_BYTES, needs
from blueprints.boundary_views import said_words, seen_number
from blueprints.boundary_words import Words
from blueprints.errors import status_of
from domain.boundaries import Layer, Verdict
from domain.errors import BadRequest, Conflict, Forbidden, NotFound, OneMapError, Stale
from domain.merging import Decision
from domain.permissions import Permission
from services.boundaries.changesets import OPEN
from services.boundaries.deciding import Conflicts, conflicts_of, decide
from services.boundaries.limits import limits_of
from services.boundaries.merging import Returned, bring_back
from services.boundaries.packages import make_package

pages = Blueprint("boundary_packages", __name__, url_prefix="/boundaries")
GEOPACKAGE = "application/geopackage+sqlite3"
_MOST_CODES = 2000


@dataclass(frozen=True)
class PackagesPage:
    """Take a package, or bring one back. returned: what became of the file just sent, where it was not stored."""

    most_mb: int
    layer: str = ""
    returned: Returned | None = None
    file_name: str = ""
    fault: OneMapError | None = None
    layers: tuple[Layer, ...] = tuple(Layer)

    @property
    def waits_for_confirmation(self) -> bool:
        return self.returned is not None and self.returned.verdict is Verdict.REPAIR


@dataclass(frozen=True)
class ConflictsPage:
    """What both sides changed. fault: why the last decision was refused."""

    conflicts: Conflicts
    may_decide: bool
    said: Mapping[str, tuple[tuple[Words, Words, Words], ...]]
    fault: OneMapError | None = None


@pages.get("/packages")
@needs(Permission.EDIT_BOUNDARIES)
def show() -> str:
    return _page(layer=request.args.get("layer", ""))


@pages.post("/packages")
@needs(Permission.EDIT_BOUNDARIES)
def take() -> Response | tuple[str, int]:
    """The package as a file."""
    layer = request.form.get("layer", "")
    codes = [code for code in request.form.get("codes", "").replace("，", ",").replace(",", " ").split() if code]
    try:
        if layer not in set(Layer):
            raise BadRequest("请选择图层", "choose a layer", place="layer")
        if len(codes) > _MOST_CODES:
            raise BadRequest(f"编码不超过 {_MOST_CODES} 个", f"at most {_MOST_CODES} codes", place="codes")
        package = make_package(web.database(), Layer(layer), codes=codes, actor=web.actor())
    except (BadRequest, NotFound, Forbidden) as fault:
        return _page(layer=layer, fault=fault), status_of(type(fault))
    response = Response(package.content, mimetype=GEOPACKAGE)
    response.headers["Content-Disposition"] = f'attachment; filename="{package.name}"'
    return response


@pages.post("/packages/merge")
@needs(Permission.EDIT_BOUNDARIES, most_bytes=lambda: web.settings().upload_bytes + FORM_BYTES)
def merge() -> BaseResponse | tuple[str, int]:
    """Merge a package that comes back; on to its conflicts, or to the draft."""
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        fault = BadRequest("请选择文件", "choose a file", place="file")
        return _page(fault=fault), HTTPStatus.BAD_REQUEST
    name = PurePath(upload.filename.replace("\\", "/")).name[:200] or "package.gpkg"
    with TemporaryDirectory(prefix="onemap-merge-") as folder:
        path = Path(folder) / "package.gpkg"
        upload.save(path)
        try:
            returned = bring_back(
                web.database(),
                path=path,
                name=name,
                actor=web.actor(),
                limits=limits_of(web.settings()),
                confirmed=request.form.get("confirm") == "yes",
            )
        except Forbidden as fault:
            return _page(fault=fault), status_of(type(fault))
    if returned.changeset is None:
        is_bad = returned.verdict in {Verdict.REJECT, Verdict.ASK}
        status = HTTPStatus.UNPROCESSABLE_ENTITY if is_bad else HTTPStatus.OK
        return _page(returned=returned, file_name=name), status
    onward = "boundary_packages.show_conflicts" if returned.conflicts else "boundary_changesets.show"
    return redirect(web.page_url(onward, changeset_id=returned.changeset), code=HTTPStatus.SEE_OTHER)


@pages.get("/changesets/<int:changeset_id>/conflicts")
@needs(Permission.SEE_DRAFTS)
def show_conflicts(changeset_id: int) -> str:
    return _conflicts_page(changeset_id)


@pages.post("/changesets/<int:changeset_id>/conflicts")
@needs(Permission.EDIT_BOUNDARIES)
def decide_one(changeset_id: int) -> BaseResponse | tuple[str, int]:
    """End one conflict."""
    decision = request.form.get("decision", "")
    code = request.form.get("code", "")[:64]
    try:
        if decision not in set(Decision):
            raise BadRequest("请选择怎么办", "choose what to do", place="decision")
        decide(
            web.database(),
            changeset_id,
            code,
            Decision(decision),
            seen=seen_number(),
            draft_seen=seen_number("draft"),
            actor=web.actor(),
            limits=limits_of(web.settings()),
        )
    except (BadRequest, Forbidden, Conflict, Stale) as fault:
        return _conflicts_page(changeset_id, fault=fault), status_of(type(fault))
    address = web.page_url("boundary_packages.show_conflicts", changeset_id=changeset_id)
    return redirect(f"{address}#left", code=HTTPStatus.SEE_OTHER)


def _page(**told: object) -> str:
    page = PackagesPage(most_mb=web.settings().upload_bytes // 1_000_000, **told)  # type: ignore[arg-type]
    return render_template("boundaries/packages.html", page=page)


def _conflicts_page(changeset_id: int, *, fault: OneMapError | None = None) -> str:
    with web.database().read() as session:
        found = conflicts_of(session, changeset_id)
        may_decide = found.changeset.status in OPEN and web.actor().may(Permission.EDIT_BOUNDARIES)
        said = {one.code: said_words(one.said) for one in found.items}
        page = ConflictsPage(found, may_decide, said, fault)
        return render_template("boundaries/conflicts.html", page=page)
