"""Valid time: dates as far as they are known, and whether a fact holds on a day.

A source may give a day, a month or only a year; what it does not give stays unknown.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo

_PARTIAL = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")

LOCAL_ZONE = ZoneInfo("Asia/Shanghai")
"""In which days are counted."""


class Holding(StrEnum):
    """Does a fact hold on a day? `unknown` is an answer of its own, never a polite no."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class PartialDate:
    """A day, a month or a year of the Gregorian calendar.

    Raises ValueError for a day without a month and for a day the calendar does not have.

    >>> PartialDate(2024, 10).first_day, PartialDate(2024, 10).last_day
    (datetime.date(2024, 10, 1), datetime.date(2024, 10, 31))
    """

    year: int
    month: int | None = None
    day: int | None = None

    def __post_init__(self) -> None:
        if self.day is not None and self.month is None:
            raise ValueError("a day needs a month")
        date(self.year, 1 if self.month is None else self.month, 1 if self.day is None else self.day)

    @classmethod
    def parse(cls, text: str) -> PartialDate:
        """Read `2014-07-31`, `2024-10` or `2006`; spaces around it are ignored.

        Raises ValueError for anything else.

        >>> str(PartialDate.parse("2024-10"))
        '2024-10'
        """
        found = _PARTIAL.fullmatch(text.strip())
        if found is None:
            raise ValueError(f"not a date of the form 2014-07-31, 2024-10 or 2006: {text!r}")
        year, month, day = found.groups()
        try:
            return cls(int(year), int(month) if month else None, int(day) if day else None)
        except ValueError as error:
            raise ValueError(f"no such date: {text!r}") from error

    @property
    def first_day(self) -> date:
        """The earliest day it can mean."""
        return date(self.year, self.month or 1, self.day or 1)

    @property
    def last_day(self) -> date:
        """The latest day it can mean."""
        month = self.month or 12
        return date(self.year, month, self.day or calendar.monthrange(self.year, month)[1])

    def __str__(self) -> str:
        month = "" if self.month is None else f"-{self.month:02}"
        day = "" if self.day is None else f"-{self.day:02}"
        return f"{self.year:04}{month}{day}"


@lru_cache(maxsize=4096)
def earliest_date_in(text: str | None) -> PartialDate | None:
    """The first date a printed text names, to the month or day where it says so; None where it names none.

    >>> str(earliest_date_in("2021-07-28; 2022")), str(earliest_date_in("2014Q1-3")), earliest_date_in("undated")
    ('2021-07-28', '2014', None)
    """
    found = re.search(r"(?<!\d)(?:19|20)\d\d(?:-\d\d(?:-\d\d)?)?(?!\d)", text or "")
    if found is None:
        return None
    try:
        return PartialDate.parse(found.group())
    except ValueError:
        return PartialDate(int(found.group()[:4]))


@dataclass(frozen=True)
class Period:
    """When a fact was true in the world, as far as the sources say.

    valid_from: its start; None = start unknown. A month or year counts from its first day.
    valid_to: the last day it held; None = no end known. A month or year counts to its last day.
    attested_on: the date of the evidence. A month or year says only that the fact was true by its
        last day, so that is the day from which an unknown start is known to lie behind us.
    Raises ValueError when the end lies wholly before the start.
    """

    valid_from: PartialDate | None = None
    valid_to: PartialDate | None = None
    attested_on: PartialDate | None = None

    def __post_init__(self) -> None:
        if self.valid_from and self.valid_to and self.valid_to.last_day < self.valid_from.first_day:
            raise ValueError(f"the end {self.valid_to} lies before the start {self.valid_from}")

    @classmethod
    def parse(cls, valid_from: str | None, valid_to: str | None, attested_on: str | None = None) -> Period:
        """A period from three texts as the data files hold them; empty or None = unknown.

        Raises ValueError as PartialDate.parse does, and for an end before the start.

        >>> Period.parse("", "2024-09", "2014-07-31").holds_on(date(2024, 9, 30)).value
        'yes'
        """
        texts = (valid_from, valid_to, attested_on)
        return cls(*(PartialDate.parse(text) if text and text.strip() else None for text in texts))

    def has_ended_by(self, day: date) -> bool:
        """Is the day past a known end?"""
        return self.valid_to is not None and day > self.valid_to.last_day

    def starts_after(self, day: date) -> bool:
        """Does a known start lie in the day's future?"""
        return self.valid_from is not None and day < self.valid_from.first_day

    def holds_on(self, day: date) -> Holding:
        """Does the fact hold on that day?

        No past a known end and before a known start. With an unknown start: yes from the attested
        day on, unknown before it, unknown throughout without evidence of a day.

        >>> level = Period.parse("2024-10", "")
        >>> level.holds_on(date(2020, 1, 1)).value, level.holds_on(date(2024, 10, 1)).value
        ('no', 'yes')
        >>> Period.parse("", "", "2014-07-31").holds_on(date(2010, 1, 1)).value
        'unknown'
        """
        if self.has_ended_by(day) or self.starts_after(day):
            return Holding.NO
        if self.valid_from is not None:
            return Holding.YES
        if self.attested_on is not None and day >= self.attested_on.last_day:
            return Holding.YES
        return Holding.UNKNOWN
