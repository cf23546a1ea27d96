"""When a fact holds: known, unknown and partly known dates."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.periods import Holding, PartialDate, Period

days = st.dates(date(1900, 1, 1), date(2200, 12, 31))


@st.composite
def partial_dates(draw: st.DrawFn) -> PartialDate:
    day = draw(days)
    known = draw(st.integers(1, 3))
    return PartialDate(day.year, day.month if known > 1 else None, day.day if known > 2 else None)


@st.composite
def periods(draw: st.DrawFn) -> Period:
    start, end, attested = (draw(st.none() | partial_dates()) for _ in range(3))
    if start and end and end.last_day < start.first_day:
        start, end = end, start
    return Period(start, end, attested)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2014-07-31", date(2014, 7, 31), date(2014, 7, 31)),
        ("2024-10", date(2024, 10, 1), date(2024, 10, 31)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2100-02", date(2100, 2, 1), date(2100, 2, 28)),
        ("2006", date(2006, 1, 1), date(2006, 12, 31)),
        (" 2006 ", date(2006, 1, 1), date(2006, 12, 31)),
    ],
)
def test_a_partial_date_reaches_from_its_first_to_its_last_day(text: str, first: date, last: date) -> None:
    partial = PartialDate.parse(text)
    assert (partial.first_day, partial.last_day) == (first, last)
    assert str(partial) == text.strip()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "undated",
        "2014-7-31",
        "2014-13",
        "2014-02-30",
        "2014-00",
        "0000",
        "14",
        "2014/07/31",
        "２０１４",
        "2014-07-31T00",
        "2014-",
    ],
)
def test_what_is_not_a_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="date"):
        PartialDate.parse(text)


def test_a_day_needs_a_month() -> None:
    with pytest.raises(ValueError, match="month"):
        PartialDate(2014, None, 31)


def test_a_month_of_zero_is_no_year() -> None:
    with pytest.raises(ValueError, match="month"):
        PartialDate(2014, 0)


@given(partial_dates())
def test_a_partial_date_reads_back_what_it_writes(partial: PartialDate) -> None:
    assert PartialDate.parse(str(partial)) == partial
    assert partial.first_day <= partial.last_day


@pytest.mark.parametrize(
    ("period", "day", "holding"),
    [
        (Period.parse("2024-10", ""), date(2024, 9, 30), Holding.NO),
        (Period.parse("2024-10", ""), date(2024, 10, 1), Holding.YES),
        (Period.parse("2014-07-31", "2024-09"), date(2024, 9, 30), Holding.YES),
        (Period.parse("2014-07-31", "2024-09"), date(2024, 10, 1), Holding.NO),
        (Period.parse("2006", "2006"), date(2006, 12, 31), Holding.YES),
        (Period.parse("2006", "2006"), date(2005, 12, 31), Holding.NO),
        (Period.parse("", "", "2014-07-31"), date(2014, 7, 30), Holding.UNKNOWN),
        (Period.parse("", "", "2014-07-31"), date(2014, 7, 31), Holding.YES),
        (Period.parse("", "", "2014"), date(2014, 7, 31), Holding.UNKNOWN),
        (Period.parse("", "", "2014"), date(2014, 12, 31), Holding.YES),
        (Period.parse(None, None, None), date(2026, 1, 1), Holding.UNKNOWN),
        (Period.parse("", "2020"), date(2020, 12, 31), Holding.UNKNOWN),
        (Period.parse("", "2020"), date(2021, 1, 1), Holding.NO),
        (Period.parse("", "2020", "2014"), date(2021, 1, 1), Holding.NO),
        (Period.parse("2016", "", "2020"), date(2017, 1, 1), Holding.YES),
    ],
)
def test_when_a_fact_holds(period: Period, day: date, holding: Holding) -> None:
    assert period.holds_on(day) is holding


def test_an_end_before_the_start_is_refused() -> None:
    with pytest.raises(ValueError, match="before the start"):
        Period.parse("2024-10", "2024-09")


def test_an_end_in_the_month_of_the_start_is_taken() -> None:
    assert Period.parse("2024-10-15", "2024-10").holds_on(date(2024, 10, 15)) is Holding.YES


@given(periods(), days)
def test_a_fact_with_a_known_start_is_never_unknown(period: Period, day: date) -> None:
    if period.valid_from is not None:
        assert period.holds_on(day) is not Holding.UNKNOWN


@given(periods(), days)
def test_nothing_holds_past_its_end(period: Period, day: date) -> None:
    if period.valid_to is not None and day > period.valid_to.last_day:
        assert period.holds_on(day) is Holding.NO


@given(periods(), days)
def test_time_only_moves_from_unknown_or_no_to_yes_and_then_to_no(period: Period, day: date) -> None:
    before, after = period.holds_on(day), period.holds_on(day + timedelta(days=1))
    assert (before, after) not in {(Holding.YES, Holding.UNKNOWN), (Holding.NO, Holding.UNKNOWN)}


@given(periods(), days)
def test_without_a_start_and_without_evidence_nothing_is_ever_yes(period: Period, day: date) -> None:
    assert Period(None, period.valid_to, None).holds_on(day) is not Holding.YES
