"""What is told of a chain besides its rows: how many of each kind, where nobody has looked, and where to look first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from sqlalchemy.orm import Session

from domain.gaps.engine import Gaps
from domain.gaps.kinds import KINDS
from domain.gaps.rows import noteworthy
from domain.words import Audience, GapKind
from services.cache import cached
from services.gaps.asking import Question, answer, known_chain
from services.gaps.kept import KeptGaps
from services.gaps.names import designating, place_names
from services.gaps.schemas import ToSurveyOut, UnknownOut
from services.gaps.standing import standings
from services.gaps.unknowns import rank_unknown_firms


@dataclass(frozen=True)
class Summary:
    """counts: rows of each kind, unfiltered. gap_yi_yuan: all of them together; None where no yuan of demand are known.
    surveyed: the places where somebody has looked for the whole chain. to_survey: the others that have firms or
    designations of it, most first. is_approximate: a withheld capacity of the chain went into the figures."""

    counts: Mapping[GapKind, int]
    gap_yi_yuan: float | None
    surveyed: frozenset[str]
    to_survey: list[ToSurveyOut]
    is_approximate: bool
    data_revision: int


def summarise(session: Session, question: Question) -> Summary:
    """A chain's summary. Raises NotFound for an unknown chain."""
    known_chain(session, question)
    kept = answer(session, question)
    gaps, places = kept.gaps, kept.gaps.problem.network.places
    nodes = list(gaps.by_node)
    told = [of.kind[noteworthy(of)] for of in gaps.by_node.values()]
    counted = np.bincount(np.concatenate([np.empty(0, dtype=np.int8), *told]), minlength=len(KINDS))
    looked = gaps.problem.surveyed
    is_surveyed = [looked is None or bool(looked[nodes, at].all()) for at in range(len(places))]
    unsurveyed = [code for code, is_so in zip(places, is_surveyed, strict=True) if not is_so]
    return Summary(
        counts={kind: int(counted[code]) for code, kind in enumerate(KINDS)},
        gap_yi_yuan=total_gap(gaps),
        surveyed=frozenset(places) - set(unsurveyed),
        to_survey=_to_survey(session, kept, question, unsurveyed),
        is_approximate=kept.audience is Audience.PUBLIC and bool(kept.inputs.veil.is_secret[nodes].any()),
        data_revision=kept.revision,
    )


def unknown_firms(session: Session, question: Question) -> list[UnknownOut]:
    """The chain's firms of unknown capacity, whom to ask first; kept until the data change, as each takes a
    recomputation. Raises NotFound for an unknown chain."""
    key = ("unknown firms", question.chain, question.radius, question.as_of, question.audience, question.rule)
    return cached(session, key, lambda: rank_unknown_firms(session, question))


def total_gap(gaps: Gaps) -> float | None:
    """All gaps together, 亿元; None where no yuan of demand are known: nothing missing is not nothing known."""
    every = gaps.by_node.values()
    return float(sum(of.gap.sum() for of in every)) if any((of.demand > 0).any() for of in every) else None


def _to_survey(session: Session, kept: KeptGaps, question: Question, unsurveyed: list[str]) -> list[ToSurveyOut]:
    ground, codes = kept.inputs.ground, kept.gaps.problem.graph.codes
    index = kept.gaps.problem.network.index
    nodes = list(kept.gaps.by_node)
    taken = [code for code in unsurveyed if kept.inputs.firms[nodes, index[code]].any()]
    firms: dict[str, set[str]] = defaultdict(set)
    for row in standings(session, ground, [(place, codes[node]) for place in taken for node in nodes]) if taken else ():
        firms[row.place].add(row.enterprise)
    clauses = designating(session, ground.counted_at, unsurveyed, question.as_of)
    named = {place: clauses.get((place, question.chain or ""), []) for place in unsurveyed}
    asked = [place for place in unsurveyed if firms.get(place) or named[place]]
    names = place_names(session, asked)
    asked.sort(key=lambda place: (-len(firms.get(place, ())), -len(named[place]), place))
    return [
        ToSurveyOut(
            place=place,
            place_zh=names[place].name_zh,
            place_en=names[place].name_en,
            firms=len(firms.get(place, ())),
            designated_by=named[place],
        )
        for place in asked
    ]
