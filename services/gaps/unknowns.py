"""Which unknown capacity to ask for first (待核实: ask these firms)."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.gaps.unknowns import UnknownEffect, rank_unknowns
from domain.words import Audience
from models import Enterprise
from services.gaps.answers import codes_shown
from services.gaps.asking import Question, answer
from services.gaps.kept import KeptGaps
from services.gaps.names import node_names, place_names
from services.gaps.schemas import UnknownOut
from services.gaps.veiling import as_public


def rank_unknown_firms(session: Session, question: Question) -> list[UnknownOut]:
    """Which unknown capacities to ask for first: those whose answer could move the ranking of gaps most.
    Raises NotFound for an unknown chain."""
    kept = answer(session, question)
    index = kept.gaps.problem.graph.index
    asked = [
        (row if question.audience is Audience.INTERNAL else as_public(row)).as_gap_capacity()
        for (_, node), rows in sorted(kept.inputs.unknown.items())
        if index[node] in kept.gaps.by_node
        for row in rows
    ]
    effects = rank_unknowns(kept.gaps, asked)
    return _unknown_rows(session, kept, question, effects)


def _unknown_rows(
    session: Session, kept: KeptGaps, question: Question, effects: Collection[UnknownEffect]
) -> list[UnknownOut]:
    shown = codes_shown(kept.gaps, question)
    nodes = node_names(session, [shown[effect.capacity.node] for effect in effects])
    places = place_names(session, {effect.capacity.place for effect in effects})
    asked = {effect.capacity.enterprise for effect in effects}
    statement = select(Enterprise.code, Enterprise.name_zh).where(Enterprise.code.in_(sorted(asked)))
    firms = dict(session.execute(statement).all())
    return [
        UnknownOut(
            enterprise=effect.capacity.enterprise,
            enterprise_zh=firms[effect.capacity.enterprise],
            place=effect.capacity.place,
            place_zh=places[effect.capacity.place].name_zh,
            place_en=places[effect.capacity.place].name_en,
            node=shown[effect.capacity.node],
            node_zh=nodes[shown[effect.capacity.node]].name_zh,
            node_en=nodes[shown[effect.capacity.node]].name_en,
            moved_ranks=effect.moved_ranks,
            moved_yi_yuan=effect.moved_yi_yuan if np.isfinite(effect.moved_yi_yuan) else None,
            upper_yi_yuan=effect.capacity.upper_yi_yuan if question.audience is Audience.INTERNAL else None,
        )
        for effect in effects
    ]
