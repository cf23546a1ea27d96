"""What is known of every park and chain: its clauses, firms, surveys and projects, and what comes of comparing them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.designations import Finding, PlaceChain, Standing, compare, shared
from domain.periods import Holding
from domain.words import PlaceLayer
from models import Chain, Designation, Enterprise, Survey
from services import facts
from services.cache import cached
from services.chains import chain_states
from services.gaps.asking import Question, answer
from services.gaps.kept import MOST_KEPT_DAYS
from services.gaps.standing import standings
from services.places import list_places, open_rows
from services.schemas import DesignationOut, NamedOut, PlaceOut

_PARK_LAYERS = (PlaceLayer.PARK, PlaceLayer.ZONE)
_ORDER = (Finding.NO_ENTERPRISE, Finding.UNDESIGNATED, Finding.SHARED, Finding.MATCHED)
Firms = Mapping[PlaceChain, tuple[str, ...]]


@dataclass(frozen=True)
class Compared:
    """A finding: of a chain at one place, or, when it is shared, at several."""

    finding: Finding
    chain: str
    places: tuple[str, ...]


@dataclass(frozen=True)
class Ground:
    """By (place, chain) where not said otherwise; zones count as their park. firms: codes in the dataset's order, those
    known only by their county under the county. findings: in the order they are read."""

    places: Mapping[str, PlaceOut]
    chains: Mapping[str, NamedOut]
    designations: Mapping[PlaceChain, list[DesignationOut]]
    firms: Firms
    surveyed_on: Mapping[PlaceChain, str]
    projects: Mapping[PlaceChain, int]
    findings: list[Compared]
    revision: int


def ground_of(session: Session, question: Question) -> Ground:
    """Everything known on the question's day."""
    key = ("designation ground", question.as_of, question.rule)
    return cached(session, key, lambda: _ground(session, question), most=MOST_KEPT_DAYS)


def _ground(session: Session, question: Question) -> Ground:
    kept = answer(session, question)
    counted = kept.inputs.ground.counted_at
    places = {place.code: place for place in list_places(session, as_of=question.as_of)}
    parks = [code for code, place in places.items() if place.layer in _PARK_LAYERS and counted.get(code) == code]
    chains = {
        row.code: NamedOut(code=row.code, name_zh=row.name_zh, name_en=row.name_en) for row in open_rows(session, Chain)
    }
    designations = _designations(session, question, counted, set(parks), chains)
    graph = kept.gaps.problem.graph
    joined: dict[int, set[str]] = defaultdict(set)
    for code, number in graph.index.items():
        joined[number].add(graph.chain_of[code])
    standing = [
        Standing(row.place, frozenset(joined[graph.index[row.node]]), row.enterprise)
        for row in standings(session, kept.inputs.ground)
    ]
    return Ground(
        places=places,
        chains=chains,
        designations=designations,
        firms=_firms(session, standing),
        surveyed_on=_surveyed_on(session, question, counted),
        projects=_projects(session, question, counted),
        findings=_findings(parks, places, chains, designations, standing),
        revision=kept.revision,
    )


def _findings(
    parks: list[str],
    places: Mapping[str, PlaceOut],
    chains: Collection[str],
    designated: Collection[PlaceChain],
    standing: Iterable[Standing],
) -> list[Compared]:
    rank = {code: at for at, code in enumerate(parks)}
    sort = {code: at for at, code in enumerate(chains)}
    here = [firm for firm in standing if firm.place in rank]
    told = [Compared(finding, chain, (place,)) for (place, chain), finding in compare(designated, here).items()]
    on_belt = {code for code in parks if places[code].is_on_belt}
    told += [
        Compared(Finding.SHARED, chain, tuple(sorted(at, key=rank.__getitem__)))
        for chain, at in shared(designated, on_belt).items()
    ]
    return sorted(told, key=lambda one: (_ORDER.index(one.finding), rank[one.places[0]], sort[one.chain]))


def _designations(
    session: Session, question: Question, counted: Mapping[str, str], parks: set[str], chains: Collection[str]
) -> dict[PlaceChain, list[DesignationOut]]:
    result: dict[PlaceChain, list[DesignationOut]] = defaultdict(list)
    for row in open_rows(session, Designation, Designation.chain_code.is_not(None)):
        cell = (counted.get(row.place_code, ""), str(row.chain_code))
        if cell[0] in parks and cell[1] in chains and row.period.holds_on(question.as_of) is not Holding.NO:
            result[cell].append(facts.designation_out(row, question.as_of))
    return dict(result)


def _firms(session: Session, standing: Iterable[Standing]) -> Firms:
    order = {
        code: at
        for at, code in enumerate(session.scalars(select(Enterprise.code).order_by(Enterprise.sort, Enterprise.code)))
    }
    cells: dict[PlaceChain, set[str]] = defaultdict(set)
    for firm in standing:
        for chain in firm.chains:
            cells[firm.place, chain].add(firm.enterprise)
    return {cell: tuple(sorted(found, key=order.__getitem__)) for cell, found in cells.items()}


def _surveyed_on(session: Session, question: Question, counted: Mapping[str, str]) -> dict[PlaceChain, str]:
    """The last survey by the day."""
    rows = [row for row in open_rows(session, Survey) if row.surveyed_on <= question.as_of]
    return {
        (counted.get(row.place_code, row.place_code), row.chain_code): row.surveyed_on.isoformat()
        for row in sorted(rows, key=lambda row: (row.surveyed_on, row.key))
    }


def _projects(session: Session, question: Question, counted: Mapping[str, str]) -> dict[PlaceChain, int]:
    """Permits, signings and plans."""
    result: dict[PlaceChain, int] = defaultdict(int)
    for chain, places in chain_states(session, as_of=question.as_of).items():
        for place, state in places.items():
            result[counted.get(place, place), chain] += int(state["projects"])
    return dict(result)
