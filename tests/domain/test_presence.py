"""Presence alone: named, designated, or not known."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.presence import (
    ChainPresence,
    ChainState,
    NodeState,
    Survey,
    chain_presence,
    node_state,
    place_chain_state,
)

TODAY = date(2025, 6, 1)
NODES = ["CU-CATH", "CU-ROD", "CU-WIRE"]


def presence(
    enterprises: dict[str, list[str]],
    designated: bool = False,
    same_as: list[tuple[str, str]] | None = None,
    surveys: list[Survey] | None = None,
) -> ChainPresence:
    return chain_presence(
        "guixi",
        "CU",
        NODES,
        enterprises,
        designated=designated,
        as_of=TODAY,
        same_as=same_as or [],
        surveys=surveys or [],
    )


def survey(place: str = "guixi", chain: str = "CU", day: date = TODAY, nodes: frozenset[str] | None = None) -> Survey:
    return Survey(place, chain, day, nodes)


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


def test_a_summary_counts_the_nodes_of_each_state() -> None:
    copper = presence({"CU-CATH": ["smelter"], "CU-ROD": ["mill", "smelter"]})
    assert copper.state is ChainState.PRESENT
    assert copper.counts == {NodeState.PRESENT: 2, NodeState.ABSENT: 0, NodeState.UNKNOWN: 1}
    assert copper.enterprises == ("mill", "smelter")
    assert [node.node for node in copper.nodes] == NODES


def test_a_node_without_any_enterprise_listed_is_not_present() -> None:
    assert presence({"CU-CATH": []}).state is ChainState.UNKNOWN


def test_nodes_that_are_one_thing_share_presence_across_chains() -> None:
    copper = presence(
        {"EC-WIRE": ["mill"], "CU-WIRE": ["drawer"]}, same_as=[("EC-WIRE", "WM-WIRE"), ("WM-WIRE", "CU-WIRE")]
    )
    wire = copper.nodes[2]
    assert (wire.state, wire.enterprises, wire.shared_from) == (NodeState.PRESENT, ("drawer", "mill"), ("EC-WIRE",))
    assert copper.state is ChainState.PRESENT


def test_an_enterprise_of_another_chain_does_not_count_without_same_as() -> None:
    assert presence({"EC-WIRE": ["mill"]}, designated=True).state is ChainState.DESIGNATED


@pytest.mark.parametrize(
    "other",
    [survey(place="yujiang"), survey(chain="EC"), survey(day=date(2025, 6, 2)), survey(nodes=frozenset())],
    ids=["another place", "another chain", "after the day", "no node looked at"],
)
def test_a_survey_counts_only_for_what_it_looked_at(other: Survey) -> None:
    copper = presence({}, surveys=[other])
    assert copper.state is ChainState.UNKNOWN
    assert copper.counts[NodeState.ABSENT] == 0


def test_a_chain_is_absent_when_all_its_nodes_were_looked_at() -> None:
    assert presence({}, surveys=[survey()]).state is ChainState.ABSENT
    halves = [survey(nodes=frozenset(NODES[:2])), survey(nodes=frozenset(NODES[2:]))]
    assert presence({}, surveys=halves).state is ChainState.ABSENT


def test_a_survey_of_some_nodes_leaves_the_chain_unknown() -> None:
    copper = presence({}, surveys=[survey(nodes=frozenset({"CU-ROD"}))])
    assert copper.state is ChainState.UNKNOWN
    assert copper.counts == {NodeState.PRESENT: 0, NodeState.ABSENT: 1, NodeState.UNKNOWN: 2}


def test_a_chain_without_nodes_is_unknown_even_when_surveyed() -> None:
    empty = chain_presence("guixi", "CU", [], {}, designated=False, as_of=TODAY, surveys=[survey()])
    assert empty.state is ChainState.UNKNOWN


@given(
    st.dictionaries(st.sampled_from([*NODES, "EC-WIRE"]), st.lists(st.sampled_from("ab"))),
    st.booleans(),
    st.lists(st.tuples(st.sampled_from(NODES), st.sampled_from(["EC-WIRE", "WM-WIRE"]))),
)
def test_without_a_survey_nothing_is_ever_absent(
    enterprises: dict[str, list[str]], designated: bool, same_as: list[tuple[str, str]]
) -> None:
    copper = presence(enterprises, designated, same_as)
    assert copper.state is not ChainState.ABSENT
    assert copper.counts[NodeState.ABSENT] == 0
    assert sum(copper.counts.values()) == len(NODES)
    reversed_pairs = [(second, first) for first, second in reversed(same_as)]
    assert presence(enterprises, designated, reversed_pairs) == copper
