"""Codes: there, once only, short enough."""

from __future__ import annotations

from collections import Counter

from domain.boundaries import Severity
from geo.intake.checks.batch import Batch
from geo.intake.formats.base import NOUN_ZH
from geo.intake.words import shown

LONGEST = 64
"""What the database keeps of a code."""


def check(batch: Batch) -> None:
    """Tells codes that are missing, repeated or too long."""
    counts = Counter(batch.codes)
    where: dict[str, list[int]] = {}
    for number, code in zip(batch.numbers, batch.codes, strict=True):
        if counts[code] > 1 or not 0 < len(code) <= LONGEST:
            where.setdefault(code, []).append(number)
    if empty := where.pop("", None):
        zh, en = f"{batch.words.zh(empty)}没有编号", f"no code: {batch.words.place(empty)}"
        batch.findings.add("code_empty", Severity.REJECT, f"{batch.words.place(empty)} code", zh, en, features=empty)
    for code, numbers in where.items():
        place = f"{batch.words.place(numbers)} code"
        if len(numbers) > 1:
            listed = "与".join(f"第{number}{NOUN_ZH.get(batch.words.noun, '个要素')}" for number in numbers[:10])
            zh, en = f"{listed}编号重复：{shown(code)}", f"{batch.words.place(numbers)} share the code {shown(code)}"
            batch.findings.add("code_repeated", Severity.REJECT, place, zh, en, features=numbers)
        if len(code) > LONGEST:
            zh = f"{batch.words.zh(numbers)}的编号超过 {LONGEST} 个字符"
            en = f"the code of {batch.words.place(numbers)} is longer than {LONGEST} characters"
            batch.findings.add("code_too_long", Severity.REJECT, place, zh, en, features=numbers)
