"""What landings would change, as a page. Its address says all that was asked; nothing is stored."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from blueprints import web
from blueprints.access import needs
from blueprints.gap_questions import Asking, asking
from blueprints.landings import LAND, form_rows, landings_asked, landings_filled
from blueprints.shared import grouped
from domain.permissions import Permission
from domain.words import Stage
from services.gaps.landings import BadLandings, LandingFault, LandingText, read_landings
from services.gaps.overlay import overlay
from services.gaps.schemas import OverlayNodeOut, WhatIfOut
from services.gaps.what_if import try_landings
from services.places import list_places
from services.schemas import PlaceOut

pages = Blueprint("what_if", __name__)


@dataclass(frozen=True)
class WhatIfPage:
    """rows: the form as it is filled; faults: all of them; answer: None where nothing was asked or something is wrong;
    places, stages: what the form offers."""

    asking: Asking
    rows: list[LandingText]
    faults: list[LandingFault]
    answer: WhatIfOut | None
    places: list[PlaceOut]
    stages: dict[Stage | None, list[OverlayNodeOut]]

    def fault_of(self, number: int, field: str) -> LandingFault | None:
        return next((fault for fault in self.faults if (fault.number, fault.field) == (number, field)), None)


@pages.get("/gaps/what-if")
@needs(Permission.READ_PUBLIC)
def show() -> ResponseReturnValue:
    """A form that was filled (?try) is led on to the address that says the same as ?land=…"""
    with web.database().read() as session:
        asked = asking(session)
        if asked is None:
            return render_template("gaps/what_if.html", page=None)
        is_filled = "try" in request.args
        texts = landings_filled() if is_filled else landings_asked()
        answer, faults = None, []
        try:
            landings = read_landings(session, asked.question, texts) if texts or is_filled else []
            if landings and not is_filled:
                answer = try_landings(session, asked.question, landings)
        except BadLandings as error:
            faults = error.faults
        page = _page(session, asked, form_rows(texts or landings_filled()), faults, answer)
    if is_filled and not faults:
        return redirect(web.page_url("what_if.show", **asked.query, **{LAND: [str(text) for text in texts]}))
    return render_template("gaps/what_if.html", page=page), 400 if faults else 200


def _page(
    session: Session, asked: Asking, rows: list[LandingText], faults: list[LandingFault], answer: WhatIfOut | None
) -> WhatIfPage:
    drawn = overlay(session, asked.question)
    judged = {place.code for place in drawn.places}
    return WhatIfPage(
        asking=asked,
        rows=rows,
        faults=faults,
        answer=answer,
        places=[place for place in list_places(session, as_of=asked.day.as_of) if place.code in judged],
        stages=grouped(sorted(drawn.nodes, key=_stage_order), lambda node: node.stage),
    )


def _stage_order(node: OverlayNodeOut) -> int:
    return len(Stage) if node.stage is None else list(Stage).index(node.stage)
