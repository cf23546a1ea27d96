"""A draft brought up to what others published meanwhile: nothing lost, nothing mixed unasked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
import shapely
from shapely.geometry import MultiPolygon
from sqlalchemy import event

from domain.boundaries import Action, ChangesetStatus, Layer, Severity
from domain.errors import ChecksFailed, Conflict, Forbidden, PreconditionRequired, Stale
from domain.merging import Decision, Outcome
from services.boundaries import changesets, deciding, fitting, history, publishing
from services.boundaries.changesets import Edit, edits_of, get_changeset
from services.boundaries.deciding import conflicts_of
from services.boundaries.fitting import Fitted
from services.boundaries.land import said_of
from services.locations import current_boundaries
from tests.services.boundaries.workbench import EDITOR, LIMITS, PUBLISHER, SIDE, TODAY, Workbench, square

WIDE, NARROW = SIDE * 1.25, SIDE * 0.75


def fit(bench: Workbench, draft: int, **how: Any) -> Fitted:
    how = {"seen": version(bench, draft), "actor": EDITOR, "limits": LIMITS, **how}
    return fitting.fit(bench.database, draft, **how)


def version(bench: Workbench, draft: int) -> int:
    with bench.database.read() as session:
        return get_changeset(session, draft).version


def decide(bench: Workbench, draft: int, code: str, decision: Decision, *, seen: int) -> None:
    deciding.decide(
        bench.database, draft, code, decision, seen=seen, draft_seen=version(bench, draft), actor=EDITOR, limits=LIMITS
    )


def edits(bench: Workbench, draft: int) -> Mapping[str, tuple[Action, int | None]]:
    with bench.database.read() as session:
        return {edit.code: (edit.action, edit.base_version) for edit in edits_of(session, draft)}


def test_what_both_changed_is_decided_and_then_published(bench: Workbench) -> None:
    bench.put("P-1", square(0))
    draft = bench.draft(bench.edit("P-1", square(0, width=NARROW)), bench.edit("P-2", square(5)))
    bench.put("P-1", square(0, width=WIDE))
    with pytest.raises(Stale):
        bench.publish(draft)
    fitted = fit(bench, draft)
    assert (fitted.outcomes, fitted.conflicts) == ({"P-1": Outcome.BOTH_CHANGED}, ["P-1"])
    assert edits(bench, draft) == {"P-2": (Action.ADD, None)}
    with pytest.raises(Conflict, match="not decided"):
        bench.publish(draft)
    decide(bench, draft, "P-1", Decision.TAKE_MINE, seen=2)
    assert bench.publish(draft).versions == {"P-1": 3, "P-2": 1}


def test_one_that_was_decided_and_is_overtaken_is_decided_once_more(bench: Workbench) -> None:
    bench.put("P-1", square(0))
    draft = bench.draft(bench.edit("P-1", square(0, width=NARROW)))
    for number, width in ((2, WIDE), (3, WIDE * 1.1)):
        bench.put("P-1", square(0, width=width))
        assert fit(bench, draft).conflicts == ["P-1"]
        with bench.database.read() as session:
            (one,) = conflicts_of(session, draft).items
        assert (one.their_version, one.decision) == (number, None)
        decide(bench, draft, "P-1", Decision.TAKE_MINE, seen=number)
    assert bench.publish(draft).versions == {"P-1": 4}


def test_what_is_said_of_a_plot_outlives_a_decision(bench: Workbench) -> None:
    bench.put("P-1", square(0))
    edit = bench.edit("P-1", square(0, width=NARROW))
    said = Edit("P-1", edit.action, edit.base_version, edit.geometry, edit.name, attributes={"land_use_code": "0601"})
    draft = bench.draft(said)
    bench.put("P-1", square(0, width=WIDE))
    fit(bench, draft)
    decide(bench, draft, "P-1", Decision.TAKE_MINE, seen=2)
    with bench.database.read() as session:
        (kept,) = edits_of(session, draft)
    assert kept.attributes == {"land_use_code": "0601"}


def test_an_edit_that_only_says_something_follows_the_outline_that_stands_now(bench: Workbench) -> None:
    bench.put("P-1", square(0))
    edit = bench.edit("P-1", square(0))
    draft = bench.draft(
        Edit("P-1", Action.CHANGE, edit.base_version, square(0), edit.name, attributes={"is_vacant": "是"})
    )
    bench.put("P-1", square(0, width=WIDE))
    fitted = fit(bench, draft)
    assert (fitted.outcomes, fitted.conflicts) == ({"P-1": Outcome.THEIRS}, [])
    bench.publish(draft)
    with bench.database.read() as session:
        stands = current_boundaries(session, "plots", as_of=TODAY)
    assert stands["P-1"].geometry == square(0, width=WIDE)


def say(bench: Workbench, shape: MultiPolygon, seen: int | None = 1, **said: Any) -> int:
    """A draft that draws the plot so and says this of it."""
    edit = bench.edit("P-1", shape)
    return bench.draft(Edit("P-1", edit.action, seen, shape, edit.name, attributes=said))


def facts(bench: Workbench) -> tuple[str | None, bool | None]:
    with bench.database.read() as session:
        plot = said_of(session, ["P-1"])["P-1"]
    return plot.land_use_code, plot.is_vacant


@pytest.mark.parametrize("mine", [SIDE, WIDE])
@pytest.mark.parametrize("theirs", [SIDE, WIDE])
def test_what_two_say_of_a_plot_is_kept_of_both(bench: Workbench, mine: float, theirs: float) -> None:
    bench.put("P-1", square(0))
    draft = say(bench, square(0, width=mine), land_use_code="0601")
    bench.publish(say(bench, square(0, width=theirs), is_vacant="是"))
    fit(bench, draft)
    bench.publish(draft)
    assert facts(bench) == ("0601", True)


@pytest.mark.parametrize("mine", [SIDE, WIDE])
def test_what_a_file_only_repeats_does_not_overrule_what_others_said(bench: Workbench, mine: float) -> None:
    bench.publish(say(bench, square(0), None, land_use_code="0601"))
    draft = say(bench, square(0, width=mine), land_use_code="0601", is_vacant="否")
    bench.publish(say(bench, square(0, width=WIDE), land_use_code="0702"))
    fit(bench, draft)
    bench.publish(draft)
    assert facts(bench) == ("0702", False)


@pytest.mark.parametrize(
    ("decision", "ends"), [(Decision.TAKE_MINE, ("0601", None)), (Decision.KEEP_PUBLISHED, ("0702", None))]
)
def test_where_two_say_otherwise_of_a_plot_somebody_decides(
    bench: Workbench, decision: Decision, ends: tuple[str, None]
) -> None:
    bench.put("P-1", square(0))
    draft = say(bench, square(0), land_use_code="0601")
    bench.publish(say(bench, square(0), land_use_code="0702"))
    assert fit(bench, draft).conflicts == ["P-1"]
    with bench.database.read() as session:
        (one,) = conflicts_of(session, draft).items
    assert [(change.field, change.old, change.new) for change in one.said] == [("land_use_code", "0702", "0601")]
    decide(bench, draft, "P-1", decision, seen=2)
    if decision is Decision.TAKE_MINE:
        bench.publish(draft)
    else:
        with pytest.raises(Conflict, match="nothing"):
            bench.publish(draft)
    assert facts(bench) == ends


def test_an_edit_without_a_name_renames_nothing(bench: Workbench) -> None:
    bench.put("P-1", square(0))
    draft = bench.draft(Edit("P-1", Action.CHANGE, 1, square(0), "", attributes={"is_vacant": "是"}))
    bench.publish(bench.draft(bench.edit("P-1", square(0, width=WIDE), name="新名")))
    assert fit(bench, draft).conflicts == []
    bench.publish(draft)
    with bench.database.read() as session:
        assert said_of(session, ["P-1"])["P-1"].name == "新名"


def test_who_decided_what_is_decided_once_more_had_a_hand_in_it(bench: Workbench) -> None:
    bench.put("P-1", square(0))
    draft = bench.draft(bench.edit("P-1", square(0, width=NARROW)), actor=EDITOR)
    for number, width in ((2, WIDE), (3, WIDE * 1.1)):
        bench.put("P-1", square(0, width=width))
        fit(bench, draft)
        who = PUBLISHER if number == 2 else EDITOR
        seen = version(bench, draft)
        deciding.decide(
            bench.database, draft, "P-1", Decision.TAKE_MINE, seen=number, draft_seen=seen, actor=who, limits=LIMITS
        )
    with pytest.raises(Forbidden):
        bench.publish(draft, four_eyes=True)


def test_many_conflicts_do_not_take_as_many_questions(bench: Workbench) -> None:
    count = 60
    codes = [f"P-{number:02d}" for number in range(count)]
    bench.publish(bench.draft(*(bench.edit(code, square(number)) for number, code in enumerate(codes))))
    wide = [bench.edit(code, square(number, width=NARROW)) for number, code in enumerate(codes)]
    draft = bench.draft(*wide)
    bench.publish(bench.draft(*(bench.edit(code, square(number, width=WIDE)) for number, code in enumerate(codes))))
    statements: list[str] = []
    event.listen(bench.database.engine, "before_cursor_execute", lambda *told: statements.append(told[2]))
    assert len(fit(bench, draft).conflicts) == count
    assert sum(not one.startswith("INSERT") for one in statements) < count / 2
    with bench.database.read() as session:
        shown = conflicts_of(session, draft)
    assert (len(shown.items), shown.total, shown.undecided) == (deciding.MOST_SHOWN, count, count)


def test_what_others_did_in_the_same_way_needs_nothing(bench: Workbench) -> None:
    bench.put("P-1", square(0))
    draft = bench.draft(bench.edit("P-1", square(0, width=WIDE)), bench.edit("P-2", square(5)))
    bench.put("P-1", square(0, width=WIDE))
    assert fit(bench, draft).outcomes == {"P-1": Outcome.SAME}
    assert edits(bench, draft) == {"P-2": (Action.ADD, None)}


def test_a_sliver_that_came_about_meanwhile_is_repaired_once_that_is_confirmed(bench: Workbench) -> None:
    _, south, east, north = square(0).bounds
    near = 2e-6  # 0.2 m
    draft = bench.draft(bench.edit("P-1", square(0)))
    bench.put("P-2", shapely.MultiPolygon([shapely.box(east + near, south, east + SIDE, north)]))
    with pytest.raises(ChecksFailed, match="P-1"):
        bench.publish(draft)
    with pytest.raises(ChecksFailed):
        fit(bench, draft)
    fit(bench, draft, confirmed=True)
    assert bench.publish(draft).versions == {"P-1": 1}
    with bench.database.read() as session:
        stands = current_boundaries(session, "plots", as_of=TODAY)
    assert shapely.distance(stands["P-1"].geometry, stands["P-2"].geometry) == 0


def test_what_overlaps_now_is_told_and_stays(bench: Workbench) -> None:
    draft = bench.draft(bench.edit("P-1", square(0)))
    bench.put("P-2", square(0, width=0.5 * SIDE))
    fitted = fit(bench, draft)
    assert Severity.REJECT in {finding.severity for finding in fitted.findings}
    assert edits(bench, draft) == {"P-1": (Action.ADD, None)}
    with pytest.raises(ChecksFailed):
        bench.publish(draft)


def test_a_checked_draft_that_is_fitted_is_a_draft_again_and_its_fitter_no_second_pair_of_eyes(
    bench: Workbench,
) -> None:
    draft = bench.draft(bench.edit("P-1", square(0)), actor=EDITOR)
    publishing.check(bench.database, draft, actor=EDITOR, limits=LIMITS)
    fit(bench, draft, actor=PUBLISHER)
    with bench.database.read() as session:
        fitted = get_changeset(session, draft)
        assert publishing.hands_of(session, fitted) == {EDITOR.name, PUBLISHER.name}
    assert (fitted.status, fitted.checked_by) == (ChangesetStatus.DRAFT, None)
    with pytest.raises(Forbidden):
        bench.publish(draft, four_eyes=True)


def test_a_draft_that_changed_is_not_fitted_unseen_and_a_closed_one_not_at_all(bench: Workbench) -> None:
    draft = bench.draft(bench.edit("P-1", square(0)))
    fit(bench, draft)
    with pytest.raises(Stale):
        fit(bench, draft, seen=1)
    with pytest.raises(PreconditionRequired):
        fit(bench, draft, seen=None)
    changesets.withdraw(bench.database, draft, actor=PUBLISHER)
    with pytest.raises(Conflict):
        fit(bench, draft)


def test_a_draft_that_goes_back_is_gone_back_once_more_instead(bench: Workbench) -> None:
    bench.put("P-1", square(0))
    bench.put("P-1", square(0, width=WIDE))
    draft = history.restore(bench.database, Layer.PLOTS, "P-1", to_version=1, actor=EDITOR, limits=LIMITS, seen=2)
    bench.put("P-1", square(0, width=NARROW))
    with pytest.raises(Conflict, match="goes back"):
        fit(bench, draft)
