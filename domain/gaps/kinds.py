"""The kinds of a gap and what to do about it, decided for many cells at once; the first that matches wins.

The kinds are the app's own definitions: no policy document defines 补链, 强链, 壮链, 延链.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from domain.gaps.reach import Bools, Floats
from domain.words import GapKind, Remedy

ENOUGH = 0.8
_TOLERANCE = 1e-9
Codes = npt.NDArray[np.int8]


KINDS = tuple(GapKind)
REMEDIES = (None, *Remedy)
_CODE = {kind: code for code, kind in enumerate(KINDS)}


def code_of(kind: GapKind) -> int:
    """The kind as it stands in arrays: its place in KINDS."""
    return _CODE[kind]


def by_yuan(demand: Floats, coverage: Floats, in_reach: Bools, below_target: Bools, may_extend: Bools) -> Codes:
    """The kind with everything known. in_reach: a place within the radius has capacity. below_target: present, and
    its cluster's output is below the open target. may_extend: no local demand, absent, next to a present node.

    >>> yes, no = np.array([True]), np.array([False])
    >>> code = by_yuan(np.array([18.0]), np.array([10 / 18]), yes, no, no)
    >>> KINDS[code[0]].value
    'secure'
    """
    wanted = demand > 0
    return _first(
        (wanted & ~in_reach, GapKind.FILL),
        (wanted & (coverage < ENOUGH - _TOLERANCE), GapKind.SECURE),
        (below_target, GapKind.STRENGTHEN),
        (may_extend, GapKind.EXTEND),
    )


def by_presence(lacking: Bools, below_target: Bools, may_extend: Bools) -> Codes:
    """The kind where no yuan can be computed (按有无判断). lacking: an input of a present node that no place within
    the radius has, nor a substitute of it. Nobody can be called too small by presence alone, so nothing is 强链."""
    return _first((lacking, GapKind.FILL), (below_target, GapKind.STRENGTHEN), (may_extend, GapKind.EXTEND))


def _first(*rules: tuple[Bools, GapKind]) -> Codes:
    told = np.full(rules[0][0].shape, _CODE[GapKind.SOUND], dtype=np.int8)
    for holds, kind in reversed(rules):
        told[holds] = _CODE[kind]
    return told


def verified(low: Codes, high: Codes, surveyed: Bools | None) -> Codes:
    """The kind told: the one both ends of the interval agree on, where somebody looked; else 待核实.
    surveyed: None = looked at everywhere."""
    told = np.where(low == high, low, np.int8(_CODE[GapKind.UNVERIFIED]))
    return told if surveyed is None else np.where(surveyed, told, np.int8(_CODE[GapKind.UNVERIFIED]))


def remedies(kind: Codes, surplus_beyond: Bools, suppliers_small: Bools) -> Codes:
    """What to do, as codes into REMEDIES: for 补链 and 强链 by the rule of DESIGN 4.6; 延链 is for recruiting; else
    nothing. surplus_beyond: capacity is left between r and 1.5 r. suppliers_small: there are suppliers in reach, all
    known and all below the node's median."""
    missing = (kind == _CODE[GapKind.FILL]) | (kind == _CODE[GapKind.SECURE])
    told = np.zeros(kind.shape, dtype=np.int8)
    told[missing | (kind == _CODE[GapKind.EXTEND])] = REMEDIES.index(Remedy.RECRUIT)
    told[missing & suppliers_small] = REMEDIES.index(Remedy.UPGRADE)
    told[missing & surplus_beyond] = REMEDIES.index(Remedy.MATCHMAKING)
    return told
