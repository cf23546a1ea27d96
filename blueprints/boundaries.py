"""The workbench's pages: what is published, and changesets to review and decide on.

Files are sent to boundary_uploads.py; the history of one boundary is boundary_history.py, drawing boundary_editor.py.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from flask import Blueprint, render_template, request
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from blueprints import web
from blueprints.access import needs
from blueprints.boundary_views import (
    ChangesetRow,
    changeset_row,
)
from blueprints.boundary_words import CRS_CHOICES, METHODS, SUFFIXES, Words, place_zh
from blueprints.shared import asked_text, is_match, search_words
from domain.boundaries import ChangesetStatus, Layer
from domain.errors import OneMapError
from domain.permissions import Permission
from models import ChangesetEdit
from services.boundaries import changesets, overview
from services.boundaries.overview import LayerSummary, Thing

pages = Blueprint("boundaries", __name__, url_prefix="/boundaries")
THINGS_A_PAGE = 100
RECENT = 10
OPEN_SHOWN = 100
LAYER_PART = "<any(parks,zones,plots,belt_sections):layer>"


@dataclass(frozen=True)
class OverviewPage:
    """What is published; for editors the form, for staff what is open. fault: why a file was not even read."""

    summaries: list[LayerSummary]
    recent: list[ChangesetRow]
    open: list[ChangesetRow]
    may_edit: bool
    may_see_drafts: bool
    most_bytes: int
    chosen_layer: str = ""
    fault: OneMapError | None = None
    layers: tuple[Layer, ...] = tuple(Layer)
    suffixes: tuple[str, ...] = SUFFIXES
    crs_choices: tuple[tuple[str, Words], ...] = CRS_CHOICES

    @property
    def most_mb(self) -> int:
        return self.most_bytes // 1_000_000


@dataclass(frozen=True)
class LayerPage:
    """A page of a layer's boundaries. kept: what links carry."""

    layer: Layer
    things: list[Thing]
    total: int
    query: str
    number: int
    last: int
    methods: dict[str, Words] = field(default_factory=lambda: METHODS)

    @property
    def kept(self) -> dict[str, str]:
        return {"q": self.query} if self.query else {}


@pages.app_template_filter("place")
def place_words(place: str) -> str:
    """A finding's place in the page's language; programs are told the English one."""
    return web.t(place_zh(place), place)


@pages.get("")
@needs(Permission.READ_PUBLIC)
def show() -> str:
    return overview_page()


def overview_page(*, fault: OneMapError | None = None, chosen_layer: str = "") -> str:
    """The first page; also what a file that could not even be kept is answered with."""
    actor = web.actor()
    may_see = actor.may(Permission.SEE_DRAFTS)
    with web.database().read() as session:
        page = OverviewPage(
            summaries=overview.summaries(session),
            recent=_rows(session, (ChangesetStatus.PUBLISHED,), RECENT),
            open=_rows(session, changesets.OPEN, OPEN_SHOWN) if may_see else [],
            may_edit=actor.may(Permission.EDIT_BOUNDARIES),
            may_see_drafts=may_see,
            most_bytes=web.settings().upload_bytes,
            chosen_layer=chosen_layer,
            fault=fault,
        )
    return render_template("boundaries/index.html", page=page)


def _rows(session: Session, statuses: tuple[ChangesetStatus, ...], limit: int) -> list[ChangesetRow]:
    found = changesets.list_changesets(session, statuses=statuses, limit=limit)
    edits = ChangesetEdit
    statement = select(edits.changeset_id, func.count()).where(edits.changeset_id.in_([one.id for one in found]))
    counts = {row[0]: row[1] for row in session.execute(statement.group_by(edits.changeset_id))}
    return [changeset_row(one, counts.get(one.id, 0)) for one in found]


@pages.get(f"/{LAYER_PART}")
@needs(Permission.READ_PUBLIC)
def show_layer(layer: str) -> str:
    query = asked_text()
    words = search_words(query)
    with web.database().read() as session:
        found = overview.things(session, Layer(layer))
    matching = [thing for thing in found if is_match(words, f"{thing.name} {thing.code}".lower())]
    last = max(1, -(-len(matching) // THINGS_A_PAGE))
    number = min(max(request.args.get("page", 1, type=int), 1), last)
    page = LayerPage(
        layer=Layer(layer),
        things=matching[(number - 1) * THINGS_A_PAGE : number * THINGS_A_PAGE],
        total=len(matching),
        query=query,
        number=number,
        last=last,
    )
    return render_template("boundaries/layer.html", page=page)
