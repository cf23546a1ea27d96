"""The worked example of DESIGN section 4, at three parks of the demonstration.

demo-a is the example's 贵溪, demo-b its 高新, demo-c its 余江. Their copper capacities, the coefficients between these
nodes and the minutes between the three are the example's, and every park that could trade with them in copper is stated
to lie out of reach: the example's figures hold here to the digit, at radius 0 and at 45 minutes. The figures of firms
that share a node are published, so the public sees the same; the two that stand alone show what is withheld.
"""

from __future__ import annotations

from dataclasses import dataclass

from domain.words import PlaceKind
from services.demo.names import Name

CHAIN = "CU"
A, B, C = "demo-a", "demo-b", "demo-c"
PARKS: tuple[tuple[str, PlaceKind, Name], ...] = (
    (
        A,
        PlaceKind.DEVELOPMENT_ZONE,
        Name("示例青铜经济开发区", "示例青铜经开区", "Demo Bronze Economic Development Zone"),
    ),
    (B, PlaceKind.DEVELOPMENT_ZONE, Name("示例高新技术产业开发区", "示例高新区", "Demo High-tech Zone")),
    (C, PlaceKind.INDUSTRIAL_PARK, Name("示例余溪工业园区", "示例余溪工业园", "Demo Yuxi Industrial Park")),
)


@dataclass(frozen=True)
class TrioFirm:
    """One firm with one capacity, 亿元 a year. is_published: a public source prints it."""

    park: str
    node: str
    capacity_yi_yuan: float
    is_published: bool


FIRMS = tuple(
    TrioFirm(park, node, capacity, is_published=len(capacities) > 1)
    for park, node, capacities in (
        (A, "CU-CATH", (600.0,)),
        (A, "CU-ROD", (200.0,)),
        (B, "CU-ALLOY", (25.0, 15.0)),
        (B, "CU-MOTOR", (30.0, 20.0, 10.0)),
        (B, "CU-METER", (18.0, 12.0)),
        (C, "CU-MAG", (6.0, 4.0)),
        (C, "CU-PREC", (2.0, 2.0, 1.0)),
    )
    for capacity in capacities
)

COEFFICIENTS = {
    ("CU-CATH", "CU-ROD"): 0.90,
    ("CU-CATH", "CU-ALLOY"): 0.75,
    ("CU-ROD", "CU-MAG"): 0.80,
    ("CU-ALLOY", "CU-PREC"): 0.60,
    ("CU-MAG", "CU-MOTOR"): 0.30,
    ("CU-PREC", "CU-MOTOR"): 0.10,
    ("CU-PREC", "CU-METER"): 0.35,
}
MINUTES = {(A, B): 30.0, (B, C): 25.0, (A, C): 50.0}
APART_MIN = 120.0  # more than 1.5 times the largest radius of a node
APART_MIN_PER_KM = 1.0  # and never less than a car needs


def example_nodes() -> set[str]:
    """The nodes of the worked example."""
    return {node for edge in COEFFICIENTS for node in edge}
