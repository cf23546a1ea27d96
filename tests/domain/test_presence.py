"""Presence alone: named, designated, or not known."""

import pytest

from domain.presence import ChainState, NodeState, node_state, place_chain_state


@pytest.mark.parametrize(
    ("enterprises", "is_surveyed", "state"),
    [
        (["smelter"], False, NodeState.PRESENT),
        (["smelter"], True, NodeState.PRESENT),
        ([], False, NodeState.UNKNOWN),
        ([], True, NodeState.ABSENT),
    ],
)
def test_a_node_is_absent_only_where_a_survey_looked(
    enterprises: list[str], is_surveyed: bool, state: NodeState
) -> None:
    assert node_state(enterprises, is_surveyed) is state


@pytest.mark.parametrize(
    ("present", "designated", "is_surveyed", "state"),
    [
        (["CU-ROD"], False, False, ChainState.PRESENT),
        (["CU-ROD"], True, True, ChainState.PRESENT),
        ([], True, False, ChainState.DESIGNATED),
        ([], True, True, ChainState.DESIGNATED),
        ([], False, False, ChainState.UNKNOWN),
        ([], False, True, ChainState.ABSENT),
    ],
)
def test_a_named_enterprise_comes_before_a_designation_before_silence(
    present: list[str], designated: bool, is_surveyed: bool, state: ChainState
) -> None:
    assert place_chain_state(present, designated, is_surveyed) is state
