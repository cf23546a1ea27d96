"""Offers 优惠政策: graded tiers, and what may be said of an offer on a day.

An offer is never called confirmed because a document once promised it: only a confirmation
record that covers the day does that.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from domain.periods import Period
from domain.words import OfferReport


@dataclass(frozen=True)
class Tier:
    """One step of a graded offer: quantities in [lower, upper) earn the value.

    lower, upper: in the unit of the offer's quantity; upper None = no upper bound.
    value: in the offer's value unit.
    Raises ValueError for bounds that hold nothing and for numbers that are not finite.
    """

    lower: float
    upper: float | None
    value: float

    def __post_init__(self) -> None:
        numbers = (self.lower, self.value) if self.upper is None else (self.lower, self.value, self.upper)
        if not all(math.isfinite(number) for number in numbers):
            raise ValueError("a tier needs finite numbers")
        if self.upper is not None and self.upper <= self.lower:
            raise ValueError(f"no quantity lies in [{self.lower}, {self.upper})")

    def holds(self, quantity: float) -> bool:
        """Is the quantity inside the half-open bounds?"""
        return self.lower <= quantity and (self.upper is None or quantity < self.upper)


class TierFaultKind(StrEnum):
    GAP = "gap"
    OVERLAP = "overlap"


@dataclass(frozen=True)
class TierFault:
    """A stretch of quantities, [lower, upper), that no tier or more than one tier holds."""

    kind: TierFaultKind
    lower: float
    upper: float | None


def check_tiers(tiers: Iterable[Tier]) -> list[TierFault]:
    """Every gap and overlap between the tiers, from below; empty when each quantity has one tier.

    The order of the tiers does not matter. Below the lowest and above the highest bound is no gap.

    >>> check_tiers([Tier(15, 20, 50), Tier(20, None, 100)])
    []
    >>> [fault.kind.value for fault in check_tiers([Tier(10, 15, 30), Tier(16, 20, 50)])]
    ['gap']
    """
    faults: list[TierFault] = []
    reached = -math.inf
    for tier in sorted(tiers, key=lambda tier: (tier.lower, _end(tier))):
        if reached > tier.lower:
            end = min(reached, _end(tier))
            faults.append(TierFault(TierFaultKind.OVERLAP, tier.lower, None if math.isinf(end) else end))
        elif -math.inf < reached < tier.lower:
            faults.append(TierFault(TierFaultKind.GAP, reached, tier.lower))
        reached = max(reached, _end(tier))
    return faults


def tier_for(tiers: Sequence[Tier], quantity: float) -> Tier | None:
    """The tier that holds the quantity; None outside all tiers.

    quantity: in the unit of the tiers' bounds.
    Raises ValueError when the quantity is not finite or when two tiers claim it.

    >>> tier_for([Tier(15, 20, 50), Tier(20, None, 100)], 20)
    Tier(lower=20, upper=None, value=100)
    """
    if not math.isfinite(quantity):
        raise ValueError("the quantity must be a finite number")
    found = [tier for tier in tiers if tier.holds(quantity)]
    if len(found) > 1:
        raise ValueError(f"{len(found)} tiers claim {quantity}")
    return found[0] if found else None


def _end(tier: Tier) -> float:
    return math.inf if tier.upper is None else tier.upper


class OfferStatus(StrEnum):
    """What the app says of an offer on a day."""

    CONFIRMED = "confirmed"
    UNCONFIRMED = "unconfirmed"
    NOT_YET = "not_yet"
    EXPIRED = "expired"
    NOT_FOUND = "not_found"


@dataclass(frozen=True)
class Confirmation:
    """Somebody in charge confirmed the offer on a day, for a time; both days count.

    Raises ValueError when it would end before it began.
    """

    confirmed_on: date
    valid_until: date

    def __post_init__(self) -> None:
        if self.valid_until < self.confirmed_on:
            raise ValueError("a confirmation cannot end before it was given")

    def covers(self, day: date) -> bool:
        """Does it speak for that day?"""
        return self.confirmed_on <= day <= self.valid_until


def offer_status(
    period: Period,
    confirmations: Iterable[Confirmation],
    as_of: date,
    report: OfferReport = OfferReport.UNCONFIRMED,
) -> OfferStatus:
    """What may be said of an offer on a day, first match wins.

    not_found: the sources were searched and hold no such offer.
    expired / not_yet: past its stated end / before its stated start. A confirmation does not outlive
        a stated end: the end is to be corrected first.
    confirmed: a confirmation record covers the day. Nothing else makes an offer confirmed.
    expired: the sources call it expired and give no end.
    unconfirmed: everything else, also what a report calls current.

    >>> offer_status(Period.parse("2014-07-31", ""), [], date(2026, 1, 1)).value
    'unconfirmed'
    """
    if report is OfferReport.NOT_FOUND:
        return OfferStatus.NOT_FOUND
    if period.has_ended_by(as_of):
        return OfferStatus.EXPIRED
    if period.starts_after(as_of):
        return OfferStatus.NOT_YET
    if any(confirmation.covers(as_of) for confirmation in confirmations):
        return OfferStatus.CONFIRMED
    if report is OfferReport.EXPIRED and period.valid_to is None:
        return OfferStatus.EXPIRED
    return OfferStatus.UNCONFIRMED
