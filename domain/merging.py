"""Three-way merge of one boundary: as a package took it along, as it came back, as it was published meanwhile."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from domain.boundaries import Action


class Outcome(StrEnum):
    """Who changed a boundary since the package was made."""

    UNCHANGED = "unchanged"
    MINE = "mine"  # only the one who edited the package
    THEIRS = "theirs"  # only others, published meanwhile
    SAME = "same"  # both, to the same
    BOTH_CHANGED = "both_changed"
    BOTH_ADDED = "both_added"
    CHANGED_AND_REMOVED = "changed_and_removed"  # mine changed what they removed
    REMOVED_AND_CHANGED = "removed_and_changed"  # mine removed what they changed

    @property
    def is_conflict(self) -> bool:
        """Somebody has to decide."""
        return self not in _SETTLED


_SETTLED = frozenset({Outcome.UNCHANGED, Outcome.MINE, Outcome.THEIRS, Outcome.SAME})


class Decision(StrEnum):
    """How a conflict ends."""

    KEEP_PUBLISHED = "keep_published"
    TAKE_MINE = "take_mine"
    MY_OUTLINE_THEIR_NAME = "my_outline_their_name"
    THEIR_OUTLINE_MY_NAME = "their_outline_my_name"


@dataclass(frozen=True)
class Side:
    """A boundary as one side has it; where it has none, there is None instead. outline: equal when it is the same."""

    name: str
    outline: Hashable


def merge(base: Side | None, mine: Side | None, theirs: Side | None) -> Outcome:
    """What became of one boundary. A conflict wherever both did something and not the same: names and outlines of two
    people are never mixed unasked.

    >>> before, moved = Side("A", 1), Side("A", 2)
    >>> merge(before, moved, before).value, merge(before, moved, Side("A", 3)).value, merge(before, None, moved).value
    ('mine', 'both_changed', 'removed_and_changed')
    """
    if mine == theirs:
        return Outcome.UNCHANGED if mine == base else Outcome.SAME
    if theirs == base:
        return Outcome.MINE
    if mine == base:
        return Outcome.THEIRS
    if base is None:
        return Outcome.BOTH_ADDED
    if theirs is None:
        return Outcome.CHANGED_AND_REMOVED
    return Outcome.REMOVED_AND_CHANGED if mine is None else Outcome.BOTH_CHANGED


def merge_facts(
    base: Mapping[str, Any], mine: Mapping[str, Any], theirs: Mapping[str, Any]
) -> tuple[dict[str, Any], bool]:
    """What I say of a thing that nobody said before me, and whether somebody says otherwise meanwhile.

    What I say as it was said before, or what others say as I do, is nothing new; None says nothing.

    >>> merge_facts({"use": 1, "vacant": True}, {"use": 1, "vacant": False}, {"use": 2, "vacant": True})
    ({'vacant': False}, False)
    >>> merge_facts({"use": 1}, {"use": 2}, {"use": 3})
    ({'use': 2}, True)
    """
    own = {name: value for name, value in mine.items() if value is not None and value != base.get(name)}
    new = {name: value for name, value in own.items() if value != theirs.get(name)}
    return new, any(theirs.get(name) != base.get(name) for name in new)


def decisions(mine: Side | None, theirs: Side | None) -> tuple[Decision, ...]:
    """What can be decided: halves can be mixed only where both the names and the outlines differ."""
    whole = (Decision.KEEP_PUBLISHED, Decision.TAKE_MINE)
    if mine is None or theirs is None or mine.name == theirs.name or mine.outline == theirs.outline:
        return whole
    return (*whole, Decision.MY_OUTLINE_THEIR_NAME, Decision.THEIR_OUTLINE_MY_NAME)


def resolve(decision: Decision, mine: Side | None, theirs: Side | None) -> Side | None:
    """What the boundary shall be. Raises ValueError for what cannot be decided here."""
    if decision not in decisions(mine, theirs):
        raise ValueError(f"{decision} needs two names and two outlines")
    if decision is Decision.KEEP_PUBLISHED:
        return theirs
    if decision is Decision.TAKE_MINE or mine is None or theirs is None:
        return mine
    if decision is Decision.MY_OUTLINE_THEIR_NAME:
        return Side(theirs.name, mine.outline)
    return Side(mine.name, theirs.outline)


def action_from(published: Side | None, wanted: Side | None) -> Action | None:
    """The edit that makes of what is published what is wanted; None: nothing to do."""
    if published == wanted:
        return None
    if published is None:
        return Action.ADD
    return Action.REMOVE if wanted is None else Action.CHANGE
