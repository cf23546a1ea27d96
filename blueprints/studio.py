"""数据录入: sheets out, and back in after a preview. For officers, and for everybody who reaches an internal server."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import quote

from flask import Blueprint, Response, render_template, request

from blueprints import web
from blueprints.access import FORM_BYTES, needs
from blueprints.errors import status_of
from domain.errors import BadRequest, Conflict, Forbidden, OneMapError
from domain.permissions import Permission
from services.chains import list_chains
from services.entry import exporting, importing
from services.entry.cells import MAX_FILE_BYTES
from services.entry.faults import ManyFaults
from services.entry.files import WrittenFile, format_of
from services.entry.meanings import SHEET_WORDS
from services.entry.pending import PendingFiles
from services.entry.planning import Action, Plan, PlannedRow
from services.schemas import ChainOut

pages = Blueprint("studio", __name__, url_prefix="/studio")
MOST_ROWS_SHOWN = 200
_ACTION_WORDS = {
    Action.ADDED: ("新增", "Added"),
    Action.CHANGED: ("更改", "Changed"),
    Action.RETIRED: ("停用", "Retired"),
    Action.UNCHANGED: ("不变", "Unchanged"),
}


@dataclass(frozen=True)
class DataPage:
    """The page of data entry. plan: of the file just looked at, with its token; faults: why it cannot be taken in;
    done: what was taken in."""

    chains: list[ChainOut]
    sheets: dict[str, tuple[str, str]] = field(default_factory=lambda: SHEET_WORDS)
    sheet: str = ""
    actor: str = ""
    file: str = ""
    plan: Plan | None = None
    token: str = ""
    faults: tuple[OneMapError, ...] = ()
    fault_count: int = 0
    done: Plan | None = None
    actions: dict[Action, tuple[str, str]] = field(default_factory=lambda: _ACTION_WORDS)

    @property
    def rows(self) -> list[PlannedRow]:
        """What differs, as much of it as is shown."""
        return self.differing[:MOST_ROWS_SHOWN]

    @property
    def differing(self) -> list[PlannedRow]:
        plan = self.plan
        return [row for row in plan.rows if row.action is not Action.UNCHANGED] if plan else []


@pages.get("/data")
@needs(Permission.ENTER_DATA)
def show() -> str:
    return _page()


@pages.get("/data/<sheet>/template.<suffix>")
@needs(Permission.ENTER_DATA)
def template(sheet: str, suffix: str) -> Response:
    return _file(exporting.template(sheet, format_of(f"file.{suffix}")))


@pages.get("/data/<sheet>/export.<suffix>")
@needs(Permission.ENTER_DATA)
def export(sheet: str, suffix: str) -> Response:
    with web.database().read() as session:
        return _file(
            exporting.export(session, sheet, chain=request.args.get("chain") or None, kind=format_of(f"file.{suffix}"))
        )


@pages.post("/data/preview")
@needs(Permission.ENTER_DATA, most_bytes=MAX_FILE_BYTES + FORM_BYTES)
def preview() -> tuple[str, int] | str:
    """What a file would change; nothing is stored but the file itself, for a day."""
    sheet, actor, upload = request.form.get("sheet", ""), _actor(), request.files.get("file")
    if upload is None or not upload.filename:
        return _page(sheet=sheet, actor=actor, faults=(BadRequest("请选择文件", "choose a file", place="file"),)), 400
    content = upload.read()
    try:
        with web.database().read() as session:
            plan = importing.plan(
                session,
                sheet=sheet,
                name=upload.filename,
                content=content,
                today=web.today(),
                limited_to=web.actor().parks,
            )
    except (BadRequest, Conflict, Forbidden) as fault:
        return _refused(fault, sheet, actor, upload.filename)
    token = _pending().keep(content) if plan.has_changes else ""
    return _page(sheet=sheet, actor=actor, file=upload.filename, plan=plan, token=token)


@pages.post("/data/apply")
@needs(Permission.ENTER_DATA)
def apply() -> tuple[str, int] | str:
    """Take in the file that was looked at, if the data are still those it was compared with."""
    sheet, actor, token = request.form.get("sheet", ""), _actor(), request.form.get("token", "")
    name, revision = request.form.get("name", ""), request.form.get("revision", "")
    if not actor:
        raise BadRequest("请填写经手人", "say who enters the rows", place="actor")
    if not revision.isascii() or not revision.isdigit():
        raise BadRequest("缺少预览时的数据版本", "the revision of the preview is missing", place="revision")
    try:
        done = importing.apply(
            web.database(),
            sheet=sheet,
            name=name,
            content=_pending().content(token),
            today=web.today(),
            actor=actor,
            expected_revision=int(revision),
            limited_to=web.actor().parks,
        )
    except (BadRequest, Conflict, Forbidden) as fault:
        return _refused(fault, sheet, actor, name)
    _pending().drop(token)
    return _page(sheet=sheet, actor=actor, done=done)


def _refused(fault: OneMapError, sheet: str, actor: str, name: str) -> tuple[str, int]:
    faults = fault.faults if isinstance(fault, ManyFaults) else (fault,)
    count = fault.count if isinstance(fault, ManyFaults) else 1
    page = _page(sheet=sheet, actor=actor, file=name, faults=tuple(faults), fault_count=count)
    return page, status_of(type(fault))


def _page(**told: object) -> str:
    with web.database().read() as session:
        chains = list_chains(session, as_of=web.today())
    return render_template("studio/data.html", page=DataPage(chains=chains, **told))  # type: ignore[arg-type]


def _actor() -> str:
    """Who enters the rows: the account; without one, on an internal server, the name typed in."""
    return web.actor().name or request.form.get("actor", "").strip()[:64]


def _pending() -> PendingFiles:
    return PendingFiles(web.settings().instance_path)


def _file(file: WrittenFile) -> Response:
    response = Response(file.content, mimetype=file.media_type)
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(file.name)}"
    return response
