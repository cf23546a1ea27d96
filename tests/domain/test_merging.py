"""Three-way merge: every combination of what was taken along, what came back and what was published meanwhile."""

from __future__ import annotations

from itertools import product

import pytest

from domain.boundaries import Action
from domain.merging import Decision, Outcome, Side, action_from, decisions, merge, resolve

BASE = Side("高新区", "base")
MINE = Side("高新区", "mine")
THEIRS = Side("高新区", "theirs")
RENAMED = Side("高新技术区", "base")
STATES = (None, BASE, MINE, THEIRS, RENAMED)

TABLE: dict[Outcome, list[tuple[Side | None, Side | None, Side | None]]] = {
    Outcome.UNCHANGED: [(BASE, BASE, BASE), (None, None, None)],
    Outcome.MINE: [(BASE, MINE, BASE), (BASE, RENAMED, BASE), (BASE, None, BASE), (None, MINE, None)],
    Outcome.THEIRS: [(BASE, BASE, THEIRS), (BASE, BASE, RENAMED), (BASE, BASE, None), (None, None, THEIRS)],
    Outcome.SAME: [(BASE, MINE, MINE), (BASE, None, None), (None, MINE, MINE)],
    Outcome.BOTH_CHANGED: [(BASE, MINE, THEIRS), (BASE, RENAMED, THEIRS), (BASE, MINE, RENAMED)],
    Outcome.BOTH_ADDED: [(None, MINE, THEIRS)],
    Outcome.CHANGED_AND_REMOVED: [(BASE, MINE, None), (BASE, RENAMED, None)],
    Outcome.REMOVED_AND_CHANGED: [(BASE, None, THEIRS), (BASE, None, RENAMED)],
}
ROWS = [(outcome, *sides) for outcome, rows in TABLE.items() for sides in rows]
COMBINATIONS = list(product(STATES, repeat=3))


@pytest.mark.parametrize(("outcome", "base", "mine", "theirs"), ROWS)
def test_who_changed_a_boundary(outcome: Outcome, base: Side | None, mine: Side | None, theirs: Side | None) -> None:
    assert merge(base, mine, theirs) is outcome


def test_it_is_a_conflict_exactly_when_both_did_something_and_not_the_same() -> None:
    for base, mine, theirs in COMBINATIONS:
        both_differently = mine != base and theirs != base and mine != theirs
        assert merge(base, mine, theirs).is_conflict == both_differently, (base, mine, theirs)


def test_seen_from_the_other_side_mine_is_theirs() -> None:
    mirrored = {
        Outcome.MINE: Outcome.THEIRS,
        Outcome.THEIRS: Outcome.MINE,
        Outcome.CHANGED_AND_REMOVED: Outcome.REMOVED_AND_CHANGED,
        Outcome.REMOVED_AND_CHANGED: Outcome.CHANGED_AND_REMOVED,
    }
    for base, mine, theirs in COMBINATIONS:
        outcome = merge(base, mine, theirs)
        assert merge(base, theirs, mine) is mirrored.get(outcome, outcome)


def test_a_conflict_ends_as_it_was_decided() -> None:
    mine, theirs = Side("甲", 1), Side("乙", 2)
    assert {decision: resolve(decision, mine, theirs) for decision in decisions(mine, theirs)} == {
        Decision.KEEP_PUBLISHED: theirs,
        Decision.TAKE_MINE: mine,
        Decision.MY_OUTLINE_THEIR_NAME: Side("乙", 1),
        Decision.THEIR_OUTLINE_MY_NAME: Side("甲", 2),
    }


@pytest.mark.parametrize(("mine", "theirs"), [(MINE, None), (None, THEIRS), (MINE, THEIRS), (RENAMED, BASE)])
def test_halves_are_not_mixed_where_there_are_no_two_names_and_two_outlines(
    mine: Side | None, theirs: Side | None
) -> None:
    assert decisions(mine, theirs) == (Decision.KEEP_PUBLISHED, Decision.TAKE_MINE)
    with pytest.raises(ValueError, match="needs two names"):
        resolve(Decision.MY_OUTLINE_THEIR_NAME, mine, theirs)


def test_keeping_what_is_published_is_no_edit_and_taking_mine_is_the_edit_from_there() -> None:
    for _, mine, theirs in COMBINATIONS:
        assert action_from(theirs, resolve(Decision.KEEP_PUBLISHED, mine, theirs)) is None
    assert action_from(THEIRS, MINE) is Action.CHANGE
    assert action_from(None, MINE) is Action.ADD
    assert action_from(THEIRS, None) is Action.REMOVE
