"""A policy text, as a web page or a file gives it, split into numbered clauses.

The rule follows the numbering of Chinese official documents (GB/T 9704: 一、 over （一） over 1.) and
the enumeration 一是…二是… inside a paragraph. Nothing is known about which document it is:

- （一） that never repeats in the document is numbered `(一)`; where it starts again in a chapter, `四(一)`;
- an item under it is `二(一)2`; an item under a chapter `二2`; an item that never repeats and stands under no
  section `15`; an enumerated point `四(一)一`;
- a chapter is a clause, `三`, when it has text of its own; its heading goes with the clauses under it. Points in
  such a chapter stay in its text: chapter 十, point 一 would read like chapter 十一;
- a page that holds its text several times gives it once; copies that disagree are an error.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

_DIGITS = "一二三四五六七八九"
_NUMERALS = [*_DIGITS, "十", *(f"十{digit}" for digit in _DIGITS), "二十"]
_OPENINGS = (  # by level: chapter, section, item
    re.compile(rf"([{_DIGITS}十百]+) ?、 ?(.*)"),
    re.compile(rf"[（(] ?([{_DIGITS}十百]+) ?[）)] ?、?(.*)"),
    re.compile(r"([0-9０-９]{1,3}) ?[.．、](?!\d(?!\d{3}年)) ?(.*)"),
)
_CHAPTER, _SECTION, _ITEM, _POINT = range(4)
_KINDS = "意见|方案|计划|规划|办法|措施|通知|纲要|决定|规定|细则"
_TITLE = re.compile(rf"[^。：:；;>]{{4,80}}(?:{_KINDS})(?: ?[（(][^（）()]{{1,20}}[）)])?")
_ADDRESSEE = re.compile(r"各[^。]{1,300}[：:]")
_UNITS = "责任单位"
_SENTENCE_END = re.compile(r"[。！？；!?;][”’」』）)]*$")
_BLANK_ENTITY = re.compile(r"&(?:nbsp|ensp|emsp|thinsp|#160|#xa0|#12288|#x3000);", re.IGNORECASE)
_EDITOR_MARK = re.compile(r"\[bookmark: ?[^\]]{0,80}\]")
_HEADING_LENGTH = 40
_CHAPTER_HEADING_LENGTH = 100
_CLOSING_LENGTH = 60


class PolicyTextError(ValueError):
    """The text cannot be split. place: a line of the file (`line 12`) or a clause number."""

    def __init__(self, place: str, message_zh: str, message_en: str) -> None:
        super().__init__(f"{place}: {message_en}")
        self.place = place
        self.message_zh = message_zh
        self.message_en = message_en


@dataclass(frozen=True)
class ClauseText:
    """One clause. number: normalised, half-width parentheses. heading: its first short sentence without
    the full stop, or empty. text: the rest, paragraphs apart by a line break, without what its
    sub-clauses hold and without its units. level: 1 = top of the document. chapter: `二、重点工作`, or empty.
    responsible_units: as printed, in order.
    """

    number: str
    heading: str
    text: str
    level: int
    chapter: str = ""
    responsible_units: tuple[str, ...] = ()


@dataclass(frozen=True)
class PolicyText:
    """title: empty when the text carries none. summary: prose the publisher put before the document.
    preamble: the document before its first clause. closing: signature, date and source line after the last.
    """

    title: str
    summary: str
    preamble: str
    clauses: tuple[ClauseText, ...]
    closing: str = ""

    def find_clause(self, number: str) -> ClauseText | None:
        """The clause of that number, however its parentheses are written."""
        wanted = normalise_number(number)
        return next((clause for clause in self.clauses if clause.number == wanted), None)


@dataclass(frozen=True)
class Snippet:
    """A place where a search matched: [start, end) in characters of the searched text."""

    start: int
    end: int
    before: str
    match: str
    after: str
    part: str = "text"


@dataclass
class _Draft:
    level: int
    numeral: str
    parents: tuple[_Draft, ...]
    paragraphs: list[str] = field(default_factory=list)
    units: list[str] = field(default_factory=list)
    has_children: bool = False


def normalise_number(number: str) -> str:
    """A clause number as the data files write it.

    >>> normalise_number(" 四（一） ")
    '四(一)'
    """
    return "".join(unicodedata.normalize("NFKC", number).split())


def split_policy_text(raw: str) -> PolicyText:
    """Split a policy text into its parts and clauses, in the order of the document.

    raw: decoded text, any line ends, web headers and odd spaces included.
    Raises PolicyTextError when there is no clause, when a number repeats, when copies disagree and when
    characters were lost in decoding.

    >>> policy = split_policy_text("关于试验的意见\\n各县：\\n现提出：\\n1.先做。做好。\\n2.后做。")
    >>> policy.title, [(clause.number, clause.heading, clause.text) for clause in policy.clauses]
    ('关于试验的意见', [('1', '先做', '做好。'), ('2', '', '后做。')])
    """
    lines = _clean_lines(raw)
    first = next((index for index, line in enumerate(lines) if _opening(line)), len(lines))
    copies = [(_take_closing(body), _clauses(body)) for body in _copies(lines, first)]
    closing, clauses = max(reversed(copies), key=lambda copy: len(copy[1]), default=([], []))
    if not any(clause.heading or clause.text for clause in clauses):
        raise PolicyTextError("line 1", "没有找到带编号的条款", "no numbered clause was found")
    folded = {clause.number: _fold(clause.heading + clause.text) for clause in clauses}
    for clause in (clause for _, other in copies for clause in other):
        if folded.get(clause.number) != _fold(clause.heading + clause.text):
            raise PolicyTextError(clause.number, "页面上几份正文互不一致", "the copies on the page differ")
    title, summary, preamble = _front(lines[:first])
    return PolicyText(title, summary, preamble, tuple(clauses), "\n".join(closing))


def _clean_lines(raw: str) -> list[str]:
    """Lines without edge and doubled spaces, control and zero-width characters; empty lines left out."""
    text = _EDITOR_MARK.sub("", _BLANK_ENTITY.sub(" ", raw))
    lines = []
    for number, line in enumerate(text.splitlines(), start=1):
        if any(c == "\ufffd" or unicodedata.category(c) == "Cs" for c in line):
            raise PolicyTextError(f"line {number}", "文字在解码时丢失", "characters were lost in decoding")
        seen = "".join(c for c in line if c.isspace() or unicodedata.category(c) not in {"Cc", "Cf"})
        if kept := " ".join(seen.split()):
            lines.append(kept)
    return lines


def _opening(line: str) -> tuple[int, str, str] | None:
    """Level, numeral and rest of a line that opens a chapter, section or item."""
    for level, pattern in enumerate(_OPENINGS):
        if found := pattern.fullmatch(line):
            return level, unicodedata.normalize("NFKC", found[1]), found[2].strip()
    return None


def _copies(lines: list[str], first: int) -> list[list[str]]:
    """The body once per copy on the page.

    A copy starts where the first clause's line comes again; the one before it ends where a line of the
    page's head comes again.
    """
    opening = _fold("".join(lines[first : first + 1]))
    starts = [index for index in range(first, len(lines)) if _fold(lines[index]) == opening]
    head = {_fold(line) for line in lines[:first]}
    copies = []
    for start, end in pairwise([*starts, len(lines)]):
        inside = range(start, end) if end < len(lines) else ()
        copies.append(lines[start : next((index for index in inside if _fold(lines[index]) in head), end)])
    return copies


def _take_closing(body: list[str]) -> list[str]:
    """Take signature, date and source lines, which end no sentence, off the end of the body."""
    closing: list[str] = []
    while len(body[-1]) <= _CLOSING_LENGTH:
        if _opening(body[-1]) or _UNITS in body[-1] or _SENTENCE_END.search(body[-1]):
            break
        closing.append(body.pop())
    return closing[::-1]


def _front(head: Sequence[str]) -> tuple[str, str, str]:
    """Title, publisher's summary and preamble out of the lines before the first clause."""
    title = next((line for line in reversed(head) if _TITLE.fullmatch(line)), "")
    addressee = next((index for index, line in enumerate(head) if _ADDRESSEE.fullmatch(line)), None)
    start = addressee if addressee is not None else head.index(title) if title else 0
    summary = [line for line in head[:start] if line != title and _SENTENCE_END.search(line)]
    preamble = [line for line in head[start:] if line != title]
    if addressee is None:
        preamble = [line for line in preamble if _SENTENCE_END.search(line)]
    return title, "\n".join(summary), "\n".join(preamble)


def _clauses(body: Sequence[str]) -> list[ClauseText]:
    """All clauses of one copy, in order; each number once."""
    drafts = _drafts(body)
    numerals = Counter((draft.level, draft.numeral) for draft in drafts)
    repeating = {level for (level, _), count in numerals.items() if count > 1}
    clauses = [clause for draft in drafts for clause in _clause_texts(draft, repeating)]
    number, count = Counter(clause.number for clause in clauses).most_common(1)[0]
    if count > 1:
        raise PolicyTextError(number, "条款编号重复", "the clause number repeats")
    return clauses


def _drafts(body: Sequence[str]) -> list[_Draft]:
    """Group the lines under their numbers; each knows the chapter and section it stands in."""
    drafts: list[_Draft] = []
    path: list[_Draft] = []
    for line in body:
        found = _opening(line)
        if found:
            level, numeral, line = found
            path = [draft for draft in path if draft.level < level]
            drafts.append(_Draft(level, numeral, tuple(path)))
            for parent in path:
                parent.has_children = True
            path.append(drafts[-1])
        paragraph, units = _take_units(line)
        drafts[-1].units += units
        if paragraph:
            drafts[-1].paragraphs.append(paragraph)
    return drafts


def _clause_texts(draft: _Draft, repeating: set[int]) -> list[ClauseText]:
    """The clause of a draft and the points in it; none for a chapter that only holds clauses."""
    text, points = "\n".join(draft.paragraphs), list[str]()
    if draft.level != _CHAPTER:
        text, points = _take_points(text)
    heading, text = _take_heading(text, draft.level, is_followed=draft.has_children or bool(points))
    if draft.level == _CHAPTER and draft.has_children and not text and not draft.units:
        return []
    number, level, chapter = _number(draft, repeating), len(draft.parents) + 1, _chapter_label(draft.parents)
    clauses = [ClauseText(number, heading, text, level, chapter, tuple(draft.units))]
    for index, point in enumerate(points):
        heading, text = _take_heading(point, _POINT)
        clauses.append(ClauseText(number + _NUMERALS[index], heading, text, level + 1, chapter))
    return clauses


def _number(draft: _Draft, repeating: set[int]) -> str:
    """The normalised number: as much of the path before it as makes it the only one."""
    own = f"({draft.numeral})" if draft.level == _SECTION else draft.numeral
    if not draft.parents:
        return own
    if draft.parents[-1].level == _SECTION:
        return _number(draft.parents[-1], repeating) + own
    return draft.parents[-1].numeral + own if draft.level in repeating else own


def _chapter_label(parents: tuple[_Draft, ...]) -> str:
    if not parents or parents[0].level != _CHAPTER:
        return ""
    heading, _ = _take_heading("\n".join(parents[0].paragraphs[:1]), _CHAPTER, is_followed=True)
    return f"{parents[0].numeral}、{heading}"


def _take_heading(text: str, level: int, is_followed: bool = False) -> tuple[str, str]:
    """Cut the first sentence off as the heading, when it is short and something follows it."""
    found = re.match(r"([^。\n]+)(?:。|\n|$)\s*", text)
    limit = _CHAPTER_HEADING_LENGTH if level == _CHAPTER else _HEADING_LENGTH
    if not found or len(found[1]) > limit or not (is_followed or found.end() < len(text)):
        return "", text
    return found[1].strip(), text[found.end() :]


def _take_points(text: str) -> tuple[str, list[str]]:
    """Cut the points 一是…二是… off a text. Fewer than two, or more than one list, stay in the text."""
    starts: list[re.Match[str]] = []
    for numeral in _NUMERALS:
        marker = re.compile(rf"(?:^|(?<=[。；;：:，,！!？?\n])) ?{numeral}是")
        found = marker.search(text, starts[-1].end() if starts else 0)
        if found is None or (not starts and marker.search(text, found.end())):
            break
        starts.append(found)
    if len(starts) < 2:
        return text, []
    ends = [found.start() for found in starts[1:]] + [len(text)]
    points = [text[found.end() : end].strip() for found, end in zip(starts, ends, strict=True)]
    return text[: starts[0].start()].strip(), points


def _take_units(paragraph: str) -> tuple[str, list[str]]:
    """Cut `责任单位：…`, in parentheses or as a line or last sentence of its own, off a paragraph's end."""
    at = paragraph.rfind(_UNITS)
    before, after = paragraph[:at].rstrip(), paragraph[at + len(_UNITS) :].strip()
    if at < 0 or not after.startswith((":", "：")):
        return paragraph, []
    names = after[1:].rstrip("。. ")
    if before.endswith(("（", "(")):
        if not names.endswith(("）", ")")):
            return paragraph, []
        before, names = before[:-1].rstrip(), names[:-1]
    elif before and not _SENTENCE_END.search(before):
        return paragraph, []
    apart = re.split(r"[、，,；;](?![^（()）]{0,40}[）)])", names)
    return before, [name.strip() for name in apart if name.strip()]


def _fold_with_index(text: str) -> tuple[str, list[int]]:
    """The text without whitespace, case and width, and the original position of each character of it."""
    folded = [
        (character, index)
        for index, original in enumerate(text)
        for character in unicodedata.normalize("NFKC", original).casefold()
        if not character.isspace()
    ]
    return "".join(character for character, _ in folded), [index for _, index in folded]


def _fold(text: str) -> str:
    return _fold_with_index(text)[0]


def find_in_text(text: str, query: str, context: int = 30) -> list[Snippet]:
    """Every place, from the front and without overlap, where the query stands in the text.

    Case, whitespace and full or half width make no difference; one character is enough; nothing but
    whitespace finds nothing. context: characters shown either side.

    >>> [(found.start, found.end, found.match) for found in find_in_text("铜 箔与ＰＣＢ", "铜箔与pcb")]
    [(0, 7, '铜 箔与ＰＣＢ')]
    """
    wanted = _fold(query)
    folded, index = _fold_with_index(text)
    snippets: list[Snippet] = []
    at = folded.find(wanted) if wanted else -1
    while at >= 0:
        start, end = index[at], index[at + len(wanted) - 1] + 1
        snippets.append(
            Snippet(start, end, text[max(0, start - context) : start], text[start:end], text[end : end + context])
        )
        at = folded.find(wanted, at + len(wanted))
    return snippets


def match_clause(clause: ClauseText, query: str, context: int = 30) -> list[Snippet]:
    """Where the query stands in a clause's heading, text and units (joined by 、); `part` names the field."""
    parts = {"heading": clause.heading, "text": clause.text, "responsible_units": "、".join(clause.responsible_units)}
    return [replace(found, part=part) for part, text in parts.items() for found in find_in_text(text, query, context)]
