"""How findings speak: places as people name them, and one list that grows while a file is understood."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from domain.boundaries import Finding, Question, Severity
from geo.intake.formats.base import MOST_NAMED, NOUN_ZH, plain_text
from geo.units import m2_to_mu

_PLURALS = {"entity": "entities"}
_LONGEST_NAME = 30
_LONGEST_LIST = 30


@dataclass(frozen=True)
class Words:
    """Names features by their numbers. noun: how people count in the file. total: how many there are.

    >>> words = Words("feature", 9)
    >>> words.place([2, 5]), words.zh([2, 5]), words.place([3]), words.everything_or([*range(1, 10)])
    ('features 2,5', '第2、5个要素', 'feature 3', 'all')
    """

    noun: str = "feature"
    total: int = 0

    def place(self, numbers: Sequence[int]) -> str:
        if len(numbers) == 1:
            return f"{self.noun} {numbers[0]}"
        return f"{_PLURALS.get(self.noun, self.noun + 's')} {_listed(numbers, ',')}"

    def zh(self, numbers: Sequence[int]) -> str:
        return f"第{_listed(numbers, '、')}{NOUN_ZH.get(self.noun, '个要素')}"

    def everything_or(self, numbers: Sequence[int]) -> str:
        return "all" if len(numbers) == self.total else self.place(numbers)

    def named_zh(self, number: int, name: str) -> str:
        """The name and number of a feature: 秀洲智造园（第2个要素）."""
        return f"{shown(name)}（{self.zh([number])}）" if name else self.zh([number])

    def named_en(self, number: int, name: str) -> str:
        return f"{shown(name)} ({self.place([number])})" if name else self.place([number])


def _listed(numbers: Sequence[int], comma: str) -> str:
    listed = comma.join(map(str, numbers[:_LONGEST_LIST]))
    return listed if len(numbers) <= _LONGEST_LIST else f"{listed}{comma}…({len(numbers)})"


def shown(text: str) -> str:
    """User text as it may stand in a message: one line, not too long."""
    safe = plain_text(text)
    return safe if len(safe) <= _LONGEST_NAME else f"{safe[:_LONGEST_NAME]}…"


def area_zh(area_m2: float) -> str:
    """
    >>> area_zh(2000.0)
    '2,000.00 m²（3.000 亩）'
    """
    return f"{area_m2:,.2f} m²（{m2_to_mu(area_m2):,.3f} 亩）"


def area_en(area_m2: float) -> str:
    return f"{area_m2:,.2f} m² ({m2_to_mu(area_m2):,.3f} mu)"


@dataclass
class Findings:
    """Findings as they are met. Of one code so many are told one by one; the rest are counted."""

    told: list[Finding] = field(default_factory=list)
    _counts: Counter[tuple[str, Severity]] = field(default_factory=Counter)
    _features: dict[tuple[str, Severity], list[int]] = field(default_factory=dict)

    def add(
        self,
        code: str,
        severity: Severity,
        place: str,
        message_zh: str,
        message_en: str,
        *,
        features: Iterable[int] = (),
        lonlat: tuple[float, float] | None = None,
        area_m2: float | None = None,
        question: Question | None = None,
    ) -> None:
        numbers = tuple(features)
        self._counts[code, severity] += 1
        if self._counts[code, severity] > MOST_NAMED:
            self._features.setdefault((code, severity), []).extend(numbers)
            return
        self.told.append(
            Finding(code, severity, place, message_zh, message_en, numbers, lonlat, area_m2, question=question)
        )

    def is_full(self, code: str, severity: Severity) -> bool:
        """Will another of the kind only be counted? Then its message need not be worked out."""
        return self._counts[code, severity] >= MOST_NAMED

    def extend(self, findings: Iterable[Finding]) -> None:
        self.told.extend(findings)

    def all(self) -> tuple[Finding, ...]:
        """In the order met; the last of a kind that was told says how many more there are and of which features."""
        result = list(self.told)
        for (code, severity), count in self._counts.items():
            if count <= MOST_NAMED:
                continue
            last = max(i for i, finding in enumerate(result) if (finding.code, finding.severity) == (code, severity))
            more = count - MOST_NAMED
            result[last] = replace(
                result[last],
                message_zh=f"{result[last].message_zh}（另有 {more} 处同类问题）",
                message_en=f"{result[last].message_en} (and {more} more of this kind)",
                features=tuple(dict.fromkeys((*result[last].features, *self._features[code, severity]))),
            )
        return tuple(result)

    def has(self, severity: Severity) -> bool:
        return any(finding.severity is severity for finding in self.told)
