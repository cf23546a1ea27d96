"""Tiers are half-open and complete; only a confirmation record confirms."""

import math
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.offers import (
    Confirmation,
    OfferStatus,
    Tier,
    TierFault,
    TierFaultKind,
    check_tiers,
    offer_status,
    tier_for,
)
from domain.periods import Period
from domain.words import OfferReport

LAND_TAX = [Tier(0, 10, 0), Tier(10, 15, 30), Tier(15, 20, 50), Tier(20, None, 100)]
CONFIRMED_IN_2025 = Confirmation(date(2025, 3, 1), date(2025, 12, 31))

days = st.dates(date(2000, 1, 1), date(2040, 12, 31))


@pytest.mark.parametrize(
    ("quantity", "value"), [(0, 0), (9.99, 0), (10, 30), (14.999, 30), (15, 50), (20, 100), (1e9, 100)]
)
def test_a_lower_bound_belongs_to_its_tier_and_an_upper_bound_to_the_next(quantity: float, value: float) -> None:
    tier = tier_for(LAND_TAX, quantity)
    assert tier is not None
    assert tier.value == value


def test_outside_all_tiers_there_is_no_tier() -> None:
    assert tier_for(LAND_TAX, -0.01) is None
    assert tier_for([Tier(0, 10, 1)], 10) is None
    assert tier_for([], 5) is None


@pytest.mark.parametrize("quantity", [math.nan, math.inf, -math.inf])
def test_a_quantity_that_is_no_number_is_refused(quantity: float) -> None:
    with pytest.raises(ValueError, match="finite"):
        tier_for(LAND_TAX, quantity)


def test_two_tiers_that_claim_one_quantity_are_refused() -> None:
    with pytest.raises(ValueError, match="2 tiers"):
        tier_for([Tier(0, 10, 1), Tier(9, None, 2)], 9.5)


@pytest.mark.parametrize(
    ("lower", "upper", "value"), [(10, 10, 1), (10, 9, 1), (math.nan, None, 1), (0, math.inf, 1), (0, 1, math.nan)]
)
def test_a_tier_that_holds_nothing_or_is_no_number_is_refused(lower: float, upper: float | None, value: float) -> None:
    with pytest.raises(ValueError, match=r"finite|no quantity"):
        Tier(lower, upper, value)


@pytest.mark.parametrize(
    ("tiers", "faults"),
    [
        (LAND_TAX, []),
        (LAND_TAX[::-1], []),
        ([], []),
        ([Tier(0, 10, 1), Tier(12, None, 2)], [TierFault(TierFaultKind.GAP, 10, 12)]),
        ([Tier(0, 12, 1), Tier(10, None, 2)], [TierFault(TierFaultKind.OVERLAP, 10, 12)]),
        ([Tier(0, None, 1), Tier(10, 12, 2)], [TierFault(TierFaultKind.OVERLAP, 10, 12)]),
        ([Tier(0, None, 1), Tier(10, None, 2)], [TierFault(TierFaultKind.OVERLAP, 10, None)]),
        ([Tier(0, 20, 1), Tier(5, 10, 2), Tier(20, None, 3)], [TierFault(TierFaultKind.OVERLAP, 5, 10)]),
        (
            [Tier(0, 5, 1), Tier(6, 9, 2), Tier(8, 10, 3)],
            [TierFault(TierFaultKind.GAP, 5, 6), TierFault(TierFaultKind.OVERLAP, 8, 9)],
        ),
    ],
)
def test_gaps_and_overlaps_between_tiers_are_found(tiers: list[Tier], faults: list[TierFault]) -> None:
    assert check_tiers(tiers) == faults


@given(st.lists(st.integers(-100, 100), min_size=2, max_size=8, unique=True), st.integers(-100, 99))
def test_tiers_without_fault_give_every_quantity_exactly_one_tier(bounds: list[int], quantity: int) -> None:
    bounds.sort()
    tiers = [Tier(lower, upper, lower) for lower, upper in pairwise(bounds)]
    assert check_tiers(tiers) == []
    assert (tier_for(tiers, quantity) is not None) == (bounds[0] <= quantity < bounds[-1])


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(1, 9)), max_size=6), st.integers(0, 40))
def test_a_quantity_with_two_tiers_lies_in_a_reported_overlap(steps: list[tuple[int, int]], quantity: int) -> None:
    tiers = [Tier(lower, lower + width, 0) for lower, width in steps]
    claims = sum(tier.holds(quantity) for tier in tiers)
    overlaps = [fault for fault in check_tiers(tiers) if fault.kind is TierFaultKind.OVERLAP]
    in_overlap = any(fault.lower <= quantity < (fault.upper or math.inf) for fault in overlaps)
    assert in_overlap == (claims > 1)


@pytest.mark.parametrize(
    ("period", "as_of", "confirmations", "report", "status"),
    [
        (Period.parse("2014-07-31", ""), date(2026, 1, 1), [], OfferReport.UNCONFIRMED, OfferStatus.UNCONFIRMED),
        (Period.parse("2014-07-31", ""), date(2026, 1, 1), [], OfferReport.REPORTED_CURRENT, OfferStatus.UNCONFIRMED),
        (Period.parse("2014-07-31", ""), date(2014, 7, 30), [], OfferReport.UNCONFIRMED, OfferStatus.NOT_YET),
        (Period.parse("", "2020"), date(2021, 1, 1), [], OfferReport.UNCONFIRMED, OfferStatus.EXPIRED),
        (Period.parse("", "2020"), date(2020, 12, 31), [], OfferReport.EXPIRED, OfferStatus.UNCONFIRMED),
        (Period(), date(2026, 1, 1), [], OfferReport.EXPIRED, OfferStatus.EXPIRED),
        (Period(), date(2026, 1, 1), [], OfferReport.NOT_FOUND, OfferStatus.NOT_FOUND),
        (Period(), date(2025, 3, 1), [CONFIRMED_IN_2025], OfferReport.UNCONFIRMED, OfferStatus.CONFIRMED),
        (Period(), date(2025, 12, 31), [CONFIRMED_IN_2025], OfferReport.EXPIRED, OfferStatus.CONFIRMED),
        (Period(), date(2025, 2, 28), [CONFIRMED_IN_2025], OfferReport.UNCONFIRMED, OfferStatus.UNCONFIRMED),
        (Period(), date(2026, 1, 1), [CONFIRMED_IN_2025], OfferReport.UNCONFIRMED, OfferStatus.UNCONFIRMED),
        (Period.parse("", "2024"), date(2025, 6, 1), [CONFIRMED_IN_2025], OfferReport.UNCONFIRMED, OfferStatus.EXPIRED),
        (Period.parse("2026", ""), date(2025, 6, 1), [CONFIRMED_IN_2025], OfferReport.UNCONFIRMED, OfferStatus.NOT_YET),
    ],
)
def test_what_is_said_of_an_offer_on_a_day(
    period: Period, as_of: date, confirmations: list[Confirmation], report: OfferReport, status: OfferStatus
) -> None:
    assert offer_status(period, confirmations, as_of, report) is status


@given(days, st.lists(st.tuples(days, days)), st.sampled_from(OfferReport), st.sampled_from(["", "2014", "2030"]))
def test_no_offer_is_confirmed_without_a_record_that_covers_the_day(
    as_of: date, records: list[tuple[date, date]], report: OfferReport, start: str
) -> None:
    confirmations = [Confirmation(min(record), max(record)) for record in records]
    if offer_status(Period.parse(start, ""), confirmations, as_of, report) is OfferStatus.CONFIRMED:
        assert any(min(record) <= as_of <= max(record) for record in records)


def test_a_confirmation_cannot_end_before_it_was_given() -> None:
    with pytest.raises(ValueError, match="before"):
        Confirmation(date(2025, 3, 1), date(2025, 2, 28))
