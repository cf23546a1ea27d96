"""The real chains of data/base with synthetic coefficients, shares of substitutes and prices.

Of the base dataset only the structure is taken: nodes, edges, groups of substitutes, joined nodes. No figure is.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path

import networkx as nx
import numpy as np

from domain.words import EdgeType, Grade
from models import Chain, ChainClause, ChainEdge, ChainNode, ChainSameAs, IndustryClass, ReferencePrice
from services.dataset.reading import read_rows
from services.dataset.tables import TABLES
from services.demo import trio
from services.demo.parameters import DemoParameters
from services.demo.writing import OBSERVED, OBSERVED_YEAR, Values, Writer

MOST_INPUTS = 0.95  # yuan of inputs bought per yuan of output, at most
USED_OF_THE_REST = (0.6, 0.9)  # of what the worked example leaves of it, least and most
EVENNESS = 2.0  # of the parts a whole is cut into: the larger, the more alike
COEFFICIENT_STEPS = 1000  # to 1
SHARE_DIGITS = 2
PRICES_YUAN = {
    "CU-STRIP": 80_000.0,
    "WM-PIPE": 12_000.0,
    "HL-SLICE": 50_000.0,
    "NE-CAM": 90_000.0,
    "SP-MAP": 3_500.0,
    "SP-NPK": 3_000.0,
}
"""Nodes whose capacities are told in tonnes: none of them is joined to another. Invented, like all figures here."""
PRICED_UNIT = "t"
_NOTE = "演示：结构取自基础数据集，数字随机生成 / structure of the base dataset, figures generated"
_TABLES = {table.file: table for table in TABLES}


@dataclass(frozen=True)
class Chains:
    """Rows of the chain tables, citation left out."""

    classes: tuple[Values, ...]
    chains: tuple[Values, ...]
    nodes: tuple[Values, ...]
    edges: tuple[Values, ...]
    same_as: tuple[tuple[str, str], ...]

    @cached_property
    def codes(self) -> tuple[str, ...]:
        """Of the chains."""
        return tuple(chain["code"] for chain in self.chains)

    @cached_property
    def name_of(self) -> dict[str, str]:
        """node → its Chinese name."""
        return {node["code"]: node["name_zh"] for node in self.nodes}

    @cached_property
    def joined(self) -> dict[str, str]:
        """node → the one that stands for all joined to it."""
        return _joined([node["code"] for node in self.nodes], self.same_as)

    def nodes_of(self, chain: str) -> list[str]:
        return [node["code"] for node in self.nodes if node["chain_code"] == chain]

    def trade_with_trio(self) -> set[str]:
        """The nodes whose capacity anywhere in reach would change the worked example: all of the copper chain, what is
        joined to them, and the buyers of the example's nodes."""
        example = {self.joined[node] for node in trio.example_nodes()}
        copper = {self.joined[node] for node in self.nodes_of(trio.CHAIN)}
        buyers = {
            self.joined[edge["buyer_code"]] for edge in self.edges if self.joined[edge["supplier_code"]] in example
        }
        return {node for node, one in self.joined.items() if one in copper | buyers}


def read_chains(base: Path, parameters: DemoParameters) -> Chains:
    """base: the folder of the base dataset. Raises BadDataset when it cannot be read."""
    nodes = _read(base, "chain_nodes.csv")
    pairs = [
        (row.text("node"), row.text("same_as")) for row in read_rows(base, "chain_same_as.csv", ("node", "same_as"))
    ]
    edges = _bare_edges(_read(base, "chain_edges.csv"))
    random = parameters.generator("coefficients")
    _give_coefficients(edges, _joined([node["code"] for node in nodes], pairs), random)
    return Chains(
        tuple(_read(base, "classification.csv")),
        tuple(_read(base, "chains.csv")),
        tuple(nodes),
        tuple(edges),
        tuple(pairs),
    )


def write(writer: Writer, chains: Chains, clause: tuple[str, str]) -> None:
    """clause: (document, number) of the clause that asks for all chains."""
    noted = {"note": _NOTE}
    writer.insert(IndustryClass, chains.classes)
    writer.insert(Chain, ({**row, **noted} for row in chains.chains))
    document, number = clause
    writer.insert(
        ChainClause,
        ({"chain_code": code, "document_key": document, "clause_number": number} for code in chains.codes),
    )
    writer.insert(ChainNode, ({**row, **noted} for row in chains.nodes))
    writer.insert(ChainSameAs, ({"node_code": node, "same_as_code": other} for node, other in chains.same_as))
    writer.insert(ChainEdge, ({**row, **noted} for row in chains.edges))
    writer.insert(ReferencePrice, _prices())


def _read(base: Path, file: str) -> list[Values]:
    table = _TABLES[file]
    return [table.read(row) for row in read_rows(base, file, table.all_columns)]


def _joined(nodes: list[str], pairs: tuple[tuple[str, str], ...] | list[tuple[str, str]]) -> dict[str, str]:
    graph: nx.Graph[str] = nx.Graph()
    graph.add_nodes_from(nodes)
    graph.add_edges_from(pairs)
    return {node: min(group) for group in nx.connected_components(graph) for node in group}


def _bare_edges(edges: list[Values]) -> list[Values]:
    """The edges without any figure, and those of the worked example that the base dataset lacks."""
    bare = [_bare_edge(row["chain_code"], row["supplier_code"], row["buyer_code"], row["edge_type"],
                       row["alternative_group"]) for row in edges]  # fmt: skip
    known = {(row["supplier_code"], row["buyer_code"]) for row in bare}
    return bare + [
        _bare_edge(trio.CHAIN, supplier, buyer, EdgeType.INPUT, None)
        for supplier, buyer in trio.COEFFICIENTS
        if (supplier, buyer) not in known
    ]


def _bare_edge(chain: str, supplier: str, buyer: str, edge_type: EdgeType, group: str | None) -> Values:
    return {
        "key": f"{supplier}|{buyer}|{edge_type}|{group or ''}",
        "chain_code": chain,
        "supplier_code": supplier,
        "buyer_code": buyer,
        "edge_type": edge_type,
        "alternative_group": group,
        "share": None,
        "coefficient": None,
        "coefficient_low": None,
        "coefficient_high": None,
        "coefficient_year": None,
        "coefficient_grade": None,
        "physical_coefficient": None,
        "physical_unit": None,
        "cost_share": None,
    }


def _give_coefficients(edges: list[Values], joined: dict[str, str], random: np.random.Generator) -> None:
    """To every input edge. What a buyer, joined nodes counted as one, buys in all stays within MOST_INPUTS."""
    uses: dict[str, dict[str, list[Values]]] = defaultdict(lambda: defaultdict(list))
    for edge in edges:
        if edge["edge_type"] is EdgeType.INPUT:
            use = edge["alternative_group"] or f"{edge['supplier_code']} → {edge['buyer_code']}"
            uses[joined[edge["buyer_code"]]][use].append(edge)
    for _, of_buyer in sorted(uses.items()):
        _give_to_buyer([members for _, members in sorted(of_buyer.items())], random)


def _give_to_buyer(uses: list[list[Values]], random: np.random.Generator) -> None:
    """uses: what the buyer needs, each the edges that can serve it."""
    fixed = [_fixed(members) for members in uses]
    rest = (MOST_INPUTS - sum(coefficient or 0.0 for coefficient in fixed)) * random.uniform(*USED_OF_THE_REST)
    drawn = random.dirichlet(np.full(len(uses), EVENNESS)) if uses else np.empty(0)
    free = sum(float(part) for part, coefficient in zip(drawn, fixed, strict=True) if coefficient is None)
    for members, coefficient, part in zip(uses, fixed, drawn.tolist(), strict=True):
        told = _rounded_down(rest * part / free) if coefficient is None else coefficient
        for edge in members:
            edge |= {"coefficient": told, "coefficient_year": OBSERVED_YEAR, "coefficient_grade": Grade.D}
        if members[0]["alternative_group"] is not None:
            for edge, share in zip(members, _shares(members, random), strict=True):
                edge["share"] = share


def _fixed(members: list[Values]) -> float | None:
    """The coefficient of the worked example, if one of the edges is its."""
    return next((trio.COEFFICIENTS[pair] for pair in map(_pair, members) if pair in trio.COEFFICIENTS), None)


def _shares(members: list[Values], random: np.random.Generator) -> list[float]:
    """Shares of use that add up to 1; the worked example's supplier has all of it."""
    if _fixed(members) is not None:
        return [1.0 if _pair(edge) in trio.COEFFICIENTS else 0.0 for edge in members]
    upto = [0.0, *np.cumsum(random.dirichlet(np.full(len(members), EVENNESS)))[:-1].round(SHARE_DIGITS).tolist(), 1.0]
    return [round(end - start, SHARE_DIGITS) for start, end in pairwise(upto)]


def _pair(edge: Values) -> tuple[str, str]:
    return (edge["supplier_code"], edge["buyer_code"])


def _rounded_down(value: float) -> float:
    return math.floor(value * COEFFICIENT_STEPS) / COEFFICIENT_STEPS


def _prices() -> Iterator[Values]:
    for node, price_yuan in PRICES_YUAN.items():
        yield {
            "key": f"{node}|{OBSERVED}",
            "node_code": node,
            "price_yuan": price_yuan,
            "unit": PRICED_UNIT,
            "priced_on": OBSERVED,
        }
