"""Chain gaps as pages: the matrix and the ranked list of a chain, the list as a file, designation against reality."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, render_template, request, send_file
from sqlalchemy.orm import Session

from blueprints import web
from blueprints.access import needs
from blueprints.answers import whole
from blueprints.gap_matrix import Link, Matrix, is_told, matrix, short_name
from blueprints.gap_questions import Asking, asking, fitting, in_order, question
from blueprints.shared import Day, chosen_day
from domain.designations import Finding
from domain.errors import NotFound
from domain.gaps.kinds import ENOUGH
from domain.permissions import Permission
from domain.words import Remedy
from services.chains import list_chains
from services.entry.files import Format
from services.gaps.asking import Question
from services.gaps.designations import FindingPage, designation_findings
from services.gaps.files import gap_file
from services.gaps.ordering import KINDS_IN_ORDER, Listing, Order, list_in_order, parse_order
from services.gaps.overlay import overlay
from services.gaps.schemas import OverlayOut, UnknownOut
from services.gaps.sentences import yi
from services.gaps.summary import Summary, summarise, unknown_firms
from services.places import list_places
from services.schemas import ChainOut, PlaceOut

pages = Blueprint("gaps", __name__)
pages.add_app_template_filter(yi)
pages.add_app_template_filter(short_name)
ROWS_A_PAGE = 50
ASKED_FIRST = 5
FINDINGS_SHOWN = 100


@dataclass(frozen=True)
class GapsPage:
    """The gaps of a chain. asked: the question with the filters that fit; dropped: nodes the chain does not have;
    places: those a filter may name; number: of the page, from 1, of `pages`; query: the address but that number."""

    asking: Asking
    asked: Question
    dropped: list[str]
    query: dict[str, Any]
    drawn: OverlayOut
    matrix: Matrix
    listing: Listing
    summary: Summary
    unknowns: list[UnknownOut]
    places: list[PlaceOut]
    order: Order
    number: int
    pages: int

    @property
    def is_filtered(self) -> bool:
        return bool(_filters(self.asked))

    @property
    def first_unknowns(self) -> list[UnknownOut]:
        return self.unknowns[:ASKED_FIRST]

    @property
    def first_row(self) -> int:
        return (self.number - 1) * ROWS_A_PAGE


@dataclass(frozen=True)
class DesignationsPage:
    """Designation against reality, by what was found, the first of each; `total` of a group may be more."""

    day: Day
    chain: str
    chains: list[ChainOut]
    groups: dict[Finding, FindingPage]


@pages.get("/gaps")
@needs(Permission.READ_PUBLIC)
def show_all() -> str:
    with web.database().read() as session:
        asked = asking(session)
        page = None if asked is None else _gaps_page(session, asked)
    return render_template(
        "gaps/index.html",
        page=page,
        kinds=KINDS_IN_ORDER,
        remedies=list(Remedy),
        orders=list(Order),
        enough=ENOUGH,
    )


@pages.get("/gaps.<any(csv, xlsx):ending>")
@needs(Permission.READ_PUBLIC)
def download(ending: str) -> Response:
    with web.database().read() as session:
        asked = asking(session)
        if asked is None:
            raise NotFound("还没有产业链", "there is no chain yet", place="chain")
        told, _ = fitting(session, asked.question)
        file = gap_file(
            session, told, _order(), kind=Format(ending), is_english=web.language() == "en", is_demo=web.is_demo()
        )
    return send_file(io.BytesIO(file.content), file.media_type, as_attachment=True, download_name=file.name)


@pages.get("/gaps/designations")
@needs(Permission.READ_PUBLIC)
def show_designations() -> str:
    day = chosen_day()
    with web.database().read() as session:
        chains = list_chains(session, as_of=day.as_of)
        asked = question()
        groups = {finding: designation_findings(session, asked, {finding}, limit=FINDINGS_SHOWN) for finding in Finding}
    page = DesignationsPage(day, asked.chain or "", chains, groups)
    return render_template("gaps/designations.html", page=page)


def _order() -> Order:
    return parse_order(request.args.get("sort") or Order.GAP)


def _filters(asked: Question) -> dict[str, Any]:
    """The filters of the list as links carry them."""
    told = {
        "kind": in_order(asked.kinds),
        "remedy": in_order(asked.remedies),
        "place": ",".join(in_order(asked.places)),
        "node": ",".join(in_order(asked.nodes)),
    }
    return {name: value for name, value in told.items() if value}


def _gaps_page(session: Session, asked: Asking) -> GapsPage:
    drawn = overlay(session, asked.question)
    told, dropped = fitting(session, asked.question)
    order, number = _order(), whole("page", 1, least=1)
    listing = list_in_order(session, told, order, limit=ROWS_A_PAGE, offset=(number - 1) * ROWS_A_PAGE)
    last = max(1, -(-listing.total // ROWS_A_PAGE))
    if number > last:  # an address kept from a longer list
        number = last
        listing = list_in_order(session, told, order, limit=ROWS_A_PAGE, offset=(last - 1) * ROWS_A_PAGE)
    summary = summarise(session, told)
    places = {place.code: place for place in list_places(session, as_of=told.as_of)}
    named = {place.code for place in drawn.places if is_told(drawn, place)} | (told.places or set())
    query = {**asked.query, **_filters(told), **({} if order is Order.GAP else {"sort": order.value})}
    return GapsPage(
        asking=asked,
        asked=told,
        dropped=dropped,
        query=query,
        drawn=drawn,
        matrix=matrix(
            drawn,
            places,
            summary.surveyed,
            row_link=_row_links(listing, number, query),
            place_link=lambda code: web.page_url("parks.show", code=code, **asked.day.query),
        ),
        listing=listing,
        summary=summary,
        unknowns=unknown_firms(session, told),
        places=[place for code, place in places.items() if code in named],
        order=order,
        number=number,
        pages=last,
    )


def _row_links(listing: Listing, number: int, query: dict[str, Any]) -> Link:
    """(place, node) → the address of its row, on this page of the list or another; None where it has none."""
    addresses = {number: ""}

    def link(place: str, node: str) -> str | None:
        at = listing.position.get((place, node))
        if at is None:
            return None
        page = at // ROWS_A_PAGE + 1
        if page not in addresses:
            addresses[page] = web.page_url("gaps.show_all", **query, page=page)
        return f"{addresses[page]}#gap-{quote(place)}-{quote(node)}"

    return link
